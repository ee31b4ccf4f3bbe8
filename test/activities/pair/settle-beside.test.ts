/** Verdicts of which a part can't be carried out as it was given: what that means for the other members. */
import assert from 'node:assert/strict';
import { settle } from '../../../activities/pair/settle.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { CHECK, client } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { byHand } from './further-versions.ts';
import { carries, pendingOn } from './router-facts.ts';
import { contextOf, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

const DENIED = { kind: 'refuse', message: 'permission denied' } as const;

describe('settling a batch of which a part goes wrong', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => (reservation = await scene.reservation()));

  const applied = async (count: number) => {
    const members = await scene.gateways(count);
    assert.deepEqual((await scene.apply(reservation, members)).applied, members);
    return members as [PairMember, PairMember, PairMember];
  };
  const nextReservation = async () => {
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    reservation = await scene.reservation();
  };
  const carried = (member: PairMember) => scene.routers.map((router) => carries(router, member));
  const permitted = async () =>
    Promise.all(
      scene.ids.map(async (id) =>
        (await scene.deps.store.router(id)).reservation?.members.map(({ run }) => run),
      ),
    );

  it('keeps what is kept already, and says of each other member why it was reverted (T10, T12)', async () => {
    const [kept] = await applied(1);
    await scene.settle(reservation, { confirm: [kept] });
    await nextReservation();
    const [first, changed, unwanted] = await applied(3);
    const unit = ownedOn(changed, scene.one.id).find(([top]) => top === 'interfaces');
    await byHand(scene.one, `set ${unit?.join(' ')} description by-hand`);
    scene.other.device.faults.add({ rpc: 'get-commit-information', outcome: DENIED });
    const verdicts = { confirm: [kept, first, changed], revert: [unwanted] };
    const outcome = await scene.impatient.settle(reservation, verdicts);
    assert.deepEqual(outcome.kept, [kept]);
    const reasons = new Map(outcome.reverted.map(({ member, reason }) => [member, reason]));
    assert.match(reasons.get(first) ?? '', /permission denied/);
    assert.match(reasons.get(changed) ?? '', /was changed by somebody else/);
    assert.equal(reasons.get(unwanted), null);
    assert.equal(reasons.size, 3);
    assert.deepEqual(
      [carried(kept), carried(first), carried(unwanted)],
      [
        [true, true],
        [false, false],
        [false, false],
      ],
    );
  });

  it('reverts a member to confirm that has no plan any more, which can’t be published', async () => {
    const [kept, broken] = await applied(2);
    await etcd().raw.put(KEYS.plan(broken.gateway)).value('nonsense');
    const { kept: done, reverted } = await scene.settle(reservation, { confirm: [kept, broken] });
    assert.deepEqual(done, [kept]);
    assert.deepEqual(
      reverted.map(({ member, owedOn }) => [member, owedOn]),
      [[broken, ['MX-1', 'MX-2']]],
    );
  });

  it('reverts what a run has applied whose plan a newer run has taken over', async () => {
    const [member] = await applied(1);
    const key = KEYS.plan(member.gateway);
    const record = JSON.parse((await etcd().raw.get(key).string()) ?? '') as PlanRecord;
    await etcd()
      .raw.put(key)
      .value(JSON.stringify({ ...record, run: 'newer' }));
    const { reverted } = await scene.settle(reservation, { revert: [member] });
    assert.deepEqual(reverted, [{ member, owedOn: [], reason: null }]);
    assert.deepEqual(carried(member), [false, false]);
  });

  it('keeps a member that is kept already, although it is to be reverted (T10)', async () => {
    const [kept] = await applied(1);
    await scene.settle(reservation, { confirm: [kept] });
    await nextReservation();
    const [next] = await applied(1);
    const outcome = await scene.settle(reservation, { confirm: [next], revert: [kept] });
    assert.deepEqual(outcome, { kept: [next, kept], fellBack: [], reverted: [] });
  });

  it('reverts at once on a router that can be reached, though the other one can’t (T6)', async () => {
    const [member] = await applied(1);
    scene.other.server.setReachable(false);
    await assert.rejects(scene.settle(reservation, { revert: [member] }), { name: 'UnreachableError' });
    assert.deepEqual(carried(member), [false, true]);
    await assert.rejects(scene.settle(reservation, { confirm: [member] }), { name: 'UnreachableError' });
    scene.other.server.setReachable(true);
    await scene.settle(reservation, { revert: [member] });
  });

  it('waits while a router refuses the login: somebody may mend it there', async () => {
    const [member] = await applied(1);
    const key = `/config/v2.0/edge_routers/${scene.other.id}`;
    const record = (await etcd().raw.get(key).string()) ?? '';
    const wrong = record.replace(/"password":"[^"]*"/, '"password":"wrong"');
    assert.notEqual(wrong, record);
    await etcd().raw.put(key).value(wrong);
    const settled = () => scene.settle(reservation, { confirm: [member] }, { attempt: 99 });
    await assert.rejects(settled(), { name: 'AuthenticationError' });
    await etcd().raw.put(key).value(record);
    assert.deepEqual((await settled()).kept, [member]);
  });

  it('does not say that the router may be tried again with the same session, if the session was lost', async () => {
    const [member] = await applied(1);
    scene.one.device.faults.add({ rpc: 'lock', outcome: { kind: 'drop' } });
    await assert.rejects(scene.settle(reservation, { confirm: [member] }), (error: Error) => {
      assert.notEqual(error.name, 'NotNowError');
      return true;
    });
    assert.deepEqual((await scene.settle(reservation, { confirm: [member] })).kept, [member]);
  });

  it('confirms nothing while a change that a router owes is on trial there (T5, T7)', async () => {
    const [kept] = await applied(1);
    await scene.settle(reservation, { confirm: [kept] });
    await nextReservation();
    const [owed] = await applied(1);
    scene.other.server.setReachable(false);
    await scene.impatient.settle(reservation, { revert: [owed] });
    scene.other.server.setReachable(true);
    await nextReservation();
    const confirming = scene.settle(reservation, { confirm: [kept] });
    await assert.rejects(confirming, /a confirmed commit by .* is pending/);
    assert.deepEqual([pendingOn(scene.other), carried(owed)], [true, [false, true]]);
    await scene.settle(reservation, { revert: [owed] });
  });

  it('leaves a member permitted on the router that still carries it, if the other one has fallen back (T12)', async () => {
    const [member] = await applied(1);
    const operator = client(scene.other.device);
    await operator.ok(CHECK);
    operator.session.close();
    await byHand(scene.one, ...ownedOn(member, scene.one.id).map((path) => `delete ${path.join(' ')}`));
    const { fellBack } = await scene.settle(reservation, { confirm: [member] });
    assert.deepEqual(fellBack, [member]);
    assert.deepEqual(await permitted(), [[], [member.run]]);
    await scene.settle(reservation, { revert: [member] });
    assert.deepEqual(carried(member), [false, false]);
  });

  it('takes no lock near the deadline, which might keep the router from falling back (T2)', async () => {
    const [member] = await applied(1);
    let locks = 0;
    const when = () => (locks += 1) === 0;
    for (const { device } of scene.routers)
      device.faults.add({ rpc: 'lock', times: Infinity, when, outcome: DENIED });
    const policy = { ...scene.deps.policy, confirmMarginMs: 3_600_000 };
    const input = { reservation, routers: scene.ids, confirm: [member], revert: [] };
    await assert.rejects(settle({ ...scene.deps, policy }, contextOf(), input), { name: 'WaitError' });
    assert.equal(locks, 0);
    await scene.settle(reservation, { revert: [member] });
  });
});
