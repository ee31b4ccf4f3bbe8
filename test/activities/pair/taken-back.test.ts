import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf, pendingOn } from './router-facts.ts';
import { useScene } from './use-scene.ts';

describe('a trial of which a router refuses to revert a member is taken back as a whole (T11)', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let kept: PairMember;
  let second: PairMember;
  let stuck: PairMember;
  let reservation: string;
  let empty: readonly string[];
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => {
    const members = await scene.gateways(3, 'internet_gateway');
    [kept, second, stuck] = members as [PairMember, PairMember, PairMember];
    reservation = await scene.reservation();
    empty = scene.routers.map(({ device }) => device.running());
    assert.deepEqual((await scene.apply(reservation, members)).applied, members);
  });

  /** The first router refuses the next `times` commits or checks, and says that the member `of` is the reason. */
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

  it('by one commit; the others are applied again, and kept', async () => {
    refuseCommit();
    const outcome = await scene.settle(reservation, { confirm: [kept, second], revert: [stuck] });
    assert.deepEqual(outcome, { kept: [], fellBack: [kept, second], reverted: [notOwed(stuck)] });
    assert.equal(scene.one.device.running(), empty[0]);
    const names = [kept, second, stuck].map(
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
    assert.deepEqual((await scene.apply(reservation, [kept, second])).applied, [kept, second]);
    assert.deepEqual((await scene.settle(reservation, { confirm: [kept, second] })).kept, [kept, second]);
    assert.deepEqual(
      [carriedOn(kept), carriedOn(stuck)],
      [
        [true, true],
        [false, false],
      ],
    );
    await assertNothingLeft();
  });

  it('on both, if the one refuses the load: nothing was confirmed yet', async () => {
    scene.one.device.faults.add({ rpc: 'load-configuration', outcome: { kind: 'refuse' } });
    const outcome = await scene.settle(reservation, { confirm: [kept, second], revert: [stuck] });
    assert.deepEqual(outcome, { kept: [], fellBack: [kept, second], reverted: [notOwed(stuck)] });
    assert.deepEqual(runningOn(), empty);
    for (const router of scene.routers)
      for (const { gateway } of [kept, second, stuck])
        assert.match(logsOf(router)[0] ?? '', new RegExp(` reverted: .*${gateway.resourceId}`));
    await assertNothingLeft();
  });

  it('if all its members are to be reverted, too', async () => {
    refuseCommit();
    const { reverted } = await scene.settle(reservation, { revert: [kept, second, stuck] });
    assert.deepEqual(reverted, [kept, second, stuck].map(notOwed));
    assert.deepEqual(runningOn(), empty);
    await assertNothingLeft();
  });

  it('but twice at most: then the others are reverted, also where they are permanent (T12)', async () => {
    refuseCommit(stuck);
    const once = await scene.settle(reservation, { confirm: [kept, second], revert: [stuck] });
    assert.deepEqual(once.fellBack, [kept, second]);
    await scene.apply(reservation, [kept, second]);
    refuseCommit(second);
    const twice = await scene.settle(reservation, { confirm: [kept], revert: [second] });
    assert.deepEqual(
      new Map(twice.reverted.map(({ member, ...rest }) => [member, rest])),
      new Map([
        [
          kept,
          {
            owedOn: [],
            reason:
              'MX-1: 2 trials ended before it could be made permanent, the last one because the router refused to revert another gateway',
          },
        ],
        [second, { owedOn: [], reason: null }],
      ]),
    );
    assert.deepEqual(runningOn(), empty);
    await assertNothingLeft();
  });

  it('unless it refuses that, too: then it owes that one change, and the others are kept', async () => {
    refuseCommit(stuck, 3);
    const outcome = await scene.settle(reservation, { confirm: [kept, second], revert: [stuck] });
    assert.deepEqual(outcome.kept, [kept, second]);
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
});
