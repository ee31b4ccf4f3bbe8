import assert from 'node:assert/strict';
import { settle } from '../../../activities/pair/settle.ts';
import { SEPARATING_TIMES } from '../../../gateway/policies.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { contextOf, openScene, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, pendingOn, waitUntil } from './router-facts.ts';
import { tried } from './retried.ts';
import { SHORT_DEADLINE } from './use-scene.ts';

const CHECK = { rpc: 'commit-configuration', step: 'check' } as const;

/** Its minute lasts two seconds. */
const policy = { ...SHORT_DEADLINE, minuteMs: 2_000, confirmMarginMs: 800 };

describe('a router that refuses to revert, and to take the trial back', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let kept: PairMember;
  let stuck: PairMember;
  let reservation: string;
  afterEach(async () => {
    await assertFree(scene);
    await scene.close();
  });

  async function applied(scenePolicy: Partial<typeof policy> = {}): Promise<string | null> {
    scene = await openScene(etcd(), { policy: { ...policy, ...scenePolicy } });
    [kept, stuck] = (await scene.gateways(2, 'internet_gateway')) as [PairMember, PairMember];
    reservation = await scene.reservation();
    const outcome = await scene.apply(reservation, [kept, stuck]);
    assert.deepEqual(outcome.applied, [kept, stuck]);
    return outcome.confirmBy;
  }

  /**
   * The first router refuses the next `times` commits or checks, and says which member is the reason. They come in this order: the commit of the
   * inverse changes; the commit that takes the trial back; a check of some of the inverse changes, which would confirm the rest.
   */
  function refuseRevert(times = 2): void {
    const [path = []] = ownedOn(stuck, scene.one.id);
    const outcome = {
      kind: 'fail-check',
      message: 'referred to',
      path: `[edit ${path.join(' ')}]`,
    } as const;
    scene.one.device.faults.add({ ...CHECK, times, outcome });
  }

  /** Settles, with the verdict to revert both members. Resolves to the outcome or the error. `atPermit`: called before each look at the token. */
  async function settled(atPermit: (call: number) => Promise<void>): Promise<unknown> {
    const { store } = scene.deps;
    let calls = 0;
    const permitCommit: typeof store.permitCommit = async (...given) => {
      if (given[1].includes(scene.one.id)) await atPermit((calls += 1));
      return store.permitCommit(...given);
    };
    const deps = { ...scene.deps, store: { ...store, permitCommit } };
    const input = { reservation, routers: scene.ids, confirm: [], revert: [kept, stuck] };
    return settle(deps, contextOf(), input).catch((error: unknown) => error);
  }

  for (const [what, last] of [
    ['is not taken back', 2],
    ['is not checked, since a check confirms,', 3],
  ] as const)
    it(`${what} by a worker that has lost its token since (T3)`, async () => {
      await applied({ minuteMs: 60_000 });
      refuseRevert();
      const error = await settled(async (call) => {
        if (call !== last) return;
        const since = Date.now();
        const issued = await scene.deps.store.issueToken(
          { reservation, routers: scene.ids },
          {},
          { scheduled: since, attempt: 1 },
        );
        assert.equal(issued.kind, 'issued');
      });
      assert.match(String(error), /fencing token \d+ is void/);
      assert.equal(pendingOn(scene.one), true, 'it was confirmed by a worker without a token');
      await scene.settle(reservation, { revert: [kept, stuck] });
    });

  for (const [what, confirm] of [
    ['nothing else is kept', false],
    ['another member is kept', true],
  ] as const) {
    it(`is not checked near its deadline: then the router falls back by itself (${what}) (T2)`, async () => {
      const confirmBy = Date.parse((await applied()) ?? '');
      refuseRevert();
      const ms = confirmBy - Date.now();
      const { faults } = scene.one.device;
      faults.add({ rpc: 'commit-configuration', moment: 'after', outcome: { kind: 'delay', ms } });
      const verdicts = confirm ? { confirm: [kept], revert: [stuck] } : { revert: [kept, stuck] };
      await assert.rejects(scene.settle(reservation, verdicts), { name: 'WaitError' });
      assert.equal(pendingOn(scene.one), true, 'it was confirmed near its deadline');
      await waitUntil(() => !pendingOn(scene.one));
      const outcome = await tried((context) => scene.settle(reservation, verdicts, context));
      assert.deepEqual(
        outcome.reverted.map(({ member, owedOn }) => [member, owedOn]),
        verdicts.revert.map((member) => [member, []]),
      );
      assert.equal(carries(scene.one, stuck), false);
    });
  }

  it('is not checked near the deadline of what an earlier reservation has left there on trial (T2, T7)', async () => {
    const confirmBy = Date.parse((await applied({ minuteMs: 5_000 })) ?? '');
    scene.one.server.setReachable(false);
    await scene.impatient.settle(reservation, { revert: [kept, stuck] });
    scene.one.server.setReachable(true);
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const later = await scene.reservation();
    const next = await scene.gateways(1);
    refuseRevert();
    const outcome = { kind: 'delay', ms: confirmBy - Date.now() } as const;
    scene.one.device.faults.add({ rpc: 'commit-configuration', moment: 'after', outcome });
    await assert.rejects(scene.apply(later, next), { name: 'WaitError' });
    assert.equal(pendingOn(scene.one), true, 'it was confirmed near its deadline');
    const { applied: done } = await tried((context) => scene.apply(later, next, context));
    assert.deepEqual(done, next);
    assert.deepEqual((await scene.deps.store.router(scene.one.id)).owedChanges, []);
    await scene.settle(later, { revert: next });
  });

  it('has fallen back: then rollback 1 is the trial, and is left', async () => {
    await applied();
    refuseRevert(1);
    const error = await settled(() => waitUntil(() => !pendingOn(scene.one)));
    assert.match(String(error), /not the newest commit any more/);
    assert.equal(carries(scene.one, stuck), false);
    const verdicts = { revert: [kept, stuck] };
    const { reverted } = await tried((context) => scene.settle(reservation, verdicts, context));
    assert.deepEqual(
      reverted.map(({ member, owedOn }) => [member, owedOn]),
      [
        [kept, []],
        [stuck, []],
      ],
    );
    assert.equal(carries(scene.one, stuck), false);
  });

  it('owes the inverse change if there is time', async () => {
    await applied({ minuteMs: 60_000 });
    refuseRevert(3);
    const { reverted } = await scene.settle(reservation, { revert: [kept, stuck] });
    assert.deepEqual(
      reverted.map(({ member, owedOn }) => [member, owedOn]),
      [
        [kept, []],
        [stuck, ['MX-1']],
      ],
    );
    assert.equal(pendingOn(scene.one), false);
  });

  describe('and there is no time to find out which changes it refuses', () => {
    const { inversesMs } = SEPARATING_TIMES;
    beforeEach(() => void Object.assign(SEPARATING_TIMES, { inversesMs: 0 }));
    afterEach(() => void Object.assign(SEPARATING_TIMES, { inversesMs }));

    it('owes those that it names, and those that were not tried, until there is time', async () => {
      await applied({ minuteMs: 60_000 });
      // Refused are the revert, the take-back, a check of all, and without a name the check of what is left.
      refuseRevert(3);
      scene.one.device.faults.add({ ...CHECK, outcome: { kind: 'fail-check', message: 'no' } });
      const { reverted } = await scene.settle(reservation, { revert: [kept, stuck] });
      assert.deepEqual(
        reverted.map(({ member, owedOn }) => [member, owedOn]),
        [
          [kept, ['MX-1']],
          [stuck, ['MX-1']],
        ],
      );
      assert.match(reverted[0]?.reason ?? '', /^MX-1: not reverted: the time for finding/);
      assert.match(reverted[1]?.reason ?? '', /referred to/);
      await scene.deps.store.endReservation({ reservation, routers: scene.ids });
      const next = await scene.gateways(1);
      const later = await scene.reservation();
      assert.deepEqual((await scene.apply(later, next)).applied, next);
      assert.deepEqual((await scene.deps.store.router(scene.one.id)).owedChanges, []);
      await scene.settle(later, { revert: next });
    });

    it('owes further what it owed before, and the next batch goes on', async () => {
      await applied({ minuteMs: 60_000 });
      refuseRevert(3);
      await scene.settle(reservation, { revert: [kept, stuck] });
      await scene.deps.store.endReservation({ reservation, routers: scene.ids });
      const owed = (await scene.deps.store.router(scene.one.id)).owedChanges.length;
      assert.ok(owed > 0);
      const next = await scene.gateways(1);
      const later = await scene.reservation();
      scene.one.device.faults.add({ ...CHECK, outcome: { kind: 'fail-check', message: 'no' } });
      assert.deepEqual((await scene.apply(later, next)).applied, next);
      assert.equal((await scene.deps.store.router(scene.one.id)).owedChanges.length, owed);
      await scene.settle(later, { revert: next });
    });
  });
});
