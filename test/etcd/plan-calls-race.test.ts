import assert from 'node:assert/strict';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import { Proxy } from '../../local/proxy.ts';
import { requestFor, useEtcd } from './fixture.ts';
import {
  CALLS,
  EARLY,
  LATER,
  NOW,
  PERMITTED,
  keep,
  nothingOf,
  recordOf,
  registerPlan,
} from './plan-call-scene.ts';

describe('when something changes between the look and the write of a saga’s call,', () => {
  const etcd = useEtcd();
  const registered = () => registerPlan(etcd());

  /** Delays the write of run-1's record until `meanwhile` is done. So the write compares what was read before `meanwhile`. */
  async function racing<T>(
    meanwhile: () => Promise<unknown>,
    call: (store: Store) => Promise<T>,
  ): Promise<T> {
    const proxy = await Proxy.open(etcd().endpoint);
    const store = openStore({ endpoints: [proxy.endpoint] });
    try {
      proxy.arm('"run":"run-1"', { kind: 'pause', meanwhile });
      return await call(store);
    } finally {
      assert.equal(proxy.cuts, 1);
      store.close();
      await proxy.close();
    }
  }

  it('a newer version of the configuration stops a request to apply', async () => {
    const scene = await registered();
    const outcome = await racing(
      () => scene.witness.configure(2),
      (store) => store.permitApply(scene.gateway, 'run-1', NOW),
    );
    assert.deepEqual(outcome, { kind: 'superseded', version: 2 });
    assert.equal((await recordOf(scene)).mayBeApplied, false);
  });

  it('the same version put again stops nothing', async () => {
    const scene = await registered();
    const outcome = await racing(
      () => scene.witness.configure(),
      (store) => store.permitApply(scene.gateway, 'run-1', NOW),
    );
    assert.deepEqual(outcome, PERMITTED);
    assert.equal((await recordOf(scene)).mayBeApplied, true);
  });

  for (const [name, call] of Object.entries(CALLS)) {
    it(`${name} is void by a later call`, async () => {
      const scene = await registered();
      const outcome = await racing(
        () => scene.store.voidEarlierCalls(scene.gateway, 'run-1', LATER),
        (store) => call(store, scene.gateway, 'run-1', NOW),
      );
      assert.deepEqual(outcome, nothingOf(name));
      const { scheduled, mayBeApplied } = await recordOf(scene);
      assert.deepEqual({ scheduled, mayBeApplied }, { scheduled: LATER, mayBeApplied: false });
    });

    it(`${name} leaves the record to a run that takes over`, async () => {
      const scene = await registered();
      const { gateway, configRevision } = scene;
      const outcome = await racing(
        () => scene.store.register(requestFor(gateway, configRevision, { run: 'run-2', scheduled: NOW })),
        (store) => call(store, gateway, 'run-1', LATER),
      );
      assert.deepEqual(outcome, nothingOf(name));
      const { run, scheduled, mayBeApplied } = await recordOf(scene);
      assert.deepEqual(
        { run, scheduled, mayBeApplied },
        { run: 'run-2', scheduled: NOW, mayBeApplied: false },
      );
    });

    it(`${name} does not bring back a record that was removed`, async () => {
      const { store, gateway, witness } = await registered();
      const outcome = await racing(
        () => witness.remove(witness.keys.plan),
        (racer) => call(racer, gateway, 'run-1', NOW),
      );
      assert.deepEqual(outcome, name === 'permitApply' ? { kind: 'gone' } : undefined);
      assert.equal(await store.planRecord(gateway), undefined);
    });
  }

  it('markReverted does not forget a change that is applied again by a later call', async () => {
    const scene = await registered();
    await scene.store.permitApply(scene.gateway, 'run-1', EARLY);
    await racing(
      () => scene.store.permitApply(scene.gateway, 'run-1', LATER),
      (store) => store.markReverted(scene.gateway, 'run-1', NOW),
    );
    assert.equal((await recordOf(scene)).mayBeApplied, true);
  });

  it('voidEarlierCalls does not take back what was kept', async () => {
    const scene = await registered();
    await racing(
      () => keep(scene),
      (store) => store.voidEarlierCalls(scene.gateway, 'run-1', NOW),
    );
    const { kept, scheduled } = await recordOf(scene);
    assert.deepEqual({ kept, scheduled }, { kept: true, scheduled: NOW });
  });

  it('all of them at the same moment: the call that was scheduled last has the last word', async () => {
    for (let round = 0; round < 5; round += 1) {
      const scene = await registered();
      const { store, gateway } = scene;
      await Promise.all([
        store.permitApply(gateway, 'run-1', EARLY),
        store.voidEarlierCalls(gateway, 'run-1', NOW),
        store.markReverted(gateway, 'run-1', LATER),
      ]);
      const { scheduled, mayBeApplied } = await recordOf(scene);
      assert.deepEqual({ scheduled, mayBeApplied }, { scheduled: LATER, mayBeApplied: false });
    }
  });
});
