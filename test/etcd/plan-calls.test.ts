import assert from 'node:assert/strict';
import type { Witness } from './fixture.ts';
import { useEtcd } from './fixture.ts';
import {
  CALLS,
  EARLY,
  LATER,
  NOW,
  PERMITTED,
  VOID,
  keep,
  nothingOf,
  recordOf,
  registerPlan,
} from './plan-call-scene.ts';

describe('the calls of a saga that change its plan record', () => {
  const etcd = useEtcd();

  const registered = (scheduled?: number) => registerPlan(etcd(), scheduled);

  describe('permitApply', () => {
    it('says that both routers may carry the change from now on, and changes nothing else', async () => {
      const scene = await registered(EARLY);
      const before = await recordOf(scene);
      assert.equal(before.mayBeApplied, false);
      assert.deepEqual(await scene.store.permitApply(scene.gateway, 'run-1', NOW), PERMITTED);
      assert.deepEqual(await recordOf(scene), { ...before, mayBeApplied: true, scheduled: NOW });
    });

    it('leaves a change that was kept as it is', async () => {
      const scene = await registered();
      await keep(scene);
      await scene.store.permitApply(scene.gateway, 'run-1');
      const { kept, mayBeApplied } = await recordOf(scene);
      assert.deepEqual({ kept, mayBeApplied }, { kept: true, mayBeApplied: true });
    });

    const supersessions: readonly [string, (witness: Witness) => Promise<unknown>, number | null][] = [
      ['has a newer version', (witness) => witness.configure(2), 2],
      ['is marked for deletion', (witness) => witness.configure(1, true), 1],
      ['was removed', (witness) => witness.remove(witness.keys.config), null],
      ['is no JSON', (witness) => witness.put(witness.keys.config, '{'), null],
    ];
    for (const [what, change, version] of supersessions) {
      it(`permits nothing when the configuration ${what}`, async () => {
        const { store, gateway, witness } = await registered();
        await change(witness);
        const revision = await witness.revision();
        assert.deepEqual(await store.permitApply(gateway, 'run-1'), { kind: 'superseded', version });
        assert.equal(await witness.revision(), revision);
      });
    }

    it('permits nothing after the same version was put again with another body', async () => {
      const { store, gateway, witness } = await registered();
      await witness.rewrite();
      const revision = await witness.revision();
      assert.deepEqual(await store.permitApply(gateway, 'run-1'), { kind: 'rewritten' });
      assert.equal(await witness.revision(), revision);
    });

    it('permits after the configuration was put again at the same version', async () => {
      const { store, gateway, witness } = await registered();
      await witness.configure();
      assert.deepEqual(await store.permitApply(gateway, 'run-1'), PERMITTED);
    });
  });

  describe('voidEarlierCalls', () => {
    it('resolves to the record, which is the same but for the time', async () => {
      const scene = await registered(EARLY);
      await scene.store.permitApply(scene.gateway, 'run-1', EARLY);
      const before = await recordOf(scene);
      const record = await scene.store.voidEarlierCalls(scene.gateway, 'run-1', NOW);
      assert.deepEqual(record, { ...before, scheduled: NOW });
      assert.deepEqual(await recordOf(scene), record);
    });

    it('voids a request to apply that was scheduled before', async () => {
      const scene = await registered();
      await scene.store.voidEarlierCalls(scene.gateway, 'run-1', NOW);
      assert.deepEqual(await scene.store.permitApply(scene.gateway, 'run-1', EARLY), VOID);
      assert.equal((await recordOf(scene)).mayBeApplied, false);
    });

    it('is heard after the configuration moved on', async () => {
      const { store, gateway, witness } = await registered();
      await witness.configure(2);
      assert.equal((await store.voidEarlierCalls(gateway, 'run-1', NOW))?.scheduled, NOW);
      await witness.remove(witness.keys.config);
      assert.equal((await store.voidEarlierCalls(gateway, 'run-1', LATER))?.scheduled, LATER);
    });
  });

  describe('markReverted', () => {
    it('says that no router carries the change', async () => {
      const scene = await registered();
      const before = await recordOf(scene);
      await scene.store.permitApply(scene.gateway, 'run-1', EARLY);
      const record = await scene.store.markReverted(scene.gateway, 'run-1', NOW);
      assert.deepEqual(record, {
        ...before,
        mayBeApplied: false,
        scheduled: NOW,
      });
      assert.deepEqual(await recordOf(scene), record);
    });

    it('is heard after the configuration moved on', async () => {
      const scene = await registered();
      await scene.store.permitApply(scene.gateway, 'run-1');
      await scene.witness.configure(2);
      assert.equal((await scene.store.markReverted(scene.gateway, 'run-1'))?.mayBeApplied, false);
    });

    it('leaves room for a change that is applied again later', async () => {
      const scene = await registered();
      await scene.store.markReverted(scene.gateway, 'run-1', EARLY);
      assert.deepEqual(await scene.store.permitApply(scene.gateway, 'run-1', NOW), PERMITTED);
      assert.equal((await recordOf(scene)).mayBeApplied, true);
    });
  });

  for (const [name, call] of Object.entries(CALLS)) {
    describe(`${name},`, () => {
      it('when it comes late, changes nothing', async () => {
        for (const heard of Object.values(CALLS)) {
          const { store, gateway, witness } = await registered(EARLY);
          await heard(store, gateway, 'run-1', LATER);
          const revision = await witness.revision();
          assert.deepEqual(await call(store, gateway, 'run-1', NOW), nothingOf(name));
          assert.equal(await witness.revision(), revision);
        }
      });

      it('when it was scheduled before the record was registered, changes nothing', async () => {
        const { store, gateway, witness } = await registered(NOW);
        const revision = await witness.revision();
        assert.deepEqual(await call(store, gateway, 'run-1', EARLY), nothingOf(name));
        assert.equal(await witness.revision(), revision);
      });

      it('counts when it was scheduled at the same time as the last call, or later', async () => {
        const scene = await registered(NOW);
        for (const scheduled of [NOW, NOW, LATER]) {
          assert.notDeepEqual(await call(scene.store, scene.gateway, 'run-1', scheduled), nothingOf(name));
          assert.equal((await recordOf(scene)).scheduled, scheduled);
        }
      });

      it('counts when it is unknown when it was scheduled, or the last call before it', async () => {
        const known = await registered(NOW);
        assert.notDeepEqual(await call(known.store, known.gateway, 'run-1'), nothingOf(name));
        assert.equal((await recordOf(known)).scheduled, NOW);
        const unknown = await registered();
        assert.notDeepEqual(await call(unknown.store, unknown.gateway, 'run-1', EARLY), nothingOf(name));
        assert.equal((await recordOf(unknown)).scheduled, EARLY);
      });

      it('once done, leaves the record the same when it is called again', async () => {
        const scene = await registered();
        await call(scene.store, scene.gateway, 'run-1', NOW);
        const record = await recordOf(scene);
        await call(scene.store, scene.gateway, 'run-1', NOW);
        assert.deepEqual(await recordOf(scene), record);
      });

      it('leaves the record of another run or another version alone', async () => {
        const { store, gateway, witness } = await registered();
        const revision = await witness.revision();
        assert.deepEqual(await call(store, gateway, 'run-2', LATER), nothingOf(name));
        assert.equal(await witness.revision(), revision);
        const configured = await witness.configure(2);
        const other = { ...gateway, version: 2 };
        assert.deepEqual(await call(store, other, 'run-1', LATER), nothingOf(name));
        assert.equal(await witness.revision(), configured);
      });

      it('has nothing to change without a record', async () => {
        const { store, gateway, witness } = await registered();
        await witness.remove(witness.keys.plan);
        const revision = await witness.revision();
        const nothing = name === 'permitApply' ? { kind: 'gone' } : undefined;
        assert.deepEqual(await call(store, gateway, 'run-1'), nothing);
        assert.equal(await witness.revision(), revision);
      });

      for (const [what, value] of [
        ['no JSON', 'nonsense'],
        ['half a record', '{"gateway":{"version":1},"run":"run-1","mayBeApplied":false}'],
      ] as const) {
        it(`leaves a record alone that is ${what}`, async () => {
          const { store, gateway, witness } = await registered();
          const revision = await witness.put(witness.keys.plan, value);
          const corrupt = { name: 'StoreCorruptError', key: witness.keys.plan };
          // Nothing may be applied under a record that can't be read. The other calls find no record of their run, and change nothing.
          if (name === 'permitApply') await assert.rejects(call(store, gateway, 'run-1'), corrupt);
          else assert.equal(await call(store, gateway, 'run-1'), undefined);
          await assert.rejects(store.planRecord(gateway), corrupt);
          assert.equal(await witness.revision(), revision);
        });
      }
    });
  }
});
