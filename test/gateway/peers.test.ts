/** Walks from gateway to gateway: the same record by several paths, circles, and records that can't be read. */
import assert from 'node:assert/strict';
import type { FieldRule } from '../../gateway/resource.ts';
import type { Kind, Mapping } from '../../gateway/kind.ts';
import { resolve } from '../../gateway/resolve.ts';
import { problemText } from '../../gateway/validate.ts';
import { INTERNET, VPN, SCHEMAS } from './kinds.ts';
import { internetWorld, vpnWorld } from './samples.ts';
import type { World } from './samples.ts';

const PEER: FieldRule = { type: 'string', refersTo: 'vpn_gateway' };

function kindWith(
  fields: Readonly<Record<string, FieldRule>>,
  mappings: Readonly<Record<string, Mapping>>,
): Kind {
  return {
    ...VPN,
    schema: { fields: { ...VPN.schema.fields, ...fields } },
    monitoring: { ...VPN.monitoring, mappings },
  };
}

/** The sample with a second gateway, which has the same neighbours. */
function worldWithPeer(change: Readonly<Record<string, unknown>> = {}) {
  const world = vpnWorld();
  const peer = world.add('vpn_gateway', {
    ...world.gateway.body,
    id: 'peer',
    vrf_name: 'vrf_peer',
    ...change,
  });
  world.change(world.gateway, { peer_id: 'peer' });
  return { world, peer };
}

async function problemsOf(kind: Kind, world: World, read = world.read): Promise<readonly string[]> {
  const result = await resolve(kind, world.gateway, read, SCHEMAS);
  assert.ok(result.kind === 'invalid', 'there is no problem');
  return problemText(result.problems).split('; ');
}

describe('from gateway to gateway', () => {
  const vrf: Mapping = { path: ['peer_id'], field: 'vrf_name' };

  it('the field is that of the other one, and its record is read once, by whatever fields it is named', async () => {
    const { world } = worldWithPeer();
    world.change(world.gateway, { other_id: 'peer' });
    const kind = kindWith(
      { peer_id: PEER, other_id: PEER },
      { vrf, other: { path: ['other_id'], field: 'id' } },
    );
    const result = await resolve(kind, world.gateway, world.read, SCHEMAS);
    assert.ok(result.kind === 'resolved', JSON.stringify(result));
    assert.deepEqual(
      result.monitoring.map(({ value }) => value),
      ['vrf_peer', 'peer'],
    );
    assert.deepEqual(world.reads, [...new Set(world.reads)]);
  });

  it('a circle that does not come back to the first is told where it closes', async () => {
    const { world } = worldWithPeer({ peer_id: 'peer' });
    const kind = kindWith({ peer_id: PEER }, { vrf: { path: ['peer_id', 'peer_id'], field: 'vrf_name' } });
    assert.deepEqual(await problemsOf(kind, world), [
      'vpn_gateways/peer: field "peer_id": expected a reference that leads on, got a circle back to vpn_gateways/peer',
    ]);
  });

  it('a record of another type with the same id is no circle', async () => {
    const world = vpnWorld();
    const { id } = world.gateway.ref;
    world.add('qos_option', { ...world.one('qos_option').body, id });
    world.change(world.gateway, { qos_option_id: id });
    const result = await resolve(VPN, world.gateway, world.read, SCHEMAS);
    assert.equal(result.kind, 'resolved');
  });

  it('the gateway itself is never read again', async () => {
    const { world } = worldWithPeer({ peer_id: vpnWorld().gateway.ref.id });
    const kind = kindWith({ peer_id: PEER }, { vrf: { path: ['peer_id', 'peer_id'], field: 'vrf_name' } });
    const [first] = await problemsOf(kind, world);
    assert.match(first ?? '', /got a circle back to vpn_gateways\/4fab887d-/);
    assert.ok(!world.reads.includes(`vpn_gateway/${world.gateway.ref.id}`));
  });

  it('a record that can not be read is told with the reason', async () => {
    const { world } = worldWithPeer();
    const read: World['read'] = async (ref) =>
      ref.id === 'peer' ? { kind: 'malformed', reason: 'no JSON' } : world.read(ref);
    const [problem] = await problemsOf(kindWith({ peer_id: PEER }, { vrf }), world, read);
    assert.match(
      problem ?? '',
      /field "peer_id": expected the id of a readable vpn_gateway, got "peer" \(no JSON\)$/,
    );
  });

  it('a path through a field that no schema names is told', async () => {
    const kind = kindWith({}, { vrf: { path: ['nobody'], field: 'id' } });
    assert.match(
      (await problemsOf(kind, vpnWorld())).join('\n'),
      /^[^\n]*field "nobody": expected a field that the schema of vpn_gateway names, got [^\n]*$/,
    );
  });

  it('the same problem is told once, and two problems of one field are both told', async () => {
    const { world } = worldWithPeer();
    world.change(world.gateway, { odd: 'gone' });
    const kind = kindWith(
      { odd: { type: 'integer', refersTo: 'qos_option' } },
      { one: { field: 'nobody' }, two: { field: 'nobody' }, odd: { path: ['odd'], field: 'id' } },
    );
    assert.deepEqual(
      (await problemsOf(kind, world)).map((text) => text.replace(/^[^ ]* (.*), got .*$/, '$1')),
      [
        'field "nobody": expected a field that the schema of vpn_gateway names',
        'field "odd": expected an integer',
        'field "odd": expected the id of an existing qos_option',
      ],
    );
  });

  it('an id of the wrong type is one problem, not two', async () => {
    const world = vpnWorld();
    world.change(world.one('qos_option'), { id: 7 });
    assert.deepEqual(
      (await problemsOf(VPN, world)).map((text) => text.replace(/"[-0-9a-f]{36}"/, '…')),
      [`qos_options/${world.one('qos_option').ref.id}: field "id": expected the id of its key, …, got 7`],
    );
  });

  it('an optional way to a router that is not given is told', async () => {
    const world = vpnWorld();
    const routers = { ...VPN.routers, primary: ['peer_id', 'qos_option_id'] };
    assert.match(
      (await problemsOf({ ...kindWith({ peer_id: PEER }, {}), routers }, world)).join('\n'),
      /^vpn_gateways\/4fab887d-[^\n]*: field "peer_id → qos_option_id": expected a primary router, got nothing$/,
    );
  });

  it('two routers at one address, on different ports, are two', async () => {
    const world = vpnWorld();
    const secondary = world.one('edge_router', String(world.one('ha_router').body['secondary_router_id']));
    world.change(secondary, { ip: '10.79.5.185', ssh_port: 831 });
    assert.equal((await resolve(VPN, world.gateway, world.read, SCHEMAS)).kind, 'resolved');
    world.change(secondary, { ssh_port: 830 });
    const [problem] = await problemsOf(VPN, world);
    assert.match(
      problem ?? '',
      /field "downlink_interface_id → ha_router_id → secondary_router_id": expected a secondary router that/,
    );
  });

  it('a text joined of parts is secret if one of them is', async () => {
    const password: Mapping = { path: VPN.routers.primary, field: 'password' };
    const kind = kindWith(
      {},
      {
        some: { concat: [{ constant: 'x' }, password] },
        none: { concat: [{ constant: 'x' }, { field: 'vrf_name' }] },
      },
    );
    const result = await resolve(kind, vpnWorld().gateway, vpnWorld().read, SCHEMAS);
    assert.ok(result.kind === 'resolved', JSON.stringify(result));
    assert.deepEqual(
      result.monitoring.map(({ secret }) => secret),
      [true, false],
    );
  });

  it('the problems of the gateway itself come first, then those of its neighbours by type, id and field', async () => {
    const { world } = worldWithPeer();
    world.change(world.gateway, { uplink_vlan_id: 0, downlink_vlan_id: 0 });
    world.change(world.one('ha_interface'), { id: 'other' });
    world.change(world.one('edge_router'), { ip: '-', ssh_port: 0 });
    const places = (await problemsOf(VPN, world)).map((text) =>
      text.replace(/^(\w+)\/[^:]*: field "(\w+)".*$/, '$1 $2'),
    );
    assert.deepEqual(places, [
      'vpn_gateways downlink_vlan_id',
      'vpn_gateways uplink_vlan_id',
      'edge_routers ip',
      'edge_routers ssh_port',
      'ha_interfaces id',
    ]);
  });

  for (const field of ['id', 'ip', 'login', 'password', 'ssh_port'])
    it(`a router without ${field} is told`, async () => {
      const world = vpnWorld();
      const router = world.one('edge_router');
      world.change(router, { [field]: undefined });
      const [problem] = await problemsOf(VPN, world);
      assert.match(
        problem ?? '',
        new RegExp(`^edge_routers/${router.ref.id}: field "${field}": expected .*, got nothing$`),
      );
    });

  it('text for a router’s configuration may have a key, so a message shows no more of it than what is wrong', async () => {
    const key = 'canary-Wq7';
    const world = internetWorld();
    for (const [text, got] of [
      [`authentication-key "${key}é";`, 'text with "é" in it'],
      [`authentication-key ${key}; ${'x'.repeat(65_536)}`, `text of ${65_536 + 21 + key.length} characters`],
    ] as const) {
      world.change(world.one('internet_service'), { vrf_config: text });
      const result = await resolve(INTERNET, world.gateway, world.read, SCHEMAS);
      assert.ok(result.kind === 'invalid', 'there is no problem');
      const told = problemText(result.problems);
      assert.ok(!told.includes(key), told);
      assert.ok(told.endsWith(`newline and tab, got ${got}`), told);
    }
  });

  it('text for a router’s configuration is looked at before it gets there', async () => {
    const world = internetWorld();
    world.change(world.one('internet_service'), { vrf_config: 'a\u0000' });
    const result = await resolve(INTERNET, world.gateway, world.read, SCHEMAS);
    assert.ok(result.kind === 'invalid', 'there is no problem');
    assert.match(
      problemText(result.problems),
      /field "vrf_config": expected configuration text of at most 64 KiB/,
    );
  });
});
