/** A frozen worker registers for a run that was terminated, after another run of the same gateway has begun. */
import assert from 'node:assert/strict';
import { Witness, newGateway, requestFor, useEtcd } from './fixture.ts';
import { failed } from './publication.ts';

describe('a call to register that comes late', () => {
  const etcd = useEtcd();
  const at = (seconds: number) => 1_767_323_045_000 + 1_000 * seconds;
  const old = { run: 'run-1', scheduled: at(0) };
  const now = { run: 'run-2', jobs: 'bbbbb', scheduled: at(20) };

  async function open() {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const witness = new Witness(raw, gateway);
    const configRevision = await witness.configure();
    const register = (options: typeof old) => store.register(requestFor(gateway, configRevision, options));
    return { store, gateway, witness, register };
  }
  type Scene = Awaited<ReturnType<typeof open>>;

  const moments: readonly (readonly [string, (scene: Scene) => Promise<unknown>])[] = [
    ['before it requests to be applied', () => Promise.resolve()],
    ['when routers may carry it', ({ store, gateway }) => store.permitApply(gateway, 'run-2', now.scheduled)],
    [
      'when it was reverted',
      async ({ store, gateway }) => {
        await store.permitApply(gateway, 'run-2', now.scheduled);
        await store.markReverted(gateway, 'run-2', now.scheduled);
      },
    ],
  ];
  for (const [when, advance] of moments)
    it(`does not take over from the newer run ${when}`, async () => {
      const scene = await open();
      await scene.register(now);
      await advance(scene);
      const revision = await scene.witness.revision();
      assert.deepEqual(await scene.register(old), { kind: 'overtaken' });
      assert.equal(await scene.witness.revision(), revision);
      assert.equal((await scene.store.planRecord(scene.gateway))?.run, 'run-2');
    });

  it('is taken over from when it comes first', async () => {
    const { store, gateway, register } = await open();
    await register(old);
    assert.deepEqual(await register(now), { kind: 'registered' });
    assert.equal((await store.planRecord(gateway))?.run, 'run-2');
  });

  it('is the same registration for a newer run with the same token, as after a reset', async () => {
    const { register } = await open();
    const again = { ...old, scheduled: at(40) };
    await register(old);
    assert.deepEqual(await register(again), { kind: 'registered' });
    assert.deepEqual(await register(old), { kind: 'registered' });
    assert.deepEqual(await register(now), { kind: 'overtaken' });
  });

  it('takes over what was registered at an unknown time', async () => {
    const { store, gateway, witness } = await open();
    const revision = await witness.configure();
    await store.register(requestFor(gateway, revision));
    assert.deepEqual(await store.register(requestFor(gateway, revision, now)), { kind: 'registered' });
    const unknown = requestFor(gateway, revision, { run: 'run-3' });
    assert.deepEqual(await store.register(unknown), { kind: 'registered' });
  });
});

describe('publishing a failure, with another run’s registration there,', () => {
  const etcd = useEtcd();

  async function open(mayBeApplied: boolean) {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const witness = new Witness(raw, gateway);
    const revision = await witness.configure();
    await store.register(requestFor(gateway, revision, { run: 'run-2', scheduled: 2_000 }));
    if (mayBeApplied) await store.permitApply(gateway, 'run-2', 2_000);
    return { store, gateway, witness };
  }

  for (const registered of [true, false]) {
    const whose = { run: 'run-1', registered };
    const which = registered ? 'one that had registered' : 'one that had not registered';

    it(`leaves that alone when it comes late, of ${which}`, async () => {
      const { store, gateway, witness } = await open(false);
      const revision = await witness.revision();
      const outcome = await store.publish(failed(gateway, { ...whose, scheduled: 1_000 }));
      assert.deepEqual(outcome, { kind: 'void' });
      assert.equal(await witness.revision(), revision);
    });

    it(`leaves that alone when it comes late, of ${which}, and the newer one has the same token after a reset`, async () => {
      const { store, gateway, witness } = await open(true);
      const revision = await witness.revision();
      const late = failed(gateway, { ...whose, run: 'run-2', scheduled: 1_000 });
      assert.deepEqual(await store.publish(late), { kind: 'void' });
      assert.equal(await witness.revision(), revision);
    });

    it(`says what that may have left on routers, of ${which} and came to be after it`, async () => {
      const { store, gateway } = await open(true);
      const record = await store.planRecord(gateway);
      const outcome = await store.publish(failed(gateway, { ...whose, scheduled: 3_000 }));
      assert.deepEqual(outcome, { kind: 'leftover', record });
    });

    it(`ends that with it where no router carries anything, of ${which} and came to be after it`, async () => {
      const { store, gateway, witness } = await open(false);
      const outcome = await store.publish(failed(gateway, { ...whose, scheduled: 3_000 }));
      assert.deepEqual(outcome, { kind: 'published' });
      assert.deepEqual(await witness.ownClaims(), []);
      assert.equal(await store.planRecord(gateway), undefined);
    });
  }
});
