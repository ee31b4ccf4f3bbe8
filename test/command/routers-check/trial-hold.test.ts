import assert from 'node:assert/strict';
import { fresh, requestOf } from '../../etcd/reservation-fixture.ts';
import { type CheckScene } from './scene.ts';
import { useTrials } from './trial-scene.ts';

describe('routers check --trial, and the hold of the router', function () {
  this.timeout(30_000);
  const { etcd, open, checkedTrial, assertClean } = useTrials();
  let scene: CheckScene;

  it('leaves a hold in place that somebody else has taken over with the same reason', async () => {
    scene = await open();
    const { store } = etcd();
    const run = await checkedTrial();
    await run(async () => {
      const { maintenance } = await store.router(scene.router.id);
      if (maintenance?.by === 'alice')
        await store.beginMaintenance(scene.router.id, { ...maintenance, by: 'bob' });
    });
    assert.equal((await store.router(scene.router.id)).maintenance?.by, 'bob');
  });

  describe('goes on only while the router is held', () => {
    /** Runs a trial. Before its look number `nth` at the hold, `meanwhile` is done. */
    const runUntilLook = async (nth: number, meanwhile: () => Promise<unknown>) => {
      const { store } = etcd();
      const run = await checkedTrial();
      let looks = 0;
      const lines = await run(undefined, {
        ...store,
        router: async (id) => {
          looks += 1;
          if (looks === nth) await meanwhile();
          return store.router(id);
        },
      });
      assert.ok(looks >= nth, `${looks} looks`);
      return lines.filter(({ result, name }) => result === 'failed' || name === 'trial: clean-up');
    };
    const ended = () =>
      etcd().store.endMaintenance(scene.router.id, { by: 'bob', since: new Date().toISOString() });
    // Before the trial, before each of its seven steps, and as number 6 under the lock before the commit on trial.
    for (const nth of [1, 2, 3, 4, 5, 6, 7, 8, 9])
      it(`and removes what stands, if somebody ends the hold before look number ${nth}`, async () => {
        scene = await open();
        let commits = 0;
        scene.router.device.onEvent(({ kind }) => (commits += kind === 'committed' ? 1 : 0));
        const [stopped, cleaned, ...others] = await runUntilLook(nth, ended);
        assert.equal(
          stopped?.text,
          `${nth === 1 ? 'not begun' : 'not taken'}: bob has ended the hold of the router`,
        );
        assert.equal(cleaned?.text, nth === 1 ? undefined : 'nothing of the trial is on the router');
        assert.deepEqual(others, []);
        assert.equal(commits > 0, nth > 6, `${commits} commits`);
        await assertClean();
      });

    it('and not if a pair has reserved it since', async () => {
      scene = await open();
      const request = requestOf([scene.router.id, fresh('router')]);
      const [stopped] = await runUntilLook(6, async () => {
        await ended();
        await etcd().store.reserve(request);
      });
      assert.match(stopped?.text ?? '', /^not taken: .* is on the router$/);
      await etcd().store.endReservation(request);
      await assertClean();
    });

    it('and also if somebody has given it a hold of their own', async () => {
      scene = await open();
      const hold = { reason: 'new line card', by: 'bob', since: new Date().toISOString() };
      assert.deepEqual(await runUntilLook(3, () => etcd().store.beginMaintenance(scene.router.id, hold)), []);
      assert.equal((await etcd().store.router(scene.router.id)).maintenance?.by, 'bob');
    });
  });
});
