import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import { CHECK, client } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { owedOf, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf, pendingOn } from './router-facts.ts';
import { useScene } from './use-scene.ts';

describe('an owed change whose gateway is still on trial', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => {
    reservation = await scene.reservation();
  });

  const owedChangesOf = async () => (await scene.deps.store.router(scene.other.id)).owedChanges;
  /** Members that were on trial on both routers. The second router became unreachable before they could be reverted, and owes the inverse changes. */
  const owedOnTrial = async (count: number, kind: 'vpn_gateway' | 'internet_gateway' = 'vpn_gateway') => {
    const members = await scene.gateways(count, kind);
    await scene.apply(reservation, members);
    scene.other.server.setReachable(false);
    await scene.impatient.settle(reservation, { revert: members });
    scene.other.server.setReachable(true);
    assert.deepEqual(scene.routers.map(pendingOn), [false, true]);
    assert.equal((await owedChangesOf()).length, count);
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    reservation = await scene.reservation();
    return members;
  };

  it('is known to be ours under the next reservation, and paid without waiting (T5, T7)', async () => {
    const members = await owedOnTrial(2);
    const [next] = (await scene.gateways(1)) as [PairMember];
    assert.deepEqual((await scene.apply(reservation, [next])).applied, [next]);
    for (const member of members) assert.equal(carries(scene.other, member), false);
    assert.deepEqual(await owedChangesOf(), []);
    assert.match(
      logsOf(scene.other)[1] ?? '',
      new RegExp(`^gateway-saga reservation ${reservation} owed, reverted: `),
    );
    assert.deepEqual((await scene.settle(reservation, { confirm: [next] })).kept, [next]);
  });

  it('is paid at once if the revert is requested again (T7)', async () => {
    const members = await owedOnTrial(2);
    const reverted = members.map((member) => ({ member, owedOn: [], reason: null }));
    assert.deepEqual((await scene.settle(reservation, { revert: members })).reverted, reverted);
    assert.deepEqual([pendingOn(scene.other), await owedChangesOf()], [false, []]);
    for (const member of members) assert.equal(carries(scene.other, member), false);
  });

  const refuse = (stuck: PairMember, times: number) => {
    const [path = []] = ownedOn(stuck, scene.other.id);
    scene.other.device.faults.add({
      step: 'check',
      times,
      outcome: { kind: 'fail-check', message: 'referred to', path: `[edit ${path.join(' ')}]` },
    });
  };

  it('is paid with all others by taking the trial back if the router refuses it (T11)', async () => {
    const [stuck, other] = (await owedOnTrial(2, 'internet_gateway')) as [PairMember, PairMember];
    refuse(stuck, 1);
    const [next] = (await scene.gateways(1)) as [PairMember];
    assert.deepEqual((await scene.apply(reservation, [next])).applied, [next]);
    assert.deepEqual([carries(scene.other, stuck), carries(scene.other, other)], [false, false]);
    assert.deepEqual(await owedChangesOf(), []);
    await scene.settle(reservation, { revert: [next] });
  });

  it('stays owed if the router refuses it, and to take the trial back, and the others are paid (T11)', async () => {
    const [stuck, other] = (await owedOnTrial(2, 'internet_gateway')) as [PairMember, PairMember];
    refuse(stuck, 3);
    const [next] = (await scene.gateways(1)) as [PairMember];
    assert.deepEqual((await scene.apply(reservation, [next])).applied, [next]);
    assert.deepEqual([carries(scene.other, stuck), carries(scene.other, other)], [true, false]);
    assert.deepEqual(
      (await owedChangesOf()).map(({ gateway }) => gateway),
      [stuck.gateway],
    );
    await scene.settle(reservation, { revert: [next] });
  });

  it('does not make another reservation’s commit ours: that is left alone (T5)', async () => {
    const [member] = (await owedOnTrial(1)) as [PairMember];
    const operator = client(scene.other.device);
    await operator.ok(CHECK);
    const log = 'gateway-saga reservation another.1 until 2099-01-01T00:00:00.000Z';
    await operator.set('set system host-name another');
    await operator.ok(
      `<commit-configuration><confirmed/><confirm-timeout>5</confirm-timeout><log>${log}</log></commit-configuration>`,
    );
    operator.session.close();
    const [next] = (await scene.gateways(1)) as [PairMember];
    await assert.rejects(scene.apply(reservation, [next]), /a confirmed commit by .* is pending/);
    assert.deepEqual([pendingOn(scene.other), carries(scene.other, member)], [true, true]);
  });

  it('leaves a pending commit alone that holds nothing of it (T5)', async () => {
    const [member] = (await owedOnTrial(1)) as [PairMember];
    const [stranger] = (await scene.gateways(1)) as [PairMember];
    const [owedChange] = await owedChangesOf();
    assert.ok(owedChange);
    assert.deepEqual(owedChange.gateway, member.gateway);
    const { store } = scene.deps;
    const fence = await scene.fence(reservation);
    const { gateway, change } = await owedOf(scene.deps, stranger);
    assert.ok(await store.addOwedChanges(fence, scene.other.id, [{ ...owedChange, gateway, change }]));
    assert.ok(await store.payOwedChange(fence, scene.other.id, owedChange));
    const [next] = (await scene.gateways(1)) as [PairMember];
    await assert.rejects(scene.apply(reservation, [next]), /a confirmed commit by .* is pending/);
    assert.equal(pendingOn(scene.other), true);
  });
});
