import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import { CHECK, client } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './router-facts.ts';

describe('what a router owes and has on trial still,', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let reservation: string;
  beforeEach(async () => {
    scene = await openScene(etcd());
    reservation = await scene.reservation();
  });
  afterEach(async () => {
    await assertFree(scene);
    await scene.close();
  });

  const owedChangesOf = async () => (await scene.deps.store.router(scene.other.id)).owedChanges;
  /** On both routers on trial, and one of them went away before it could be removed. */
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

  it('is known for ours by the next turn, and paid without waiting (T5, T7)', async () => {
    const members = await owedOnTrial(2);
    const [next] = (await scene.gateways(1)) as [PairMember];
    assert.deepEqual((await scene.apply(reservation, [next])).applied, [next]);
    for (const member of members) assert.equal(carries(scene.other, member), false);
    assert.deepEqual(await owedChangesOf(), []);
    assert.match(logsOf(scene.other)[1] ?? '', new RegExp(`^gateway-saga turn ${reservation} owed, removed: `));
    assert.deepEqual((await scene.settle(reservation, { confirm: [next] })).kept, [next]);
  });

  it('is removed at once when its removal is asked for again (T7)', async () => {
    const members = await owedOnTrial(2);
    const gone = members.map((member) => ({ member, owedOn: [], reason: null }));
    assert.deepEqual((await scene.settle(reservation, { revert: members })).reverted, gone);
    assert.deepEqual([pendingOn(scene.other), await owedChangesOf()], [false, []]);
    for (const member of members) assert.equal(carries(scene.other, member), false);
  });

  it('stays owed when the router refuses to remove it, and the others go (T11)', async () => {
    const [stuck, other] = (await owedOnTrial(2, 'internet_gateway')) as [PairMember, PairMember];
    const [path = []] = ownedOn(stuck, scene.other.id);
    scene.other.device.faults.add({
      step: 'check',
      times: 2,
      outcome: { kind: 'fail-check', message: 'referred to', path: `[edit ${path.join(' ')}]` },
    });
    const [next] = (await scene.gateways(1)) as [PairMember];
    assert.deepEqual((await scene.apply(reservation, [next])).applied, [next]);
    assert.deepEqual([carries(scene.other, stuck), carries(scene.other, other)], [true, false]);
    assert.deepEqual(
      (await owedChangesOf()).map(({ gateway }) => gateway),
      [stuck.gateway],
    );
    await scene.settle(reservation, { revert: [next] });
  });

  it('does not make another turn’s commit ours: that is left alone (T5)', async () => {
    const [member] = (await owedOnTrial(1)) as [PairMember];
    const operator = client(scene.other.device);
    await operator.ok(CHECK);
    const log = 'gateway-saga turn another.1 until 2099-01-01T00:00:00.000Z';
    await operator.set('set system host-name another');
    await operator.ok(
      `<commit-configuration><confirmed/><confirm-timeout>5</confirm-timeout><log>${log}</log></commit-configuration>`,
    );
    operator.session.close();
    const [next] = (await scene.gateways(1)) as [PairMember];
    await assert.rejects(scene.apply(reservation, [next]), /a confirmed commit by .* is pending/);
    assert.deepEqual([pendingOn(scene.other), carries(scene.other, member)], [true, true]);
  });

  it('and is nothing of what was owed any more, is waited for (T5)', async () => {
    const [member] = (await owedOnTrial(1)) as [PairMember];
    const { gateway } = member;
    const strange = (await scene.gateways(1)) as [PairMember];
    const [owedChange] = await owedChangesOf();
    assert.ok(owedChange);
    const { token: attempt } = (await scene.deps.store.router(scene.other.id)).reservation ?? { token: 0 };
    const by = { reservation, routers: scene.ids, attempt };
    const plan = await scene.deps.store.planRecord(strange[0].gateway);
    const { configuration } = plan?.routers.secondary ?? {};
    assert.ok(configuration);
    await scene.deps.store.addOwedChanges(by, scene.other.id, [
      { ...owedChange, gateway: strange[0].gateway, configuration },
    ]);
    await scene.deps.store.payOwedChange(by, scene.other.id, { gateway, configuration: owedChange.configuration });
    const [next] = (await scene.gateways(1)) as [PairMember];
    await assert.rejects(scene.apply(reservation, [next]), /a confirmed commit by .* is pending/);
    assert.equal(pendingOn(scene.other), true);
  });
});
