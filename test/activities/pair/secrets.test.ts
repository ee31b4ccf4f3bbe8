import assert from 'node:assert/strict';
import { apply } from '../../../activities/pair/apply.ts';
import { settle } from '../../../activities/pair/settle.ts';
import { inspect } from '../../../activities/router/inspect.ts';
import { targetOf } from '../../../activities/router/router-target.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { LocalRouter } from '../../../local/routers.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { carries, logsOf } from './router-facts.ts';
import { contextOf, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

const PEER = 'protocols { bgp { group g { neighbor 192.0.2.1 { authentication-key test; } } } }';

describe('a gateway with a secret, which routers store in a form of their own', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let member: PairMember;
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => {
    [member] = (await scene.gateways(1, 'internet_gateway', (gateway) => {
      gateway.neighbour('internet_service').body['vrf_config'] = PEER;
    })) as [PairMember];
    reservation = await scene.reservation();
    assert.deepEqual((await scene.apply(reservation, [member])).applied, [member]);
    assert.match(scene.one.device.running(), /authentication-key "?\$9\$/);
  });

  async function rekey({ id, device }: LocalRouter): Promise<void> {
    const operator = client(device);
    const instance = ownedOn(member, id).find(([top]) => top === 'routing-instances') ?? [];
    const peer = 'protocols bgp group g neighbor 192.0.2.1';
    await operator.set(`set ${instance.join(' ')} ${peer} authentication-key another`);
    await operator.ok(COMMIT);
    operator.session.close();
  }

  /** The router refuses the commits and the check by which a revert is tried, so the inverse change becomes owed. */
  function refuseReverts(): void {
    const outcome = { kind: 'fail-check', message: 'referred to' } as const;
    scene.one.device.faults.add({ rpc: 'commit-configuration', step: 'check', times: 3, outcome });
  }

  async function presenceOn({ id }: LocalRouter) {
    const { store, routers, policy } = scene.deps;
    const plan = (await store.planRecord(member.gateway)) ?? assert.fail('no plan record');
    const role = plan.routers.primary.id === id ? 'primary' : 'secondary';
    const { before, after } = plan.routers[role];
    const change = { gateway: member.gateway, change: { before, after }, secrets: plan.secrets?.[role] };
    const { target } = await targetOf(store.snapshot(), id);
    const { presence } = await inspect(routers, target, await store.router(id), [change], policy);
    return presence(change).kind;
  }

  const owed = async () => (await scene.deps.store.router(scene.one.id)).owedChanges;

  it('is found applied by another worker, which commits nothing again', async () => {
    const before = logsOf(scene.one).length;
    const input = { reservation, routers: scene.ids, members: [member] };
    assert.deepEqual((await apply(scene.worker(), contextOf({ attempt: 2 }), input)).applied, [member]);
    assert.equal(logsOf(scene.one).length, before);
  });

  it('is kept by another worker, and the form that each router has counts from then on', async () => {
    const input = { reservation, routers: scene.ids, confirm: [member], revert: [] };
    assert.deepEqual((await settle(scene.worker(), contextOf(), input)).kept, [member]);
    for (const router of scene.routers) assert.equal(await presenceOn(router), 'after');
    await rekey(scene.one);
    assert.equal(await presenceOn(scene.one), 'modified');
    assert.equal(await presenceOn(scene.other), 'after');
  });

  it('leaves no form of the secret in its records in etcd', async () => {
    await scene.settle(reservation, { confirm: [member] });
    const plan = await scene.deps.store.planRecord(member.gateway);
    assert.match(plan?.secrets?.primary ?? '', /^sha256:/);
    const { gateway } = member;
    for (const key of [KEYS.plan(gateway), KEYS.router(scene.one.id)])
      assert.doesNotMatch(JSON.stringify(await etcd().raw.getAll().prefix(key).strings()), /\$9\$/);
  });

  it('is reverted, and nobody is said to have changed it', async () => {
    const { reverted } = await scene.settle(reservation, { revert: [member] });
    assert.deepEqual(reverted, [{ member, owedOn: [], reason: null }]);
    for (const router of scene.routers) assert.equal(carries(router, member), false);
  });

  it('is removed by the next reservation where its revert is owed', async () => {
    refuseReverts();
    assert.deepEqual((await scene.settle(reservation, { revert: [member] })).reverted[0]?.owedOn, ['MX-1']);
    scene.one.device.faults.clear();
    await scene.apply(await scene.reservation(), await scene.gateways(1));
    assert.deepEqual(await owed(), []);
    assert.equal(carries(scene.one, member), false);
  });

  it('stays where its revert is owed and somebody has changed the secret since', async () => {
    refuseReverts();
    await scene.settle(reservation, { revert: [member] });
    scene.one.device.faults.clear();
    const [change] = await owed();
    assert.match(change?.secrets ?? '', /^sha256:/);
    assert.doesNotMatch(JSON.stringify(change), /\$9\$/);
    await rekey(scene.one);
    await scene.apply(await scene.reservation(), await scene.gateways(1));
    assert.equal((await owed()).length, 1);
    assert.equal(carries(scene.one, member), true);
  });
});
