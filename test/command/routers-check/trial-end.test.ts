import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fresh, requestOf } from '../../etcd/reservation-fixture.ts';
import { confirmed, describeAe0, LOCK } from '../../simulator/device/scene.ts';
import { type CheckScene } from './scene.ts';
import { fakeIo } from '../fake-io.ts';
import { textOf, useTrials } from './trial-scene.ts';

describe('routers check --trial, where something is in its way', function () {
  this.timeout(120_000);
  const { etcd, open, trial, checkedTrial, transcriptFile, assertClean, keepAsIs } = useTrials();
  let scene: CheckScene;

  describe('is not begun', () => {
    it('without a yes where no terminal can be asked: exit code 2', async () => {
      scene = await open();
      const { code, err } = await scene.check('--trial');
      assert.equal(code, 2);
      assert.match(err, /--trial: expected --yes/);
      assert.equal((await scene.check('--yes')).code, 2);
    });

    for (const [answer, made] of [
      ['y\n', true],
      ['yes\n', true],
      ['n\n', false],
      ['\n', false],
      ['', false],
    ] as const) {
      it(`asks on a terminal, and takes ${JSON.stringify(answer)} for ${made ? 'a yes' : 'a no'}`, async () => {
        scene = await open();
        const io = fakeIo({ ...scene.env, NO_COLOR: '1' }, { isTTY: true, columns: 80 }, answer);
        assert.equal(await scene.begin(io, '--trial', '--transcript', transcriptFile()), 0);
        assert.match(io.err(), /^Commit a statement that does nothing on MX-1, .*\[y\/N\] $/);
        assert.equal(io.out().includes('trial: removal'), made);
        assert.equal(readFileSync(transcriptFile(), 'utf8').includes('<confirmed/>'), made);
        for (const line of io.out().split('\n'))
          if (!line.includes(scene.folder)) assert.ok(line.length <= 80, line);
        await assertClean();
      });
    }

    it('while a pair is on the router', async () => {
      scene = await open();
      const request = requestOf([scene.router.id, fresh('router')]);
      await etcd().store.reserve(request);
      const { code, steps } = await trial();
      assert.equal(code, 1);
      assert.match(steps[0]?.text ?? '', /^not begun: .* is on the router$/);
      assert.ok(!readFileSync(transcriptFile(), 'utf8').includes('operation="lock"'));
      await etcd().store.endReservation(request);
      await assertClean();
    });

    it("under somebody's pending commit, lock or edits", async () => {
      scene = await open();
      const other = scene.operator();
      await other.set(describeAe0('mine'));
      assert.match(textOf((await trial()).steps, 'trial: lock') ?? '', /modified|edits/);
      await other.ok(confirmed(10));
      assert.match(
        textOf((await trial()).steps, 'trial: lock') ?? '',
        /a confirmed commit by esi .* is pending/,
      );
      await other.commit();
      await other.ok(LOCK);
      const { steps, code } = await trial();
      assert.match(textOf(steps, 'trial: lock') ?? '', /locked by/);
      assert.equal(code, 1);
      other.session.close();
      keepAsIs();
      await assertClean();
    });

    it('after a failed check', async () => {
      scene = await open();
      const { steps } = await trial('--for', 'vpn_gateway', randomUUID());
      assert.deepEqual(
        steps.map(({ name, text }) => [name, text]),
        [['trial', 'not begun']],
      );
    });
  });

  it('leaves a hold of somebody else in place', async () => {
    scene = await open();
    const hold = { reason: 'new line card', since: new Date().toISOString() };
    await etcd().store.beginMaintenance(scene.router.id, hold);
    assert.equal((await trial()).code, 0);
    assert.equal((await etcd().store.router(scene.router.id)).maintenance?.reason, 'new line card');
  });

  it('leaves a hold in place that somebody has begun since the checks', async () => {
    scene = await open();
    const { store } = etcd();
    const run = await checkedTrial();
    const hold = { reason: 'new line card', by: 'bob', since: new Date().toISOString() };
    await store.beginMaintenance(scene.router.id, hold);
    assert.deepEqual(
      (await run()).filter(({ result }) => result === 'failed'),
      [],
    );
    assert.deepEqual((await store.router(scene.router.id)).maintenance, hold);
  });

  it('holds the router if the hold that was there has ended since the checks', async () => {
    scene = await open();
    const { store } = etcd();
    const hold = { reason: 'new line card', by: 'bob', since: new Date().toISOString() };
    await store.beginMaintenance(scene.router.id, hold);
    const run = await checkedTrial();
    await store.endMaintenance(scene.router.id);
    const holders: (string | undefined)[] = [];
    await run(async () => {
      holders.push((await store.router(scene.router.id)).maintenance?.by);
    });
    assert.equal(holders[0], 'alice');
    await assertClean();
  });

  it('keeps pairs away meanwhile', async () => {
    scene = await open();
    const request = requestOf([scene.router.id, fresh('router')]);
    const outcomes: unknown[] = [];
    scene.router.device.faults.add({
      step: 'activate',
      outcome: { kind: 'delay', ms: 300 },
    });
    const running = trial();
    while (outcomes.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (scene.router.device.inspect().lock !== null)
        outcomes.push((await etcd().store.reserve(request)).kind);
    }
    assert.deepEqual(outcomes, ['maintenance']);
    assert.equal((await running).code, 0);
    await assertClean();
  });

  describe('ends clean', () => {
    const commits = { rpc: 'commit-configuration' } as const;
    // A check of the first stanza and one of the second load, the commit on trial, its confirmation, the removal.
    for (const nth of [1, 2, 3, 4, 5]) {
      for (const [what, outcome, moment] of [
        ['is refused', { kind: 'refuse', message: 'not today' }, 'before'],
        ['loses its session before it is made', { kind: 'drop' }, 'before'],
        ['loses its session after it is made', { kind: 'drop' }, 'after'],
      ] as const) {
        it(`if check or commit number ${nth} ${what}`, async () => {
          scene = await open();
          let count = 0;
          scene.router.device.faults.add({ ...commits, moment, when: () => (count += 1) === nth, outcome });
          const { code, steps } = await trial();
          // If only the first stanza is refused, another one is taken.
          const isTaken = nth === 1 && outcome.kind === 'refuse';
          assert.equal(code, isTaken ? 0 : 1, JSON.stringify(steps));
          const cleaned = isTaken ? undefined : 'nothing of the trial is on the router';
          assert.equal(textOf(steps, 'trial: clean-up'), cleaned);
          await assertClean();
        });
      }
    }

    for (const moment of ['lock', 'load-configuration', 'commit-configuration', 'get-commit-information'])
      it(`if somebody interrupts during ${moment}`, async () => {
        scene = await open();
        const io = fakeIo(scene.env);
        let isSeen = false;
        scene.router.device.faults.add({
          rpc: moment,
          when: () => {
            if (scene.router.device.inspect().lock !== null || moment === 'lock') {
              isSeen = true;
              io.interrupt();
            }
            return false;
          },
          outcome: { kind: 'drop' },
        });
        const code = await scene.begin(io, '--trial', '--yes', '--transcript', transcriptFile());
        assert.equal(isSeen, true);
        assert.equal(code, 130, io.out());
        assert.match(io.out(), /not taken: interrupted/);
        await assertClean();
      });

    it('or says loudly how to remove what it could not', async () => {
      scene = await open();
      const { store } = etcd();
      const run = await checkedTrial();
      // From the commit on trial on, the lock is never given again.
      scene.router.device.faults.add({
        rpc: 'lock',
        times: Infinity,
        when: () => scene.router.device.inspect().pending !== null,
        outcome: { kind: 'deny-lock', holder: 'operator' },
      });
      const lines = await run();
      const last = lines.at(-1);
      assert.deepEqual([last?.name, last?.result], ['trial: clean-up', 'failed']);
      assert.match(last?.text ?? '', /^THE STATEMENT MAY STILL BE ON THE ROUTER: .*operator/);
      assert.equal(
        last?.mend,
        'on the router: configure exclusive; delete routing-instances apply-macro gateway-saga-check; commit',
      );
      assert.equal((await store.router(scene.router.id)).maintenance, null);
    });
  });
});
