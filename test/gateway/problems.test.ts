import assert from 'node:assert/strict';
import type { Kind } from '../../gateway/kind.ts';
import { resolve } from '../../gateway/resolve.ts';
import { problemText } from '../../gateway/validate.ts';
import { VPN, SCHEMAS } from './kinds.ts';
import { vpnWorld } from './samples.ts';
import type { World } from './samples.ts';

async function problemsOf(kind: Kind, world: World): Promise<string> {
  const result = await resolve(kind, world.gateway, world.read, SCHEMAS);
  assert.equal(result.kind, 'invalid');
  return problemText(result.problems);
}

describe('every problem around a gateway is told:', () => {
  const cases: readonly [string, (world: World) => void, RegExp[]][] = [
    [
      'a reference that leads nowhere',
      (world) => world.remove(world.one('vpn_service')),
      [
        /^vpn_gateways\/4fab887d-[^:]*: field "vpn_service_id": expected the id of an existing vpn_service, got "72b05fe5-[^"]*", which does not exist$/,
      ],
    ],
    [
      'a reference to a resource of another type',
      (world) => world.change(world.gateway, { qos_option_id: world.one('ha_router').ref.id }),
      [/field "qos_option_id": expected the id of an existing qos_option, got "f01ed0a6-/],
    ],
    [
      'a record that is not the one that its key names',
      (world) => world.change(world.one('vpn_service'), { id: 'other' }),
      [
        /^vpn_services\/72b05fe5-[^:]*: field "id": expected the id of its key, "72b05fe5-[^"]*", got "other"$/,
      ],
    ],
    [
      'a record of another type under a key',
      (world) =>
        world.replace(world.one('qos_option'), {
          body: { ...world.one('ha_router').body, id: world.one('qos_option').ref.id },
        }),
      [/field "incoming_policer_name": expected a name/, /field "outgoing_policer_name": expected a name/],
    ],
    [
      'a required field that is missing on the way',
      (world) => world.change(world.one('ha_router'), { secondary_router_id: undefined }),
      [/^ha_routers\/f01ed0a6-[^:]*: field "secondary_router_id": expected a string, got nothing$/],
    ],
    [
      'a mistyped field on the way',
      (world) => world.change(world.one('edge_router'), { ssh_port: '830' }),
      [/^edge_routers\/[^:]*: field "ssh_port": expected a port from 1 to 65535, got "830"$/],
    ],
    [
      'a mistyped reference',
      (world) => world.change(world.gateway, { vpn_service_id: 7 }),
      [/^vpn_gateways\/[^:]*: field "vpn_service_id": expected a string, got 7$/],
    ],
    [
      'a neighbour that is being deleted',
      (world) => world.replace(world.one('qos_option'), { markedForDeletion: true }),
      [
        /field "qos_option_id": expected a qos_option that is not being deleted, got "4f59680b-.*marked for deletion/,
      ],
    ],
    [
      'a gateway whose VLAN is out of range',
      (world) => world.change(world.gateway, { uplink_vlan_id: '5000' }),
      [/field "uplink_vlan_id": expected a VLAN from 1 to 4094, got "5000"$/],
    ],
    [
      'a VLAN that the interface forbids',
      (world) => world.change(world.gateway, { downlink_vlan_id: '4094' }),
      [
        /field "downlink_vlan_id": expected a VLAN outside the interface's restricted ranges "0-1024,4094", got "4094"$/,
      ],
    ],
    [
      'one router in both roles',
      (world) => {
        const router = world.one('ha_router');
        world.change(router, { secondary_router_id: router.body['primary_router_id'] });
      },
      [/expected a secondary router that is not the primary, got "792c7a6d-[^"]*" for both$/],
    ],
    [
      'two records of one router',
      (world) => {
        const secondary = world.one('ha_router').body['secondary_router_id'];
        world.change(world.one('edge_router', String(secondary)), { ip: '10.79.5.185' });
      },
      [/expected a secondary router that is not the primary, got "10\.79\.5\.185", port 830, for both$/],
    ],
    [
      'several things at once',
      (world) => {
        world.remove(world.one('qos_option'));
        world.change(world.one('vpn_service'), { primary_downlink_vrrp_config_group: 'a"; }' });
        world.change(world.gateway, { vrf_name: undefined, uplink_vlan_id: 0 });
      },
      [
        /field "vrf_name": expected a name .*, got nothing/,
        /field "uplink_vlan_id": expected a VLAN from 1 to 4094, got 0/,
        /field "qos_option_id": expected the id of an existing/,
        /field "primary_downlink_vrrp_config_group": expected a name .*, got "a"; }"/,
      ],
    ],
  ];

  for (const [name, change, expected] of cases) {
    it(name, async () => {
      const world = vpnWorld();
      change(world);
      const text = await problemsOf(VPN, world);
      for (const pattern of expected) assert.match(text, pattern);
      assert.equal(text.split('; ').length >= expected.length, true);
      assert.ok(!text.includes('\n'));
    });
  }

  it('a circle of references', async () => {
    const kind: Kind = {
      ...VPN,
      schema: {
        fields: { ...VPN.schema.fields, peer_id: { type: 'string', refersTo: 'vpn_gateway' } },
      },
      monitoring: {
        ...VPN.monitoring,
        mappings: { peer: { path: ['peer_id', 'peer_id', 'peer_id'], field: 'vrf_name' } },
      },
    };
    const world = vpnWorld();
    world.change(world.gateway, { peer_id: world.gateway.ref.id });
    assert.match(
      await problemsOf(kind, world),
      /field "peer_id": expected a reference that leads on, got a circle back to vpn_gateways\/4fab887d-/,
    );
  });

  it('an address that is an object with a `toString` of its own', async () => {
    const world = vpnWorld();
    for (const role of ['primary', 'secondary']) {
      const pair = world.one('ha_router');
      const router = world.one('edge_router', String(pair.body[`${role}_router_id`]));
      world.change(router, { ip: { toString: 1 } });
    }
    assert.match(
      await problemsOf(VPN, world),
      /field "ip": expected a host name or an IP address, got an object/,
    );
  });

  it('a reference to an unknown type, through a field that is no reference, and to a field that no schema names', async () => {
    const kind: Kind = {
      ...VPN,
      schema: {
        fields: { ...VPN.schema.fields, odd_id: { type: 'string', refersTo: 'constructor' } },
      },
      monitoring: {
        ...VPN.monitoring,
        mappings: {
          unknown_type: { path: ['odd_id'], field: 'id' },
          no_reference: { path: ['vrf_name'], field: 'id' },
          no_field: { path: ['vpn_service_id'], field: 'toString' },
          own_no_field: { field: '__proto__' },
        },
      },
    };
    const world = vpnWorld();
    world.change(world.gateway, { odd_id: 'x' });
    const text = await problemsOf(kind, world);
    assert.match(
      text,
      /"odd_id": expected a reference to a known resource type, got a reference to "constructor"/,
    );
    assert.match(
      text,
      /"vrf_name": expected a reference to a known resource type, got a field that refers to nothing/,
    );
    assert.match(text, /"toString": expected a field that the schema of vpn_service names/);
    assert.match(text, /"__proto__": expected a field that the schema of vpn_gateway names/);
  });

  it('in the same words, in whatever order the reads come back', async () => {
    const broken = () => {
      const world = vpnWorld();
      world.remove(world.one('qos_option'));
      world.remove(world.one('ha_router'));
      world.change(world.one('vpn_service'), { id: 'other' });
      return world;
    };
    const world = broken();
    let reads = 0;
    const shuffled: World['read'] = async (ref) => {
      reads += 1;
      for (let ticks = (reads * 7) % 11; ticks > 0; ticks -= 1) await Promise.resolve();
      return world.read(ref);
    };
    const result = await resolve(VPN, world.gateway, shuffled, SCHEMAS);
    assert.equal(result.kind, 'invalid');
    assert.equal(problemText(result.problems), await problemsOf(VPN, broken()));
  });

  it('never a password, however wrong it is', async () => {
    const world = vpnWorld();
    world.change(world.one('edge_router'), { password: 424242, login: 17 });
    const text = await problemsOf(VPN, world);
    assert.match(text, /field "password": expected a string, got a number \(hidden\)/);
    assert.match(text, /field "login": expected a string, got 17/);
    assert.ok(!text.includes('424242'));
  });
});
