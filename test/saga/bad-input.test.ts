import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { failedState } from '../../gateway/records.ts';
import { assertUntouched, keysOf, putRaw, revisionOf, tracesOf } from '../world/evidence.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { SampleKind, TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

interface Case {
  readonly name: string;
  /** Default `vpn_gateway`. */
  readonly kind?: SampleKind;
  /** Changes the gateway or its neighbours before they are written. */
  readonly spoil?: (gateway: TestGateway) => void;
  /** What stands under the gateway's key instead of its record; `null`: nothing. */
  readonly raw?: (body: Record<string, unknown>) => string | null;
  /** Default: the bad configuration's own, with the reason in `/state`. */
  readonly type?: string;
  readonly says: RegExp;
}

const envelope = (fields: Record<string, unknown>) => (body: Record<string, unknown>) =>
  JSON.stringify({ body, version: 1, marked_for_deletion: false, ...fields });
const field = (name: string, value: unknown) => (gateway: TestGateway) => {
  gateway.gateway.body[name] = value;
};
const without = (name: string) => (gateway: TestGateway) => {
  delete gateway.gateway.body[name];
};
const near = (type: string, name: string, value: unknown, word?: string) => (gateway: TestGateway) => {
  gateway.neighbour(type, word).body[name] = value;
};

const RECORDS: readonly Case[] = [
  {
    name: 'is not there',
    raw: () => null,
    type: FAILURES.NotFound,
    says: /^\/config\/v2\.0\/vpn_gateways\/[0-9a-f-]+: expected a gateway's configuration, got nothing$/,
  },
  {
    name: 'is not JSON',
    raw: () => '{"body":{"id":',
    type: FAILURES.NotFound,
    says: /^\/config\/v2\.0\/vpn_gateways\/\S+: the record is not valid JSON$/,
  },
  {
    name: 'is JSON, but a list',
    raw: () => '[]',
    type: FAILURES.NotFound,
    says: /vpn_gateways\/\S+: the record is not a JSON object$/,
  },
  {
    name: 'is empty',
    raw: () => '',
    type: FAILURES.NotFound,
    says: /: the record is not valid JSON$/,
  },
  ...([undefined, '1', -1, 1.5, null] as const).map((version) => ({
    name: `has the version ${JSON.stringify(version) ?? 'none'}`,
    raw: envelope({ version }),
    type: FAILURES.NotFound,
    says: /field "version": expected an integer from 0, got (nothing|"1"|-1|1\.5|null)$/,
  })),
  {
    name: 'has a body in a string that is not JSON',
    raw: envelope({ body: '{"id":"4fab' }),
    says: /vpn_gateways\/\S+: field "body" is not valid JSON$/,
  },
  ...[[], 7, null, undefined].map((body) => ({
    name: `has the body ${JSON.stringify(body) ?? 'nothing'}`,
    raw: envelope({ body }),
    says: /field "body": expected an object, or one as JSON in a string, got (a list|7|null|nothing)$/,
  })),
  {
    name: 'is marked for deletion',
    spoil: ({ gateway }) => void (gateway.markedForDeletion = true),
    type: FAILURES.InvalidRequest,
    says: /^create: expected delete for .* \(it is marked for deletion\); start deleteGateway /,
  },
  {
    name: 'has a mark for deletion that is a word',
    raw: envelope({ marked_for_deletion: 'no' }),
    says: /field "marked_for_deletion": expected true or false, got "no"$/,
  },
  {
    name: "has another id than its key's",
    raw: (body) => envelope({})({ ...body, id: 'someone-else' }),
    says: /field "id": expected the id of its key, "[0-9a-f-]+", got "someone-else"$/,
  },
];

const name = /: field "vrf_name": expected a name \(.*\), got /;
const FIELDS: readonly Case[] = [
  { name: 'lacks a name', spoil: without('vrf_name'), says: new RegExp(`${name.source}nothing$`) },
  { name: 'has null for a name', spoil: field('vrf_name', null), says: new RegExp(`${name.source}null$`) },
  {
    name: 'has an empty name',
    spoil: field('vrf_name', ''),
    says: new RegExp(`${name.source}an empty string$`),
  },
  { name: 'has a number for a name', spoil: field('vrf_name', 7), says: new RegExp(`${name.source}7$`) },
  {
    name: 'lacks a reference',
    spoil: without('vpn_service_id'),
    says: /field "vpn_service_id": expected a string, got nothing$/,
  },
  {
    name: 'has a number for a reference',
    spoil: field('vpn_service_id', 7),
    says: /field "vpn_service_id": expected a string, got 7$/,
  },
  {
    name: 'has text for an integer',
    spoil: field('maximum_static_routes', 'many'),
    says: /field "maximum_static_routes": expected an integer, got "many"$/,
  },
  {
    name: 'has an object for a string',
    spoil: field('description', { a: 1 }),
    says: /field "description": expected a string, got an object$/,
  },
  {
    name: 'is an Internet gateway without its service',
    kind: 'internet_gateway',
    spoil: without('internet_service_id'),
    says: /internet_gateways\/\S+: field "internet_service_id": expected a string, got nothing$/,
  },
  {
    name: 'has several faults, all of which are named',
    spoil(gateway) {
      field('vrf_name', 'a;b')(gateway);
      field('uplink_vlan_id', '5000')(gateway);
      near('qos_option', 'incoming_policer_name', '')(gateway);
    },
    says: /"uplink_vlan_id".*; .*"vrf_name".*; qos_options\/\S+: field "incoming_policer_name"/,
  },
];

const NEIGHBOURS: readonly Case[] = [
  ...(
    [
      ['edge_router', 'ip', undefined, 'a host name or an IP address', 'nothing'],
      ['edge_router', 'ip', '10.79.5 185', 'a host name or an IP address', '"10\\.79\\.5 185"'],
      ['edge_router', 'login', undefined, 'a string', 'nothing'],
      ['edge_router', 'password', undefined, 'a string', 'nothing'],
      ['edge_router', 'password', 48151623, 'a string', 'a number \\(hidden\\)'],
      ['edge_router', 'ssh_port', '830', 'a port from 1 to 65535', '"830"'],
      ['edge_router', 'ssh_port', 0, 'a port from 1 to 65535', '0'],
      ['edge_router', 'ssh_port', 65_536, 'a port from 1 to 65535', '65536'],
      ['ha_router', 'primary_router_id', undefined, 'a string', 'nothing'],
      ['ha_interface', 'ha_router_id', undefined, 'a string', 'nothing'],
      ['ha_interface', 'restricted_vlans', '0-', 'VLAN ranges like .*', '"0-"'],
      ['ha_interface', 'restricted_vlans', 1024, 'VLAN ranges like .*', '1024'],
      ['er_physical_interface', 'name', undefined, 'a name .*', 'nothing'],
      ['qos_option', 'outgoing_policer_name', undefined, 'a name .*', 'nothing'],
      ['vpn_service', 'primary_downlink_vrrp_config_group', 7, 'a name .*', '7'],
    ] as const
  ).map(([type, of, value, expected, got]): Case => ({
    name: `refers to an ${type} whose ${of} is ${type === 'edge_router' && of === 'password' ? typeof value : JSON.stringify(value)}`,
    spoil: near(type, of, value),
    says: new RegExp(`${type}s/\\S+: field "${of}": expected ${expected}, got ${got}$`),
  })),
  {
    name: 'refers to an internet_service whose filter is missing',
    kind: 'internet_gateway',
    spoil: near('internet_service', 'inet_in_filter', undefined),
    says: /internet_services\/\S+: field "inet_in_filter": expected a name .*, got nothing$/,
  },
];

const REFERENCES: readonly Case[] = [
  {
    name: 'leads nowhere',
    spoil: field('qos_option_id', 'no-such-option'),
    says: /vpn_gateways\/\S+: field "qos_option_id": expected the id of an existing qos_option, got "no-such-option", which does not exist$/,
  },
  {
    name: 'leads nowhere a hop further on',
    spoil: near('ha_router', 'secondary_router_id', 'no-such-router'),
    says: /ha_routers\/\S+: field "secondary_router_id": expected the id of an existing edge_router, got "no-such-router"/,
  },
  {
    name: 'would leave its collection',
    spoil: field('qos_option_id', '../../vpn_services/x'),
    says: /field "qos_option_id": expected the id of a readable qos_option, got "\.\.\/\.\.\/vpn_services\/x"/,
  },
  {
    name: 'names a resource of another type',
    spoil: (gateway) => field('downlink_interface_id', gateway.neighbour('ha_router').body.id)(gateway),
    says: /field "downlink_interface_id": expected the id of an existing ha_interface, got "[0-9a-f-]+"/,
  },
  {
    name: 'leads to a record that is of another type',
    spoil(gateway) {
      const { body } = gateway.neighbour('vpn_service');
      for (const key of Object.keys(body)) if (key !== 'id') delete body[key];
      Object.assign(body, { ip: '10.0.0.1', login: 'esi' });
    },
    says: /vpn_services\/\S+: field "primary_downlink_vrrp_config_group": expected a name .*, got nothing/,
  },
  {
    name: 'leads to a resource that is being deleted',
    spoil: (gateway) => void (gateway.neighbour('qos_option').markedForDeletion = true),
    says: /field "qos_option_id": expected a qos_option that is not being deleted, got "\S+", which is marked/,
  },
  {
    name: 'makes one router both primary and secondary',
    spoil(gateway) {
      const { body } = gateway.neighbour('ha_router');
      body['secondary_router_id'] = body['primary_router_id'];
    },
    says: /expected a secondary router that is not the primary, got "[0-9a-f-]+" for both/,
  },
  {
    name: 'leads to two records of one router',
    spoil: near('edge_router', 'ip', '10.79.5.185', 'MX-2'),
    says: /expected a secondary router that is not the primary, got "10\.79\.5\.185", port 830, for both$/,
  },
];

const vlan = (value: unknown): Case => ({
  name: JSON.stringify(value),
  spoil: field('downlink_vlan_id', value),
  says: /field "downlink_vlan_id": expected a VLAN from 1 to 4094, got (-?[\d.]+|"[^"]*"|null|an empty string|true)$/,
});
const VLANS: readonly Case[] = [
  ...[
    0,
    '0',
    4095,
    '4095',
    5000,
    '5000',
    -1,
    '-1',
    1025.5,
    'abc',
    '1025abc',
    ' 1025',
    '01025',
    null,
    '',
    true,
  ].map(vlan),
  ...[1024, '1', '4094', '1000'].map((value) => ({
    name: `${JSON.stringify(value)}, which its downlink forbids`,
    spoil: field('downlink_vlan_id', value),
    says: /"downlink_vlan_id": expected a VLAN outside the interface's restricted ranges "0-1024,4094", got "?\d+"?$/,
  })),
  {
    name: '50 as uplink, which its uplink forbids',
    spoil: field('uplink_vlan_id', 50),
    says: /"uplink_vlan_id": expected a VLAN outside the interface's restricted ranges "0-99,4094", got 50$/,
  },
  {
    name: '4095 of an Internet gateway',
    kind: 'internet_gateway',
    spoil: field('vlan_id', 4095),
    says: /internet_gateways\/\S+: field "vlan_id": expected a VLAN from 1 to 4094, got 4095$/,
  },
];

describe('bad input: creating a gateway is refused', function () {
  this.timeout(30_000);
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  async function check({ kind = 'vpn_gateway', spoil, raw, type, says }: Case): Promise<void> {
    const gateway = world.gateway(kind);
    const key = KEYS.gatewayConfig(gateway);
    spoil?.(gateway);
    await world.write(gateway);
    const instead = raw?.(gateway.gateway.body);
    if (instead === null) await world.etcd.write('remove', { unchanged: [], put: [], remove: [key] });
    else if (instead !== undefined) await putRaw(world, key, instead);
    const before = { routers: tracesOf(world.routers), revision: await revisionOf(world) };

    const outcome = await (await world.client.create(gateway)).result();

    assert.equal(outcome.kind, 'failed');
    assert.match(outcome.message, says);
    assert.equal(outcome.type, type ?? FAILURES.InvalidGateway);
    assert.doesNotMatch(outcome.message, /esiesi0000|48151623/);
    const writes = (await revisionOf(world)) - before.revision;
    if (type === undefined) {
      assert.equal(writes, 1n, 'expected one write: /state');
      assert.deepEqual(await keysOf(world, gateway), {
        [KEYS.state(gateway)]: failedState(1, outcome.message),
      });
    } else {
      assert.equal(writes, 0n);
      assert.deepEqual(await keysOf(world, gateway), {});
    }
    assertUntouched(world.routers, before.routers);
    assert.deepEqual(
      world.routers.map(({ server }) => server.connections),
      [0, 0],
    );
  }

  const tables = {
    'whose record': RECORDS,
    that: FIELDS,
    which: NEIGHBOURS,
    'when a reference': REFERENCES,
    'with the VLAN': VLANS,
  };
  for (const [lead, cases] of Object.entries(tables))
    for (const one of cases) it(`${lead} ${one.name}`, () => check(one));

  it('again, without another write, until a new version mends it', async () => {
    const gateway = world.gateway('vpn_gateway');
    gateway.gateway.body['uplink_vlan_id'] = '5000';
    const first = await world.create(gateway);
    assert.equal(first.kind, 'failed');
    const revision = await revisionOf(world);

    const again = await (await world.client.create(gateway)).result();
    assert.equal(again.kind, 'failed');
    assert.equal(again.type, FAILURES.AlreadyEnded);
    assert.match(
      again.message,
      /version 1 ended as CREATE_FAILED \(.*"5000"\); to try again, write a new version/,
    );
    assert.equal(await revisionOf(world), revision);

    gateway.gateway.body['uplink_vlan_id'] = '122';
    gateway.gateway.version = 2;
    await putRaw(world, recordOf(gateway.gateway).key, recordOf(gateway.gateway).value);
    const mended = await (await world.client.create(gateway)).result();
    assert.equal(mended.kind, 'created', JSON.stringify(mended));
    const states = await world.history(KEYS.state(gateway));
    assert.deepEqual(
      states.map((state) => (state as { version: number }).version),
      [1, 2],
    );
  });
});
