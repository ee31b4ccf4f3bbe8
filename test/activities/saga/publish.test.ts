import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { publishFailed, publishKept } from '../../../activities/saga/publish.ts';
import { RefusedError } from '../../../activities/refused.ts';
import { claimsOf } from '../../../etcd/claims.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import { openStore } from '../../../etcd/store.ts';
import { waitingRecord } from '../../../etcd/waiting.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import { Proxy } from '../../../local/proxy.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { keep } from '../../etcd/publication.ts';
import { clientThat, inActivity, scheduledNow } from '../activity.ts';
import { deletion, standing } from '../pair/further-versions.ts';
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

  // A second run can register the version while the pair confirms the first run's change. Then no step of either run wrote what was seen.
  for (const recorded of ['registered', 'stack'] as const)
    it(`of what is permanent tells so, in job_state before /state, also if a newer version is wanted: ${recorded}`, async () => {
      const scene = await openScene(etcd());
      try {
        const { store } = scene.deps;
        const [{ gateway, run }] = (await scene.gateways(1)) as [PairMember];
        await store.permitApply(gateway, run);
        if (recorded === 'stack') await store.recordStack(gateway, run);
        await keep({ store }, gateway, run);
        const config = JSON.parse((await etcd().raw.get(KEYS.gatewayConfig(gateway)).string()) ?? '{}');
        const newer = JSON.stringify({ ...config, version: gateway.version + 1 });
        await etcd().raw.put(KEYS.gatewayConfig(gateway)).value(newer);
        await publishFailed(scene.deps, { gateway, run, error: 'reverted', registered: true, clean: true });
        const keys = [KEYS.stack(gateway), KEYS.jobState(gateway), KEYS.state(gateway)];
        const [stack, jobState, state] = await Promise.all(
          keys.map(async (key) => (await etcd().raw.get(key).exec()).kvs[0]),
        );
        const words = JSON.parse(String(jobState?.value)).state_monitoring;
        assert.equal(JSON.parse(String(stack?.value)).stack_status, 'CREATE_COMPLETE');
        assert.ok(Object.keys(words).length > 0);
        const { state: told } = JSON.parse(String(state?.value));
        assert.equal(told.worker_state, 'CREATE_COMPLETED');
        assert.deepEqual(JSON.parse(told.state_monitoring), words);
        const { kvs } = await etcd()
          .raw.get(KEYS.jobState(gateway))
          .revision(Number(state?.mod_revision) - 1)
          .exec();
        assert.deepEqual(JSON.parse(String(kvs[0]?.value)).state_monitoring, words);
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

describe('publishing what is kept', function () {
  this.timeout(60_000);
  const etcd = useEtcd();

  it('says of a deletion that it is made, and wakes, also if an attempt of which no answer came has published it', async () => {
    const scene = await openScene(etcd());
    try {
      const [gateway] = await standing(scene, 1);
      assert.ok(gateway);
      const member = await deletion(scene, etcd(), gateway);
      await assert.rejects(publishKept(scene.deps, member.gateway), RefusedError);
      await scene.deps.store.permitApply(member.gateway, member.run);
      await keep({ store: scene.deps.store }, member.gateway, member.run);
      const waiter = { resourceType: 'static_route', resourceId: randomUUID() };
      const value = JSON.stringify(waitingRecord(waiter, { run: 'run-1', jobs: [] }));
      await etcd().raw.put(KEYS.waiting(member.gateway, waiter)).value(value);
      const woken: string[] = [];
      const client = clientThat((workflowId) => void woken.push(workflowId));
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        await inActivity(scheduledNow(), () => publishKept(scene.deps, member.gateway), client);
        assert.equal(await scene.deps.store.planRecord(member.gateway), undefined);
        assert.equal((await scene.deps.store.state(member.gateway))?.workerState, 'DELETE_COMPLETED');
        assert.equal(woken.length, attempt);
      }
    } finally {
      await scene.close();
    }
  });

  it('says of a deletion that it is made, and wakes, if the configuration had vanished, and the answer to the last write is lost', async () => {
    const scene = await openScene(etcd());
    const proxy = await Proxy.open(etcd().endpoint);
    const store = openStore({ endpoints: [proxy.endpoint] });
    try {
      const [standingOne] = await standing(scene, 1);
      assert.ok(standingOne);
      const { gateway, run } = await deletion(scene, etcd(), standingOne);
      await store.permitApply(gateway, run);
      await store.recordStack(gateway, run);
      await keep({ store }, gateway, run);
      const vanished = (await etcd().raw.get(KEYS.gatewayConfig(gateway)).string()) ?? '';
      await etcd().raw.delete().key(KEYS.gatewayConfig(gateway));
      const waiter = { resourceType: 'static_route', resourceId: randomUUID() };
      const value = JSON.stringify(waitingRecord(waiter, { run: 'run-1', jobs: [] }));
      await etcd().raw.put(KEYS.waiting(gateway, waiter)).value(value);
      const applied = async () => {
        while ((await etcd().store.planRecord(gateway)) !== undefined) await etcd().store.ping();
      };
      // Only the last write names this key: it removes it.
      proxy.arm(KEYS.stack(gateway), { kind: 'reply', applied });
      const woken: string[] = [];
      const client = clientThat((workflowId) => void woken.push(workflowId));
      for (const attempt of [1, 2]) {
        await inActivity(scheduledNow(), () => publishKept({ ...scene.deps, store }, gateway), client);
        assert.equal(await store.state(gateway), undefined);
        assert.equal(woken.length, attempt);
      }
      assert.equal(proxy.cuts, 1);
      // A configuration without an outcome says that something is still to do.
      await etcd().raw.put(KEYS.gatewayConfig(gateway)).value(vanished);
      await assert.rejects(publishKept(scene.deps, gateway), RefusedError);
    } finally {
      store.close();
      await proxy.close();
      await scene.close();
    }
  });
});
