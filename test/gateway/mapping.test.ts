/* oxlint-disable unicorn/no-thenable -- mappings have a field of this name */
import assert from 'node:assert/strict';
import type { Kind, Mapping, Parameter } from '../../gateway/kind.ts';
import { resolve } from '../../gateway/resolve.ts';
import type { FieldRule, Schemas } from '../../gateway/resource.ts';
import { problemText } from '../../gateway/validate.ts';
import { SCHEMAS, VPN } from './kinds.ts';
import { vpnWorld } from './samples.ts';
import type { World } from './samples.ts';

const text: FieldRule = { type: 'string' };
const required: FieldRule = { type: 'string', required: true };

/** Records around the sample gateway, as its family has them. */
const AROUND: Schemas = new Map([
  ...SCHEMAS,
  ['network', { fields: { id: required, name: text } }],
  ['public_ip', { fields: { id: required } }],
  ['common_function', { fields: { id: required, common_function_number: { type: 'integer' } } }],
  [
    'common_function_pool',
    {
      fields: {
        id: required,
        vrrp_config: { type: 'list', entries: { fields: { vrid: { type: 'integer', required: true } } } },
        vrrp_keys: { type: 'list', secret: true, entries: { fields: { key: text } } },
      },
    },
  ],
]);

const OWN: Readonly<Record<string, FieldRule>> = {
  service_type: { ...required, values: ['vpn', 'internet'] },
  vpn_interface_id: { ...text, refersTo: 'ha_interface', requiredIf: { field: 'service_type', is: 'vpn' } },
  internet_interface_id: { ...text, refersTo: 'ha_interface' },
  network_id: { ...text, refersTo: 'network' },
  public_ip_id: { ...text, refersTo: 'public_ip' },
  pool_id: { ...text, refersTo: 'common_function_pool' },
  submask_length: { type: 'integer', minimum: 0, maximum: 32 },
  bgp_md5: { ...text, secret: true },
  primary: {
    type: 'object',
    members: { ip_address: { type: 'prefix', required: true }, bgp_peer_ip: { type: 'ipv4' } },
  },
  common_functions: {
    type: 'list',
    entries: { fields: { common_function_id: { ...required, refersTo: 'common_function' } } },
  },
  keys: { type: 'list', secret: true, entries: { fields: { key: text } } },
};

function familyWorld(): World {
  const world = vpnWorld();
  for (const id of ['cf-1', 'cf-2'])
    world.add('common_function', { id, common_function_number: Number(id.slice(-1)) });
  world.add('network', { id: 'net', name: 'office' });
  world.add('common_function_pool', { id: 'pool', vrrp_config: [{ vrid: 41 }, { vrid: 42 }], vrrp_keys: [] });
  world.change(world.gateway, {
    service_type: 'vpn',
    vpn_interface_id: world.gateway.body['downlink_interface_id'],
    network_id: 'net',
    pool_id: 'pool',
    submask_length: 28,
    bgp_md5: 'canary',
    primary: { ip_address: '192.168.8.2/30', bgp_peer_ip: '192.168.8.1' },
    common_functions: [{ common_function_id: 'cf-1' }, { common_function_id: 'cf-2' }],
  });
  return world;
}

async function resolved(mapping: Mapping, world: World) {
  const kind: Kind = {
    ...VPN,
    schema: { fields: { ...VPN.schema.fields, ...OWN } },
    monitoring: { id: 'x', mappings: { it: mapping } },
  };
  return resolve(kind, world.gateway, world.read, AROUND);
}

async function valueOf(mapping: Mapping, change: Readonly<Record<string, unknown>> = {}): Promise<Parameter> {
  const world = familyWorld();
  world.change(world.gateway, change);
  const result = await resolved(mapping, world);
  if (result.kind === 'invalid') assert.fail(problemText(result.problems));
  return result.monitoring[0] ?? assert.fail();
}

async function problemsOf(mapping: Mapping, change: (world: World) => void): Promise<string> {
  const world = familyWorld();
  change(world);
  const result = await resolved(mapping, world);
  return result.kind === 'invalid' ? problemText(result.problems) : assert.fail('there is no problem');
}

describe('a mapping', () => {
  const way = (hop: string): Mapping => ({ path: [hop], field: 'link_type' });
  const isVpn: Mapping = {
    if: { field: 'service_type', is: 'vpn' },
    then: { constant: 'yes' },
    else: { constant: 'no' },
  };
  const numbers: Mapping = {
    each: 'common_functions',
    value: { path: ['common_function_id'], field: 'common_function_number' },
  };
  const ignoring: Mapping = { path: ['public_ip_id'], field: 'id', ignoreMissing: true };
  const cases: readonly [string, Mapping, unknown, string[], Record<string, unknown>?][] = [
    ['a member of an object', { field: 'primary', member: 'ip_address' }, '192.168.8.2/30', []],
    [
      'a member that is not given',
      { field: 'primary', member: 'bgp_peer_ip' },
      null,
      [],
      { primary: { ip_address: '10.0.0.0/8' } },
    ],
    ['a hop that a field chooses', way('{service_type}_interface_id'), 'downlink', ['ha_interface']],
    [
      'a hop that a field chooses, and that is not given',
      way('{service_type}_interface_id'),
      null,
      [],
      { service_type: 'internet' },
    ],
    ['a reference', { reference: 'network_id' }, 'net', ['network net']],
    ['a reference that is not given', { reference: 'network_id' }, null, [], { network_id: '' }],
    ['a condition that is met', isVpn, 'yes', []],
    ['a condition that is not met', isVpn, 'no', [], { service_type: 'internet' }],
    ['each entry of a list', numbers, [1, 2], ['common_function cf-1', 'common_function cf-2']],
    ['each entry of an empty list', numbers, [], [], { common_functions: [] }],
    ['each entry of a list that is not given', numbers, [], [], { common_functions: null }],
    [
      'each entry of a list of another record',
      { path: ['pool_id'], each: 'vrrp_config', value: { field: 'vrid' } },
      [41, 42],
      ['common_function_pool pool'],
    ],
    [
      'each entry of a list of a record that is not given',
      { path: ['pool_id'], each: 'vrrp_config', value: { field: 'vrid' } },
      null,
      [],
      { pool_id: null },
    ],
    ['a reference that may be missing, and is not given', ignoring, '', []],
    ['a reference that may be missing, and leads to nothing', ignoring, '', [], { public_ip_id: 'gone' }],
    ["the record's version", { record: 'version' }, 1, []],
    [
      'numbers joined as decimal text',
      { concat: [{ constant: '10.0.0.0/' }, { field: 'submask_length' }] },
      '10.0.0.0/28',
      [],
    ],
  ];
  for (const [what, mapping, value, resources, change] of cases)
    it(`takes ${what}`, async () => {
      const found = await valueOf(mapping, change);
      assert.deepEqual(found.value, value);
      const passed = found.resources.map((one) => `${one.resource_type} ${one.resource_id}`);
      assert.equal(passed.length, resources.length, passed.join());
      for (const [at, one] of resources.entries()) assert.ok(passed[at]?.startsWith(one), passed[at]);
    });

  it("is the gateway's own secret only if it comes from its own record alone", async () => {
    const own: Mapping = { field: 'bgp_md5' };
    const router: Mapping = { path: VPN.routers.primary, field: 'password' };
    const secrecy = async (mapping: Mapping) => {
      const { secret, own: isOwn } = await valueOf(mapping);
      return [secret, isOwn === true];
    };
    assert.deepEqual(await secrecy(own), [true, true]);
    assert.deepEqual(await secrecy({ concat: [own, { constant: 'x' }] }), [true, true]);
    assert.deepEqual(await secrecy(router), [true, false]);
    assert.deepEqual(await secrecy({ concat: [own, router] }), [true, false]);
    assert.deepEqual(await secrecy({ field: 'vrf_name' }), [false, false]);
  });

  it('is a secret if it comes from a list that is one, however few entries that has', async () => {
    const keys: Mapping = { each: 'keys', value: { field: 'key' } };
    const found = await valueOf(keys, { keys: [{ key: 'canary' }] });
    assert.deepEqual([found.value, found.secret, found.own], [['canary'], true, true]);
    const none = await valueOf(keys);
    assert.deepEqual([none.value, none.secret, none.own], [[], true, true]);
    const constants = await valueOf({ each: 'keys', value: { constant: 'x' } });
    assert.equal(constants.secret, true);
    const others = await valueOf({ path: ['pool_id'], each: 'vrrp_keys', value: { field: 'key' } });
    assert.deepEqual([others.value, others.secret, others.own], [[], true, undefined]);
    assert.equal((await valueOf(numbers)).secret, false);
  });

  it('that may be missing is refused where it is there and broken', async () => {
    assert.match(
      await problemsOf(ignoring, (world) => {
        world.add('public_ip', { id: 'other' });
        world.change(world.gateway, { public_ip_id: 'other' });
        world.replace(world.one('public_ip', 'other'), { markedForDeletion: true });
      }),
      /field "public_ip_id": expected a public_ip that is not being deleted, got "other"/,
    );
  });

  it('of an entry is refused by the name of the entry', async () => {
    assert.match(
      await problemsOf(numbers, (world) =>
        world.change(world.gateway, {
          common_functions: [{ common_function_id: 'cf-1' }, { common_function_id: 'gone' }],
        }),
      ),
      /field "common_functions\[1\]\.common_function_id": expected the id of an existing common_function, got "gone"/,
    );
    assert.match(
      await problemsOf(numbers, (world) => world.change(world.gateway, { common_functions: [{}] })),
      /field "common_functions\[0\]\.common_function_id": expected a string, got nothing/,
    );
  });

  it('of a record is refused with the member, the value or the field that it lacks', async () => {
    const refused = (body: Record<string, unknown>) =>
      problemsOf({ constant: 1 }, (world) => world.change(world.gateway, body));
    assert.match(await refused({ primary: {} }), /"primary\.ip_address": expected an address and its length/);
    assert.match(await refused({ primary: 'x' }), /"primary": expected an object, got "x"/);
    assert.match(
      await refused({ service_type: 'x' }),
      /"service_type": expected one of vpn, internet, got "x"/,
    );
    assert.match(
      await refused({ vpn_interface_id: '' }),
      /"vpn_interface_id": expected a string, got an empty/,
    );
    assert.match(
      await refused({ submask_length: 33 }),
      /"submask_length": expected an integer from 0 to 32, got 33/,
    );
    const both = await refused({ service_type: 'internet', vpn_interface_id: '', submask_length: -1 });
    assert.doesNotMatch(both, /vpn_interface_id/);
  });
});
