import assert from 'node:assert/strict';
import { WaitError } from '../../../activities/router/attempt-context.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { CHECK, client } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { settle } from '../../../activities/pair/settle.ts';
import { contextOf } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf, pendingOn, waitUntil } from './router-facts.ts';
import { tried } from './retried.ts';
import { SHORT_DEADLINE, useScene } from './use-scene.ts';

describe('the deadline of a batch', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let members: PairMember[];
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened), { policy: SHORT_DEADLINE });
  beforeEach(async () => {
    members = await scene.gateways(2);
    reservation = await scene.reservation();
  });

  const carried = () => scene.routers.map((router) => members.map((member) => carries(router, member)));
  const fallen = () => waitUntil(() => scene.routers.every((router) => !pendingOn(router)));

  it('is waited for, without a lock, if it is so near that a confirm might cross it (T2)', async () => {
    const { confirmBy } = await scene.apply(reservation, members);
    await waitUntil(() => Date.now() >= Date.parse(confirmBy ?? ''));
    let locks = 0;
    for (const { device } of scene.routers) {
      const when = () => (locks += 1) === 0;
      device.faults.add({ rpc: 'lock', times: Infinity, when, outcome: { kind: 'refuse' } });
    }
    await assert.rejects(scene.settle(reservation, { confirm: members }), (error: unknown) => {
      assert.ok(error instanceof WaitError, String(error));
      assert.match(error.message, /too late to confirm what falls back at/);
      const over =
        Date.parse(confirmBy ?? '') + SHORT_DEADLINE.confirmMarginMs + SHORT_DEADLINE.fallbackGraceMs;
      const until = Date.now() + error.waitMs;
      assert.ok(until >= over, `${until} is before ${over}`);
      return true;
    });
    assert.equal(locks, 0);
    for (const router of scene.routers) assert.equal(pendingOn(router), true, 'it was confirmed too late');
    const outcome = await tried((context) => scene.settle(reservation, { confirm: members }, context));
    assert.deepEqual(outcome, { kept: [], reverted: [], fellBack: members });
    assert.deepEqual(carried(), [
      [false, false],
      [false, false],
    ]);
  });

  it('is waited for as well if it came near during a request to etcd (T2)', async () => {
    const { confirmBy } = await scene.apply(reservation, members);
    const { store } = scene.deps;
    const slow: typeof store.permitCommit = async (...given) => {
      await waitUntil(() => Date.now() >= Date.parse(confirmBy ?? ''));
      return store.permitCommit(...given);
    };
    const deps = { ...scene.deps, store: { ...store, permitCommit: slow } };
    const input = { reservation, routers: scene.ids, confirm: members, revert: [] };
    await assert.rejects(settle(deps, contextOf(), input), WaitError);
    for (const router of scene.routers) assert.equal(pendingOn(router), true, 'it was confirmed too late');
    await fallen();
  });

  it('that passed on both routers has all members applied again under the same reservation, and kept', async () => {
    await scene.apply(reservation, members);
    await fallen();
    const verdicts = { confirm: members };
    assert.deepEqual(
      (await tried((context) => scene.settle(reservation, verdicts, context))).fellBack,
      members,
    );
    const again = await scene.apply(reservation, members);
    assert.deepEqual(again.applied, members);
    assert.ok(Date.parse(again.confirmBy ?? '') > Date.now(), 'a confirm must be possible again');
    assert.deepEqual((await scene.settle(reservation, verdicts)).kept, members);
    assert.deepEqual(carried(), [
      [true, true],
      [true, true],
    ]);
  });

  it('that passed on one router, while the other was confirmed, has them applied again there (T12)', async () => {
    await scene.apply(reservation, members);
    const operator = client(scene.one.device);
    await operator.ok(CHECK);
    operator.session.close();
    await fallen();
    const verdicts = { confirm: members };
    assert.deepEqual(
      (await tried((context) => scene.settle(reservation, verdicts, context))).fellBack,
      members,
    );
    assert.deepEqual(carried(), [
      [true, true],
      [false, false],
    ]);
    const commits = logsOf(scene.one).length;
    assert.deepEqual((await scene.apply(reservation, members)).applied, members);
    assert.equal(logsOf(scene.one).length, commits, 'what stood already was committed again');
    assert.deepEqual((await scene.settle(reservation, verdicts)).kept, members);
    assert.deepEqual(carried(), [
      [true, true],
      [true, true],
    ]);
  });

  it('that passes on one router twice has them reverted on the other: both or neither (T12)', async () => {
    await scene.apply(reservation, members);
    const operator = client(scene.one.device);
    await operator.ok(CHECK);
    operator.session.close();
    await fallen();
    const verdicts = { confirm: members };
    await tried((context) => scene.settle(reservation, verdicts, context));
    await scene.apply(reservation, members);
    await fallen();
    const { reverted, fellBack, kept } = await tried((context) =>
      scene.settle(reservation, verdicts, context),
    );
    assert.deepEqual([kept, fellBack], [[], []]);
    assert.deepEqual(
      reverted.map(({ member, owedOn }) => [member, owedOn]),
      members.map((member) => [member, []]),
    );
    assert.match(reverted[0]?.reason ?? '', /MX-2: fell back 2 times/);
    assert.deepEqual(carried(), [
      [false, false],
      [false, false],
    ]);
    for (const router of scene.routers) {
      const { reservation: current } = await scene.deps.store.router(router.id);
      assert.deepEqual(current?.members, []);
    }
  });

  it('that passes while one router can’t be reached leaves them on neither (T12)', async () => {
    await scene.apply(reservation, members);
    scene.other.server.setReachable(false);
    await assert.rejects(scene.settle(reservation, { confirm: members }));
    assert.equal(pendingOn(scene.one), true, 'one router was confirmed while the other could not be');
    await fallen();
    scene.other.server.setReachable(true);
    const outcome = await tried((context) => scene.settle(reservation, { confirm: members }, context));
    assert.deepEqual(outcome.fellBack, members);
  });

  it('is not waited for when patience is over: what one router can’t revert it owes, the other is reverted (T6, T12)', async () => {
    await scene.apply(reservation, members);
    const operator = client(scene.one.device);
    await operator.ok(CHECK);
    operator.session.close();
    scene.other.server.setReachable(false);
    const outcome = await scene.impatient.settle(reservation, { confirm: members });
    assert.deepEqual(
      outcome.reverted.map(({ owedOn }) => owedOn),
      [['MX-2'], ['MX-2']],
    );
    const { owedChanges } = await scene.deps.store.router(scene.other.id);
    assert.equal(owedChanges.length, 2);
    assert.deepEqual(carried()[0], [false, false]);
    scene.other.server.setReachable(true);
    await fallen();
  });
});
