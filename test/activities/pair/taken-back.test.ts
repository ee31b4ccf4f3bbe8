import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import { settle } from '../../../activities/pair/settle.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { contextOf, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf, pendingOn, waitUntil } from './router-facts.ts';
import { tried } from './retried.ts';
import { useScene } from './use-scene.ts';

describe('a trial of which a router refuses to revert a member is taken back as a whole (T11)', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let kept: PairMember;
  let stuck: PairMember;
  let reservation: string;
  let empty: readonly string[];
  // Its minute lasts four seconds, so that a test can wait for a deadline.
  useScene(etcd, (opened) => (scene = opened), {
    policy: { confirmMinutes: 1, minuteMs: 4_000, confirmMarginMs: 300, fallbackGraceMs: 300 },
  });
  beforeEach(async () => {
    [kept, stuck] = (await scene.gateways(2, 'internet_gateway')) as [PairMember, PairMember];
    reservation = await scene.reservation();
    empty = scene.routers.map(({ device }) => device.running());
    assert.deepEqual((await scene.apply(reservation, [kept, stuck])).applied, [kept, stuck]);
  });

  /** The first router refuses the next commits or checks, and says which member is the reason. */
  function refuseCommit(of = stuck, times = 1): void {
    const [path = []] = ownedOn(of, scene.one.id);
    const why = { kind: 'fail-check', message: 'referred to', path: `[edit ${path.join(' ')}]` } as const;
    scene.one.device.faults.add({ rpc: 'commit-configuration', step: 'check', times, outcome: why });
  }

  const runningOn = () => scene.routers.map(({ device }) => device.running());
  const carriedOn = (member: PairMember) => scene.routers.map((router) => carries(router, member));
  const notOwed = (member: PairMember) => ({ member, owedOn: [], reason: null });
  const assertNothingLeft = async () => {
    for (const router of scene.routers) {
      assert.equal(pendingOn(router), false, `${router.name} has a pending commit`);
      assert.deepEqual((await scene.deps.store.router(router.id)).owedChanges, []);
    }
  };

  it('by one commit of what stood before; the others are applied again there, and are kept on both', async () => {
    refuseCommit();
    const outcome = await scene.settle(reservation, { confirm: [kept], revert: [stuck] });
    assert.deepEqual(outcome, { kept: [], fellBack: [kept], reverted: [notOwed(stuck)] });
    assert.equal(scene.one.device.running(), empty[0]);
    const names = [kept, stuck].map(
      ({ gateway: { resourceId } }) => `internet_gateway:${resourceId} version 1`,
    );
    assert.equal(
      logsOf(scene.one)[0],
      `gateway-saga reservation ${reservation} reverted: ${names.join(', ')}`,
    );
    assert.deepEqual(
      [carriedOn(kept), carriedOn(stuck)],
      [
        [false, true],
        [false, false],
      ],
    );
    await assertNothingLeft();
    assert.deepEqual((await scene.apply(reservation, [kept])).applied, [kept]);
    assert.deepEqual((await scene.settle(reservation, { confirm: [kept] })).kept, [kept]);
    assert.deepEqual(
      [carriedOn(kept), carriedOn(stuck)],
      [
        [true, true],
        [false, false],
      ],
    );
    await assertNothingLeft();
  });

  it('on both routers, if the one refuses already to load the inverse change: nothing was confirmed on the other', async () => {
    scene.one.device.faults.add({ rpc: 'load-configuration', outcome: { kind: 'refuse' } });
    const outcome = await scene.settle(reservation, { confirm: [kept], revert: [stuck] });
    assert.deepEqual(outcome, { kept: [], fellBack: [kept], reverted: [notOwed(stuck)] });
    assert.deepEqual(runningOn(), empty);
    for (const router of scene.routers)
      for (const { gateway } of [kept, stuck])
        assert.match(logsOf(router)[0] ?? '', new RegExp(` reverted: .*${gateway.resourceId}`));
    await assertNothingLeft();
  });

  it('if all its members are to be reverted, too', async () => {
    refuseCommit();
    const { reverted } = await scene.settle(reservation, { revert: [kept, stuck] });
    assert.deepEqual(reverted, [notOwed(kept), notOwed(stuck)]);
    assert.deepEqual(runningOn(), empty);
    await assertNothingLeft();
  });

  it('but twice at most: then the others are reverted, also where they are permanent (T12)', async () => {
    const [third] = (await scene.gateways(1, 'internet_gateway')) as [PairMember];
    await scene.settle(reservation, { revert: [kept, stuck] });
    reservation = await (async () => {
      await scene.deps.store.endReservation({ reservation, routers: scene.ids });
      return scene.reservation();
    })();
    const [first, second] = (await scene.gateways(2, 'internet_gateway')) as [PairMember, PairMember];
    await scene.apply(reservation, [first, second, third]);
    refuseCommit(third);
    const once = await scene.settle(reservation, { confirm: [first, second], revert: [third] });
    assert.deepEqual(once.fellBack, [first, second]);
    await scene.apply(reservation, [first, second]);
    refuseCommit(second);
    const twice = await scene.settle(reservation, { confirm: [first], revert: [second] });
    assert.deepEqual(
      new Map(twice.reverted.map(({ member, ...rest }) => [member, rest])),
      new Map([
        [first, { owedOn: [], reason: 'MX-1: fell back 2 times before it could be made permanent' }],
        [second, { owedOn: [], reason: null }],
      ]),
    );
    assert.deepEqual(runningOn(), empty);
    await assertNothingLeft();
  });

  it('unless it refuses that, too: then it owes that one change, and the others are kept', async () => {
    refuseCommit(stuck, 3);
    const outcome = await scene.settle(reservation, { confirm: [kept], revert: [stuck] });
    assert.deepEqual(outcome.kept, [kept]);
    assert.deepEqual(
      outcome.reverted.map(({ member, owedOn }) => [member, owedOn]),
      [[stuck, ['MX-1']]],
    );
    assert.deepEqual(
      [carriedOn(kept), carriedOn(stuck)],
      [
        [true, true],
        [true, false],
      ],
    );
    assert.equal(pendingOn(scene.one), false);
  });

  it('not if the router falls back meanwhile: then “what stood before the newest commit” is the trial', async () => {
    refuseCommit();
    const { store } = scene.deps;
    const permitCommit: typeof store.permitCommit = async (...given) => {
      const answer = await store.permitCommit(...given);
      await waitUntil(() => !pendingOn(scene.one));
      return answer;
    };
    const deps = { ...scene.deps, store: { ...store, permitCommit } };
    const input = { reservation, routers: scene.ids, confirm: [], revert: [kept, stuck] };
    await assert.rejects(settle(deps, contextOf(), input), /not the newest commit any more/);
    assert.equal(scene.one.device.running(), empty[0]);
    const verdicts = { revert: [kept, stuck] };
    const { reverted } = await tried((context) => scene.settle(reservation, verdicts, context));
    assert.deepEqual(reverted, [notOwed(kept), notOwed(stuck)]);
    assert.deepEqual(runningOn(), empty);
    await assertNothingLeft();
  });
});
