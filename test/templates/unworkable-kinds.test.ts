/* oxlint-disable unicorn/no-thenable -- mappings have a field of this name */
import { fields, inner, mappings, useStub, type Json } from './stub-scene.ts';

/** Gives the first variant one monitor. */
const monitored = (kind: Json, monitor: Json) =>
  Object.assign(inner(kind), { monitoring: { id: 'stub_monitoring', mappings: {} }, monitors: [monitor] });

describe('a kind that can not work', () => {
  const { edit, refused, loaded } = useStub();

  const cases: readonly [string, (kind: Json) => void, RegExp][] = [
    [
      'a least value above the greatest one',
      (k) => (fields(k)['x'] = { type: 'integer', minimum: 10, maximum: 5 }),
      /^stub\/kind\.json, schema\.fields\.x\.minimum: expected at most the maximum, 5, got 10$/,
    ],
    [
      'a monitor that looks at no counters',
      (k) => monitored(k, { name: 'x', counters: [] }),
      /^stub\/kind\.json, variants\.of\[0\]\.monitors\[0\]: expected an interface, counters, .*, got none of them$/,
    ],
    [
      'a secret that refers to a record',
      (k) => (fields(k)['x'] = { type: 'string', refersTo: 'edge_router', secret: true }),
      /^stub\/kind\.json, schema\.fields\.x\.secret: expected a secret without references: .*, got true$/,
    ],
    [
      'a secret list that refers to records',
      (k) => {
        const entries = { fields: { id: { type: 'string', refersTo: 'edge_router' } } };
        fields(k)['x'] = { type: 'list', secret: true, entries };
      },
      /^stub\/kind\.json, schema\.fields\.x\.secret: expected a secret without references: .*, got true$/,
    ],
    [
      'a list of lists',
      (k) => {
        fields(k)['pools'] = {
          type: 'list',
          entries: { fields: { id: { type: 'string', refersTo: 'common_function_pool' } } },
        };
        const inPool = { path: ['id'], each: 'vrrp_config', value: { field: 'vrid' } };
        mappings(k)['deep'] = { each: 'pools', value: inPool };
      },
      /mappings\.deep\.value: expected one value for each entry, got a list$/,
    ],
  ];
  for (const [what, change, pattern] of cases)
    it(`is refused with ${what}`, async () => {
      await edit(change);
      await refused(pattern);
    });

  for (const [type, pattern] of [
    [
      'integer',
      /requiredIf\.field: expected a field that can be a text, got 'x', which is of the type integer$/,
    ],
    ['port', /requiredIf\.field: expected a field that can be a text, got 'x', which is of the type port$/],
    ['name', /requiredIf\.is: expected a name \(.*\), got 'two words'$/],
    ['vlan', /requiredIf\.is: expected a VLAN from 1 to 4094, got 'two words'$/],
    ['text', undefined],
  ] as const)
    it(`is ${pattern ? 'refused' : 'taken'} with a condition on a ${type} that is two words`, async () => {
      const requiredIf = { field: 'x', is: 'two words' };
      await edit((kind) => Object.assign(fields(kind), { x: { type }, y: { type: 'name', requiredIf } }));
      await (pattern ? refused(pattern) : loaded());
      const choice = { if: requiredIf, then: { constant: 1 }, else: { constant: 2 } };
      await edit((kind) => {
        fields(kind)['y'] = { type: 'name' };
        mappings(kind)['list'] = choice;
      });
      const inMapping = new RegExp(pattern?.source.replace('requiredIf', 'list\\.if') ?? '');
      await (pattern ? refused(inMapping) : loaded());
    });

  it('may ask whether a field is empty, unless it is required', async () => {
    const empty = (rule: Json) =>
      edit((kind) => {
        fields(kind)['x'] = rule;
        fields(kind)['y'] = { type: 'name', requiredIf: { field: 'x', is: '' } };
      });
    for (const type of ['name', 'integer']) {
      await empty({ type });
      await loaded();
    }
    await empty({ type: 'name', required: true });
    await refused(/y\.requiredIf\.is: expected a name/);
  });

  describe('is refused with a template that', () => {
    const owning = (line: string) => edit((kind) => (inner(kind)['owns'] = [line]));

    it('writes a list as one value, or one value as a list', async () => {
      await owning('policy-options prefix-list {{prefixes}}');
      await refused(
        /^stub\/inner, owns\[0\]: expected a parameter with one value, got 'prefixes', which is a list$/,
      );
      await owning('{{#is prefixes "x"}}policy-options prefix-list X{{/is}}');
      await refused(/owns\[0\]: expected a parameter with one value, got 'prefixes'/);
      await owning('{{#if key}}{{/if}}{{#each list}}policy-options prefix-list {{this}}{{/each}}');
      await refused(/owns\[0\]: expected a parameter that is no secret, got 'key'$/);
      await owning('{{#each list}}policy-options prefix-list {{this}}{{/each}}');
      await refused(/owns\[0\]: expected a list parameter, got 'list', which has one value$/);
      await owning('{{#each prefixes}}{{#each this}}policy-options prefix-list {{this}}{{/each}}{{/each}}');
      await refused(/owns\[0\]: expected a template, got line 1: .*, got \{\{#each this\}\}/);
      await owning('{{#if prefixes}}policy-options prefix-list {{list}}{{/if}}');
      await loaded();
    });

    it('takes a list where its mapping may also be another value', async () => {
      const each = { each: 'prefixes', value: { field: 'cidr' } };
      const choice = { if: { field: 'side', is: 'lan' }, then: each, else: { constant: null } };
      await edit((kind) => (mappings(kind)['prefixes'] = choice));
      await loaded();
    });

    it('looks at each entry of one value', async () => {
      await edit((kind) => monitored(kind, { name: '{{this}}', each: 'list', interface: '{{this}}' }));
      await refused(
        /^stub\/inner, monitors\[0\]\.each: expected a list parameter, got 'list', which has one value$/,
      );
      await edit((kind) => monitored(kind, { name: '{{this}}', each: 'prefixes', interface: '{{this}}' }));
      await loaded();
    });

    it('writes secrets otherwise than one by one', async () => {
      const keys = (name: string) => `{{#each prefixes}}{{#if ${name}}}snmp location x{{/if}}{{/each}}`;
      await edit((kind) => {
        fields(kind)['keys'] = {
          type: 'list',
          secret: true,
          entries: { fields: { key: { type: 'string' } } },
        };
        mappings(kind)['keys'] = { each: 'keys', value: { field: 'key' } };
        mappings(kind)['both'] = { concat: [{ constant: 'x' }, { field: 'key' }] };
      });
      await loaded();
      for (const name of ['key', 'keys', 'both']) {
        await owning(keys(name));
        await refused(
          new RegExp(`^stub/inner, owns\\[0\\]: expected a parameter that is no secret, got '${name}'$`),
        );
      }
    });
  });
});
