/* oxlint-disable unicorn/no-thenable -- mappings have a field of this name */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { kindFor, kindsOf } from '../../gateway/kind.ts';
import { KindError } from '../../templates/errors.ts';
import { loadKinds } from '../../templates/load.ts';
import { fromHeatTemplates, toHeatTemplates } from '../../templates/published.ts';
import { kindFolder, writeStub, type KindFolder } from './kind-folder.ts';

type Json = Record<string, unknown>;

describe('a kind of format 2', () => {
  let folder: KindFolder;
  beforeEach(async () => {
    folder = await kindFolder();
    await writeStub(folder);
  });
  afterEach(() => folder.remove());

  const at = (value: unknown, ...path: (string | number)[]): Json =>
    path.reduce((found, name) => (found as Json)[name], value) as Json;
  const stub = async (): Promise<Json> =>
    JSON.parse(await readFile(join(folder.path, 'stub', 'kind.json'), 'utf8')) as Json;
  const edit = async (change: (kind: Json) => void): Promise<void> => {
    const kind = await stub();
    change(kind);
    await folder.write('stub/kind.json', kind);
  };
  const refused = (pattern: RegExp) =>
    assert.rejects(loadKinds(folder.path), (error) => {
      assert.ok(error instanceof KindError, String(error));
      assert.match(error.message, pattern);
      return true;
    });
  const loaded = async () => (await loadKinds(folder.path)).get('stub') ?? assert.fail();
  const inner = (kind: Json) => at(kind, 'variants', 'of', 0);
  const mappings = (kind: Json) => at(inner(kind), 'provisioning', 'mappings');
  const fields = (kind: Json) => at(kind, 'schema', 'fields');

  it('gives a plain kind for the body of a record', async () => {
    const { kind } = await loaded();
    const names = ['lan', 'dmz', 'wan'].map((side) => kindFor(kind, { side })?.provisioning.id);
    assert.deepEqual(names, ['stub_inner', 'stub_inner', 'stub_outer']);
    for (const side of ['', 'x', null, undefined, 'constructor', ['lan']])
      assert.equal(kindFor(kind, { side }), undefined);
    assert.equal(kindFor(kind, { side: 'lan' }), kindFor(kind, { side: 'dmz' }));
    assert.equal(kindFor(kind, { side: 'wan' })?.resourceType, 'stub');
    assert.ok(!('variants' in (kindFor(kind, { side: 'wan' }) ?? {})));
  });

  it('has a digest of all its variants', async () => {
    const { digest } = await loaded();
    await folder.write('stub/outer/arrange.hbs', '# nothing\n');
    assert.notEqual((await loaded()).digest, digest);
  });

  it('takes monitoring and monitors from itself, unless a variant has its own', async () => {
    const monitoring = { id: 'stub_monitoring', mappings: {} };
    await edit((kind) => {
      Object.assign(kind, { monitoring, monitors: [{ name: 'all', interface: 'ae0.1' }] });
      Object.assign(inner(kind), { monitors: [{ name: 'own', interface: 'ae0.2' }] });
    });
    const kinds = kindsOf((await loaded()).kind);
    assert.deepEqual(
      kinds.map((one) => [one.monitoring?.id, ...one.monitors.map(({ name }) => name)]),
      [
        ['stub_monitoring', 'own'],
        ['stub_monitoring', 'all'],
      ],
    );
  });

  it('is published as one heat template, and comes back as the same kind', async () => {
    const { kind, digest } = await loaded();
    const bodies = toHeatTemplates(kind);
    assert.equal(bodies.length, 1);
    const [body] = bodies;
    assert.deepEqual([body.id, body.handler, body.single], ['stub', 'heat_worker', true]);
    const published = JSON.parse(JSON.stringify(bodies)) as unknown[];
    assert.deepEqual(fromHeatTemplates(published), { kind, source: 'etcd', digest });
    assert.throws(
      () =>
        fromHeatTemplates([
          { ...body, template_file: body.template_file.replace('"{side}_interface_id"', '"id"') },
        ]),
      /^KindError: heat template stub, template_file\.variants\.of\[0\]\.routers\.primary\[0\]: expected a reference field/,
    );
  });

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
    await folder.write('stub/create.hbs', '');
    await refused(/^stub: expected only kind\.json, README\.md, inner, outer, got 'create\.hbs'$/);
  });

  it('is refused without a file of a variant', async () => {
    await rm(join(folder.path, 'stub', 'inner', 'remove.hbs'));
    await refused(/^stub\/inner\/remove\.hbs: expected a file, got nothing$/);
    await rm(join(folder.path, 'stub', 'inner'), { recursive: true });
    await refused(/^stub\/inner: expected a folder, got nothing$/);
  });

  describe('and its neighbours', () => {
    const neighbour = (type: string, own: Json = {}) => ({
      format: 2,
      $schema: '../neighbour.schema.json',
      resourceType: type,
      schema: { fields: { id: { type: 'string', required: true }, ...own } },
    });

    it('are those that come with the program, and those of its folder', async () => {
      await folder.write('neighbours/network.json', neighbour('network', { mtu: { type: 'integer' } }));
      await folder.write('neighbours/vpn_service.json', neighbour('vpn_service'));
      await edit((kind) => {
        fields(kind)['network_id'] = { type: 'string', refersTo: 'network' };
        mappings(kind)['list'] = { path: ['network_id'], field: 'mtu' };
      });
      const kinds = await loadKinds(folder.path);
      assert.deepEqual([...kinds.keys()], ['stub']);
      assert.deepEqual(Object.keys(kinds.neighbours.get('vpn_service')?.fields ?? {}), ['id']);
      assert.ok(kinds.neighbours.has('edge_router'));
      assert.ok(kinds.neighbours.has('network'));
    });

    it('are refused under another name, with a broken rule, and with a reference to an unknown type', async () => {
      await folder.write('neighbours/network.json', neighbour('net'));
      await refused(
        /^neighbours\/network\.json, resourceType: expected the file's name, 'network', got 'net'$/,
      );
      await folder.write('neighbours/network.json', neighbour('network', { x: { type: 'colour' } }));
      await refused(/^neighbours\/network\.json, schema\.fields\.x\.type: expected one of string, /);
      await folder.write(
        'neighbours/network.json',
        neighbour('network', { x: { type: 'string', refersTo: 'nobody' } }),
      );
      await refused(/^neighbours\/network\.json, schema\.fields\.x\.refersTo: expected one of/);
    });

    it('may be kinds, unless these are read through each other', async () => {
      const through = (other: string) => async () => {
        await edit((kind) => {
          fields(kind)['other_id'] = { type: 'string', refersTo: other };
          mappings(kind)['list'] = { path: ['other_id'], field: 'id' };
        });
      };
      const text = JSON.stringify(await stub());
      await folder.write(
        'second/kind.json',
        text.replaceAll('"resourceType":"stub"', '"resourceType":"second"'),
      );
      for (const name of ['inner', 'outer'])
        for (const file of ['create.hbs', 'remove.hbs'])
          await folder.write(
            `second/${name}/${file}`,
            await readFile(join(folder.path, 'stub', name, file), 'utf8'),
          );
      await through('second')();
      await loaded();
      const second = JSON.parse(text.replaceAll('"resourceType":"stub"', '"resourceType":"second"')) as Json;
      fields(second)['stub_id'] = { type: 'string', refersTo: 'stub' };
      await folder.write('second/kind.json', second);
      await loaded();
      mappings(second)['list'] = { reference: 'stub_id' };
      await folder.write('second/kind.json', second);
      await refused(/expected kinds that are not read through each other, got second → stub → second$/);
      await through('stub')();
      await refused(/not read through each other, got stub → stub$/);
    });
  });
});
