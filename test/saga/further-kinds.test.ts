/** The kinds that no sample is of, each created and deleted on simulated routers. */
import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { SAMPLE_PEERS } from '../../local/samples.ts';
import { familyOn, gatewayOn, recordOf } from '../../local/test-gateway.ts';
import type { PairIds, TestResource } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

/** A gateway, and what lies in it, with all that these refer to. */
interface Given {
  readonly changed: readonly TestResource[];
  readonly neighbours: readonly TestResource[];
}

const CLOUDS = ['aws', 'azure', 'gcp'] as const;
/** Session keys: one for each cloud that takes a key. */
const peersOf = (number: number) =>
  SAMPLE_PEERS.map(({ address, as, md5 }) => {
    const peer = { address: address.replace('.8.', `.${20 + number}.`), as };
    return CLOUDS[number] === 'gcp' ? peer : { ...peer, md5 };
  });

/** The VPN gateway and what lies in it, in the words of another service. `number`: its VLANs and addresses are its own. */
function inWordsOf(service: string, ids: PairIds, number: number): Given {
  const family = familyOn('vpn_gateway', ids, number);
  family.gateway.body['connected_vpn_interface'] = family.connected?.id;
  const all = { changed: [family.gateway, ...family.children], neighbours: family.neighbours };
  const text = JSON.stringify(all)
    .replaceAll('vpn_', `${service}_`)
    .replaceAll('"service_type":"vpn"', `"service_type":"${service}"`)
    .replaceAll('192.168.8.', `192.168.${20 + number}.`);
  return JSON.parse(text) as Given;
}

/** To another data centre there is no BGP: the link has VRRP, too. */
function interdc(ids: PairIds, number: number): Given {
  const { changed, neighbours } = inWordsOf('interdc', ids, number);
  for (const { type, body } of neighbours)
    if (type === 'interdc_service') {
      body['primary_uplink_vrrp_config_group'] = 'IF-VRRP-INTERDC-ACT';
      body['secondary_uplink_vrrp_config_group'] = 'IF-VRRP-INTERDC-SBY';
    }
  const [gateway, ...rest] = changed.filter(({ type }) => type !== 'interdc_interface');
  const address = rest.find(({ type }) => type === 'gw_interface');
  assert.ok(gateway && address);
  const uplink = JSON.parse(JSON.stringify(address.body).replaceAll('172.16.101.', '172.16.102.')) as {
    id: string;
  };
  const body = { ...uplink, id: `${gateway.body.id}-uplink`, vrid: 21 };
  return { changed: [gateway, { type: 'interdc_interface', version: 1, body }, ...rest], neighbours };
}

function commonFunctions(ids: PairIds, number: number): Given {
  const { gateway, neighbours } = gatewayOn('vpn_gateway', ids, number);
  const resource = (type: string, id: string, body: object): TestResource => ({
    type,
    version: 1,
    body: { ...body, id: `${gateway.body.id}-${id}` },
  });
  const functions = [1, 2].map((one) =>
    resource('common_function', String(one), { common_function_number: one }),
  );
  const pool = resource('common_function_pool', 'pool', {
    vrrp_group_name: 'IF-USER-VRRP-ACT',
    service_vrf_name: 'SHARED-RESOURCE',
    service_interface_name: 'ms-0/2/0',
    logical_tunnel_interface_name: 'lt-0/0/0',
    snapt_group_name: 'SNAPT-RULE',
    snapt_pool_group_name: 'SNAPT-POOL',
    dnat_group_name: 'DNAT-RULE',
    dnat_pool_group_name: 'DNAT-POOL',
    vrrp_config: [{ vrid: 41 }, { vrid: 42 }],
  });
  const vlan = 1025 + number;
  const made = resource('common_function_gateway', 'gateway', {
    common_function_pool_id: pool.body.id,
    downlink_interface_id: gateway.body['downlink_interface_id'],
    vlan_id: String(vlan),
    vrf_name: gateway.body['vrf_name'],
    nat_ip: '100.64.0.10',
    logical_tunnel_unit_user: vlan,
    logical_tunnel_unit_service: 10_000 + vlan,
    primary_logical_interface_name: `ae0.${vlan}`,
    secondary_logical_interface_name: `ae0.${vlan}`,
    common_functions: functions.map(({ body }) => ({ common_function_id: body.id })),
  });
  return { changed: [made], neighbours: [...neighbours, ...functions, pool] };
}

const refOf = ({ type, body }: TestResource): GatewayRef => ({ resourceType: type, resourceId: body.id });

describe('gateways to clouds, to another data centre and to shared services', function () {
  this.timeout(120_000);
  let world: World;
  let all: readonly TestResource[];
  let bare: readonly string[];
  before(async () => {
    world = await openWorld({ device: { peers: CLOUDS.flatMap((_, number) => peersOf(number)) } });
    const [primary, secondary] = world.routers;
    assert.ok(primary && secondary);
    const ids = { primary: primary.id, secondary: secondary.id };
    const given = [
      ...CLOUDS.map((service, number) => inWordsOf(service, ids, number)),
      interdc(ids, CLOUDS.length),
      commonFunctions(ids, CLOUDS.length + 1),
    ];
    all = given.flatMap(({ changed }) => changed);
    for (const { neighbours } of given) await write(neighbours);
    bare = texts();
  });
  after(() => world.close());

  const texts = () => world.routers.map(({ device }) => device.running());
  const write = (resources: readonly TestResource[]) =>
    writeRecords(world.stack.etcd.endpoints, resources.map(recordOf));
  const applied = async (): Promise<readonly string[]> => {
    await write(all);
    // The innermost first.
    const runs = await Promise.all([...all].reverse().map((one) => world.client.apply(refOf(one))));
    const outcomes = await Promise.all(runs.map((run) => run.result()));
    return outcomes.map((one) => (one.kind === 'failed' ? `${one.type}: ${one.message}` : one.kind));
  };

  it('are created with all that lies in them, at once', async () => {
    assert.deepEqual(
      await applied(),
      all.map(() => 'created'),
    );
  });

  for (const [type, words] of [
    ['aws_interface', { primary: 'ESTABLISHED', secondary: 'ESTABLISHED' }],
    ['gcp_interface', { primary: 'ESTABLISHED', secondary: 'ESTABLISHED' }],
    ['interdc_interface', { primary: 'master', secondary: 'backup' }],
    ['common_function_gateway', { primary_41: 'master', secondary_42: 'backup' }],
  ] as const)
    it(`say in /state what was seen of the ${type}`, async () => {
      const one = all.find((resource) => resource.type === type) ?? assert.fail(type);
      const state = (await world.state(refOf(one))) as {
        readonly state: { readonly state_monitoring: string };
      };
      const seen = JSON.parse(state.state.state_monitoring) as object;
      assert.deepEqual({ ...seen, ...words }, seen);
    });

  it('are deleted at once, in the wrong order, and leave the routers byte for byte as they were', async () => {
    for (const one of all) {
      one.version += 1;
      one.markedForDeletion = true;
    }
    assert.deepEqual(
      await applied(),
      all.map(() => 'deleted'),
    );
    assert.deepEqual(texts(), bare);
    for (const one of all) {
      assert.equal(await world.store.planRecord(refOf(one)), undefined);
      const [left] = await world.etcd.read('test', [KEYS.plan(refOf(one))] as const);
      assert.equal(left.value, undefined);
    }
  });
});
