import assert from 'node:assert/strict';
import type { ResourceSchema } from '../../gateway/resource.ts';
import { validateFields } from '../../gateway/validate.ts';
import { sampleFamilies, sampleGateways, sampleNeighbours } from '../../local/samples.ts';
import { loadKinds, type KindSet } from '../../templates/load.ts';
import { recordJsonSchema } from '../../templates/record-json-schema.ts';
import { isValid } from './json-schema.ts';

type Body = Record<string, unknown>;

describe('the JSON Schema of a record', () => {
  let kinds: KindSet;
  before(async () => (kinds = await loadKinds()));
  const schemaOf = (type: string): ResourceSchema =>
    kinds.get(type)?.kind.schema ?? kinds.neighbours.get(type) ?? assert.fail(`no schema of ${type}`);
  const takes = (type: string, body: unknown) =>
    isValid({ version: 1, marked_for_deletion: false, body }, recordJsonSchema(type, schemaOf(type)));

  /** Records of etcd: their types and bodies. */
  const samples = (): readonly (readonly [type: string, body: Body])[] =>
    [...sampleGateways(), ...sampleFamilies(), ...sampleNeighbours()].map(({ key, value }) => {
      const { body } = JSON.parse(value) as { body: string | Body };
      const type = /^\/config\/v2\.0\/(\w+)s\//.exec(key)?.[1] ?? assert.fail(key);
      return [type, typeof body === 'string' ? (JSON.parse(body) as Body) : body];
    });

  it('takes every sample', () => {
    assert.ok(samples().length > 15);
    for (const [type, body] of samples()) assert.ok(takes(type, body), `${type} ${JSON.stringify(body)}`);
  });

  it('refuses nothing that a plan takes, wherever a record is spoilt, and most of what it refuses', () => {
    const values = [
      undefined,
      null,
      '',
      'a b',
      'a//b',
      '5000',
      5000,
      0,
      -1,
      1.5,
      true,
      [],
      {},
      [{}],
      '::1',
      '10.0.0.1/33',
      'é',
    ];
    const wrongly: string[] = [];
    const counts = { refused: 0, both: 0 };
    for (const [type, body] of samples())
      for (const field of Object.keys(schemaOf(type).fields))
        for (const value of values) {
          const spoilt = { ...body, [field]: value };
          if (value === undefined) delete spoilt[field];
          const isRefused =
            validateFields({ ref: { type, id: 'x' }, body: spoilt }, schemaOf(type)).length > 0;
          const isTaken = takes(type, spoilt);
          if (!isRefused && !isTaken) wrongly.push(`${type} ${field} = ${JSON.stringify(value)}`);
          if (isRefused) counts.refused += 1;
          if (isRefused && !isTaken) counts.both += 1;
        }
    assert.deepEqual(wrongly, []);
    assert.ok(counts.refused > 1_000);
    assert.ok(counts.both / counts.refused > 0.9, JSON.stringify(counts));
  });

  it('is there for each type, says what a field refers to, and that nobody shows a secret', () => {
    for (const type of [...kinds.keys(), ...kinds.neighbours.keys()]) recordJsonSchema(type, schemaOf(type));
    const text = JSON.stringify(recordJsonSchema('edge_router', schemaOf('edge_router')));
    assert.match(text, /"writeOnly":true/);
    assert.match(
      JSON.stringify(recordJsonSchema('vpn_gateway', schemaOf('vpn_gateway'))),
      /"The id of a vpn_service\."/,
    );
  });

  it('needs a version and a body', () => {
    const schema = recordJsonSchema('vpn_gateway', schemaOf('vpn_gateway'));
    for (const record of [{}, { version: 1 }, { version: -1, body: {} }, { version: '1', body: {} }, []])
      assert.equal(isValid(record, schema), false);
  });

  it('takes a body as JSON in a string, as the API writes it', () => {
    for (const [type, body] of samples()) assert.ok(takes(type, JSON.stringify(body)), type);
    for (const body of [7, null, [], true]) assert.equal(takes('vpn_gateway', body), false);
  });

  it('takes any fields in a record that is marked for deletion, as a plan does', () => {
    const schema = recordJsonSchema('vpn_gateway', schemaOf('vpn_gateway'));
    const check = (record: object) => isValid({ version: 3, ...record }, schema);
    assert.equal(check({ marked_for_deletion: true, body: {} }), true);
    assert.equal(check({ marked_for_deletion: true, body: { uplink_vlan_id: '5000' } }), true);
    for (const record of [
      { marked_for_deletion: true },
      { marked_for_deletion: true, body: 7 },
      { marked_for_deletion: false, body: {} },
      { marked_for_deletion: 'true', body: {} },
      { body: {} },
    ])
      assert.equal(check(record), false, JSON.stringify(record));
  });

  it('has a condition where another field makes one required', () => {
    const schema: ResourceSchema = {
      fields: { mode: { type: 'string' }, peer: { type: 'ipv4', requiredIf: { field: 'mode', is: 'bgp' } } },
    };
    const check = (body: Body) => isValid({ version: 1, body }, recordJsonSchema('x', schema));
    assert.deepEqual(
      [
        {},
        { mode: 'static' },
        { mode: 'bgp' },
        { mode: 'bgp', peer: '' },
        { mode: 'bgp', peer: '10.0.0.1' },
      ].map(check),
      [true, true, false, false, true],
    );
  });
});
