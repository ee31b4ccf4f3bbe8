/* oxlint-disable unicorn/no-thenable -- mappings have a field of this name */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { at, fields, inner, mappings, useStub, type Json } from './stub-scene.ts';

describe('a kind of format 2', () => {
  const { folder, edit, refused, loaded } = useStub();

  const cases: readonly [string, (kind: Json) => void, RegExp][] = [
    [
      'what it uses, but not its format',
      (k) => delete k['format'],
      /kind\.json, format: expected 2, because of variants/,
    ],
    ['a format of the future', (k) => (k['format'] = 3), /format: expected the format 1 or 2, got '3'/],
    [
      'a reference to an unknown type',
      (k) => (fields(k)['x'] = { type: 'string', refersTo: 'nobody' }),
      /^stub\/kind\.json, schema\.fields\.x\.refersTo: expected one of .*edge_router.*, got 'nobody'$/,
    ],
    [
      'a reference to an unknown type in an entry',
      (k) =>
        (fields(k)['x'] = {
          type: 'list',
          entries: { fields: { y: { type: 'string', refersTo: 'nobody' } } },
        }),
      /schema\.fields\.x\.entries\.fields\.y\.refersTo: expected one of/,
    ],
    [
      'a path whose second hop is no reference',
      (k) => (mappings(k)['list'] = { path: ['lan_interface_id', 'link_type'], field: 'id' }),
      /^stub\/kind\.json, variants\.of\[0\]\.provisioning\.mappings\.list\.path\[1\]: expected a reference field of ha_interface, got 'link_type'$/,
    ],
    [
      'a path to a field that is not there',
      (k) => (mappings(k)['list'] = { path: ['lan_interface_id', 'ha_router_id'], field: 'mtu' }),
      /mappings\.list\.field: expected a field of ha_router, got 'mtu'$/,
    ],
    [
      'a way to a router that ends early',
      (k) => (at(inner(k), 'routers')['primary'] = ['{side}_interface_id', 'nothing']),
      /variants\.of\[0\]\.routers\.primary\[1\]: expected a reference field of ha_interface, got 'nothing'$/,
    ],
    [
      'braces around a field without values',
      (k) => (mappings(k)['list'] = { path: ['{id}_interface_id'], field: 'id' }),
      /mappings\.list\.path: expected fields with values in braces, got '\{id\}'$/,
    ],
    [
      'a hop that does not exist for every value',
      (k) => delete fields(k)['dmz_interface_id'],
      /routers\.primary\[0\]: expected a reference field of this kind, got 'dmz_interface_id'$/,
    ],
    [
      'a member that is not there',
      (k) => (mappings(k)['list'] = { field: 'peers', member: 'third' }),
      /mappings\.list\.member: expected a member of 'peers', got 'third'$/,
    ],
    [
      'an object as a value',
      (k) => (mappings(k)['list'] = { field: 'peers' }),
      /mappings\.list\.field: expected a field with one value, got 'peers', which is of the type object$/,
    ],
    [
      'each entry of what is no list',
      (k) => (mappings(k)['list'] = { each: 'peers', value: { field: 'first' } }),
      /mappings\.list\.each: expected a list field of the kind's schema, got 'peers'$/,
    ],
    [
      'a field of the gateway within an entry',
      (k) => (mappings(k)['list'] = { each: 'prefixes', value: { field: 'router_id' } }),
      /mappings\.list\.value\.field: expected a field of the kind's schema, got 'router_id'$/,
    ],
    [
      'a condition on a value that the field never has',
      (k) =>
        (mappings(k)['list'] = {
          if: { field: 'side', is: 'x' },
          then: { constant: 1 },
          else: { constant: 2 },
        }),
      /mappings\.list\.if\.is: expected one of lan, wan, dmz, got 'x'$/,
    ],
    [
      'a reference that is none',
      (k) => (mappings(k)['list'] = { reference: 'id' }),
      /mappings\.list\.reference\[0\]: expected a reference field of this kind, got 'id'$/,
    ],
    [
      'half a condition',
      (k) => (mappings(k)['list'] = { if: { field: 'side', is: 'lan' }, then: { constant: 1 } }),
      /mappings\.list: expected one of field, constant/,
    ],
    [
      'a value in two variants',
      (k) => (inner(k)['values'] = ['lan', 'dmz', 'wan']),
      /variants\.of\[1\]\.values: expected each value in one variant, got 'wan' again$/,
    ],
    [
      'a value in no variant',
      (k) => (inner(k)['values'] = ['lan']),
      /variants\.of: expected a variant for 'dmz', got none$/,
    ],
    [
      'a value that the field never has',
      (k) => (inner(k)['values'] = ['lan', 'dmz', 'x']),
      /variants\.of\[0\]\.values: expected values of the field 'side', got 'x'$/,
    ],
    [
      'variants by a field that need not be there',
      (k) => delete at(fields(k), 'side')['required'],
      /variants\.by: expected a required field with values, got 'side'$/,
    ],
    [
      'one folder for two variants',
      (k) => (inner(k)['folder'] = 'outer'),
      /variants\.of\[1\]\.folder: expected a folder of its own, got 'outer' again$|only kind\.json/,
    ],
    [
      'monitors without monitoring',
      (k) => (inner(k)['monitors'] = [{ name: 'x', interface: 'ae0' }]),
      /variants\.of\[0\]\.monitors: expected none without monitoring, got 1$/,
    ],
    [
      'a minimum of a string',
      (k) => (fields(k)['x'] = { type: 'string', minimum: 1 }),
      /schema\.fields\.x: expected minimum and maximum of an integer only/,
    ],
    [
      'a list without entries',
      (k) => (fields(k)['x'] = { type: 'list' }),
      /schema\.fields\.x\.entries: expected entries of a field of the type list/,
    ],
    [
      'a requirement that can not be met',
      (k) => (at(fields(k), 'lan_interface_id')['requiredIf'] = { field: 'side', is: 'x' }),
      /lan_interface_id\.requiredIf\.is: expected one of lan, wan, dmz, got 'x'$/,
    ],
    [
      'an action that no job has',
      (k) => (at(inner(k), 'provisioning')['onFailure'] = { update: 'ignore' }),
      /provisioning\.onFailure: expected only the fields create, modify, delete, logical_delete, got 'update'$/,
    ],
    [
      "a secret that is another's",
      (k) =>
        (mappings(k)['key'] = {
          path: ['lan_interface_id', 'ha_router_id', 'primary_router_id'],
          field: 'password',
        }),
      /^stub\/inner, create: expected parameters that the primary's rendering has, got secret key$/,
    ],
    [
      'a secret in what it owns',
      (k) => (inner(k)['owns'] = ['policy-options prefix-list {{secret key}}']),
      /^stub\/inner, owns\[0\]: expected secrets in create only, got \{\{secret key\}\}$/,
    ],
  ];
  for (const [what, change, pattern] of cases)
    it(`is refused with ${what}`, async () => {
      await edit(change);
      await refused(pattern);
    });

  it('may say something else for each branch of a condition, as far as its fields go', async () => {
    const choice = (then: string, otherwise: string) => ({
      if: { field: 'side', is: 'lan' },
      then: { path: ['{side}_interface_id'], field: then },
      else: { path: [otherwise], field: 'id' },
    });
    await edit((kind) => {
      delete fields(kind)['dmz_interface_id'];
      at(fields(kind), 'side')['values'] = ['lan', 'wan'];
      inner(kind)['values'] = ['lan'];
      // No gateway of this variant takes the second branch.
      mappings(kind)['list'] = choice('id', 'nowhere');
    });
    await loaded();
    await edit((kind) => (mappings(kind)['list'] = choice('nothing', 'nowhere')));
    await refused(/mappings\.list\.then\.field: expected a field of ha_interface, got 'nothing'$/);
  });

  it('is refused with a file that no variant has', async () => {
    await folder().write('stub/create.hbs', '');
    await refused(/^stub: expected only kind\.json, README\.md, inner, outer, got 'create\.hbs'$/);
  });

  it('is refused without a file of a variant', async () => {
    await rm(join(folder().path, 'stub', 'inner', 'remove.hbs'));
    await refused(/^stub\/inner\/remove\.hbs: expected a file, got nothing$/);
    await rm(join(folder().path, 'stub', 'inner'), { recursive: true });
    await refused(/^stub\/inner: expected a folder, got nothing$/);
  });
});
