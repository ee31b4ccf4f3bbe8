import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { publishFailed } from '../../../activities/saga/publish.ts';
import { claimsOf } from '../../../etcd/claims.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import { waitingRecord } from '../../../etcd/waiting.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { clientThat, inActivity, scheduledNow } from '../activity.ts';
import { openScene } from '../pair/scene.ts';

describe('publishing a failure', function () {
  this.timeout(30_000);
  const etcd = useEtcd();

  it('that comes late changes nothing if the same run was reset since, and has requested to be applied', async () => {
    const scene = await openScene(etcd());
    try {
      const { store } = scene.deps;
      const [{ gateway, run }] = (await scene.gateways(1)) as [PairMember];
      const late = Date.now();
      assert.deepEqual(await store.permitApply(gateway, run, late + 1_000), { kind: 'permitted' });
      const record = await store.planRecord(gateway);
      const input = { gateway, run, error: 'reverted', registered: true, clean: true };
      assert.equal(await publishFailed(scene.deps, input, late), undefined);
      assert.deepEqual(await store.planRecord(gateway), record);
      assert.equal(record?.mayBeApplied, true);
      assert.equal(await store.state(gateway), undefined);
    } finally {
      await scene.close();
    }
  });

  for (const clean of [true, false])
    it(`${clean ? 'takes' : 'does not take'} what was applied for reverted, if it ${clean ? 'was' : 'is owed'}`, async () => {
      const scene = await openScene(etcd());
      try {
        const { store } = scene.deps;
        const [{ gateway, run }] = (await scene.gateways(1)) as [PairMember];

        await store.permitApply(gateway, run);
        const reservation = await scene.reservation();
        await store.issueToken({ reservation, routers: scene.ids }, {});
        await store.permitCommit(await scene.fence(reservation), scene.ids, [{ gateway, run }], '');
        await publishFailed(scene.deps, { gateway, run, error: 'owed', registered: true, clean });
        const record = await store.planRecord(gateway);
        assert.deepEqual([record?.run, record?.mayBeApplied], clean ? [undefined, undefined] : [run, true]);
      } finally {
        await scene.close();
      }
    });

  const before: readonly (readonly [string, object])[] = [
    ['a newer version had published its failure', { version: 2, error: 'cancelled' }],
    ['the same failure was published', { version: 1, error: 'reverted' }],
  ];
  for (const [what, facts] of before)
    it(`frees the claims, although ${what} before`, async () => {
      const scene = await openScene(etcd());
      try {
        const [{ gateway, run }] = (await scene.gateways(1)) as [PairMember];
        const record = (await scene.deps.store.planRecord(gateway)) as PlanRecord;
        const published = { state: { worker_state: 'CREATE_FAILED', heat_outputs: '[]' }, ...facts };
        const state = JSON.stringify(published);
        await etcd().raw.put(KEYS.state(gateway)).value(state).exec();
        await publishFailed(scene.deps, { gateway, run, error: 'reverted', registered: true, clean: true });
        const left = [KEYS.plan(gateway), ...claimsOf(record).map(({ key }) => key)];
        assert.deepEqual(
          await Promise.all(left.map((key) => etcd().raw.get(key).string())),
          left.map(() => null),
        );
        assert.equal(await etcd().raw.get(KEYS.state(gateway)).string(), state);
      } finally {
        await scene.close();
      }
    });

  it('wakes those that begin to wait after it, where what was owed was made before', async () => {
    const scene = await openScene(etcd());
    try {
      const { store } = scene.deps;
      const [{ gateway, run }] = (await scene.gateways(1)) as [PairMember];
      await store.permitApply(gateway, run);
      const waiter = { resourceType: 'static_route', resourceId: randomUUID() };
      const publish: typeof store.publish = async (request) => {
        const outcome = await store.publish(request);
        const value = JSON.stringify(waitingRecord(waiter, { run: 'run-1', jobs: [] }));
        await etcd().raw.put(KEYS.waiting(gateway, waiter)).value(value);
        return outcome;
      };
      const input = { gateway, run, error: 'owed', registered: true, clean: false };
      const woken: string[] = [];
      await inActivity(
        scheduledNow(),
        () => publishFailed({ ...scene.deps, store: { ...store, publish } }, input),
        clientThat((workflowId) => void woken.push(workflowId)),
      );
      assert.equal(await store.planRecord(gateway), undefined);
      assert.deepEqual(woken, [workflowIdOf(waiter)]);
    } finally {
      await scene.close();
    }
  });
});
