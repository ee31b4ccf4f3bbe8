import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { askable } from '../../command/routers-check-ask.ts';
import { open as openSession } from '../../command/routers-check-open.ts';
import { checkOptions } from '../../command/routers-check-options.ts';
import { trialLines } from '../../command/routers-check-trial-run.ts';
import { readXml } from '../../netconf/xml-reader.ts';
import type { Dialect } from '../../simulator/device/dialect.ts';
import { loginClass, type DeviceOptionsInput } from '../../simulator/server/index.ts';
import { useEtcd } from '../etcd/fixture.ts';
import { fresh, requestOf } from '../etcd/reservation-fixture.ts';
import { readPage } from '../project/readme-document.ts';
import { CHECK, confirmed, describeAe0, LOCK } from '../simulator/device/scene.ts';
import { openCheckScene, PASSWORD, type CheckScene, type ReportLine } from './check-scene.ts';
import { fakeIo } from './fake-io.ts';

const STEPS = [
  'trial: lock',
  'trial: loads',
  'trial: statement',
  'trial: commit',
  'trial: session',
  'trial: confirm',
  'trial: removal',
];

describe('routers check --trial', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: CheckScene;
  let before: string;

  const open = async (...options: [] | [Parameters<typeof openCheckScene>[1]]) => {
    scene = await openCheckScene(etcd().endpoint, ...options);
    before = scene.router.device.running();
  };
  afterEach(async () => {
    await scene.close();
  });

  const transcriptFile = () => join(scene.folder, 'transcript.xml');
  const trial = async (...argv: string[]) => {
    const report = await scene.check('--trial', '--yes', '--json', '--transcript', transcriptFile(), ...argv);
    const { checks } = JSON.parse(report.out) as { checks: ReportLine[] };
    const steps = checks.filter(({ name }) => name.startsWith('trial'));
    return { ...report, checks, steps };
  };
  const textOf = (steps: readonly ReportLine[], name: string) => steps.find((one) => one.name === name)?.text;

  async function assertClean(): Promise<void> {
    const { pending, lock, candidate, running } = scene.router.device.inspect();
    assert.deepEqual([pending, lock, running, candidate === running], [null, null, before, true]);
    const { maintenance, reservation } = await etcd().store.router(scene.router.id);
    assert.deepEqual([maintenance, reservation], [null, null]);
  }

  it('goes through all steps, and leaves nothing', async () => {
    await open();
    const { code, steps } = await trial();
    assert.deepEqual(
      steps.map(({ name, result }) => [name, result]),
      STEPS.map((name) => [name, 'ok']),
      JSON.stringify(steps),
    );
    assert.equal(code, 0);
    await assertClean();
  });

  it('writes a transcript with a session for each, each request with its reply, and no password', async () => {
    await open();
    await trial();
    const text = readFileSync(transcriptFile(), 'utf8');
    assert.ok(!text.includes(PASSWORD));
    const sessions = readXml(text).children;
    assert.equal(sessions.length, 3);
    assert.equal(new Set(sessions.map(({ attributes }) => attributes['session-id'])).size, 3);
    for (const { children } of sessions) {
      const of = (from: string) =>
        children
          .filter(({ attributes }) => attributes['from'] === from)
          .map(({ attributes }) => attributes['operation']);
      assert.deepEqual(of('client'), of('server'));
    }
    const asked = sessions.flatMap(({ children }) =>
      children.map(({ attributes }) => attributes['operation']),
    );
    for (const operation of [
      'lock',
      'load-configuration',
      'commit-configuration',
      'discard-changes',
      'unlock',
    ])
      assert.ok(asked.includes(operation), operation);
  });

  for (const [pendingMark, session, confirm] of [
    ['live', /it is marked as pending$/, /^confirmed by a check;/],
    ['forever', /it is marked as pending$/, /^confirmed by a check, then a commit;/],
    ['none', /it has no mark: the clock tells that it is pending$/, /^confirmed by a commit;/],
  ] as const) {
    it(`names the mark that the router uses: ${pendingMark}`, async () => {
      await open({ options: { pendingMark } });
      const { steps, code } = await trial();
      assert.equal(code, 0, JSON.stringify(steps));
      assert.match(textOf(steps, 'trial: session') ?? '', session);
      assert.match(textOf(steps, 'trial: confirm') ?? '', confirm);
      await assertClean();
    });
  }

  const dialects: readonly (readonly [Partial<Dialect>, RegExp])[] = [
    [{ routingEngine: 'open' }, /<routing-engine> is left open/],
    [{ errors: 'xnm' }, /replies|<xnm:…>/],
    [{ sourceDaemon: 'inside' }, /replies|<source-daemon>/],
    [{ synchronizeComment: true }, /a commit has two comments/],
    [{ nothing: 'none', wrapped: true, vrrpIdle: 'output' }, /replies are within .*told as output.*left out/],
    [{ interfaceSpecific: 'all', vrrpGroups: 'together', editsInUse: 'private', logs: 'latin-1' }, /./],
  ];
  for (const [dialect, words] of dialects) {
    it(`succeeds on a router with ${JSON.stringify(dialect)}, which the report names`, async () => {
      await open({ options: { dialect } });
      const { steps, checks, code } = await trial();
      assert.equal(code, 0, JSON.stringify(steps));
      assert.match(textOf(checks, 'dialect') ?? '', words);
      await assertClean();
    });
  }

  const options: readonly DeviceOptionsInput[] = [
    { base11: true },
    { clockAhead: 120_000 },
    { clockAhead: -120_000 },
    { unlockMeetsDirty: 'discard' },
    { historyLength: 3 },
    { routingEngines: 2 },
  ];
  for (const one of options) {
    it(`succeeds on a router with ${JSON.stringify(one)}`, async () => {
      await open({ options: one });
      const { steps, code } = await trial();
      assert.equal(code, 0, JSON.stringify(steps));
      await assertClean();
    });
  }

  it('reaches both routing engines, and fails where one of them is away', async () => {
    await open({ options: { routingEngines: 2 } });
    const { device } = scene.router;
    const good = await trial();
    assert.match(textOf(good.steps, 'trial: commit') ?? '', /^made on trial on both routing engines, /);
    await assertClean();
    device.faults.add({
      rpc: 'commit-configuration',
      times: Infinity,
      when: () => {
        device.setBackupAway(true);
        return false;
      },
      outcome: { kind: 'drop' },
    });
    const { code, steps } = await trial();
    assert.equal(code, 1, JSON.stringify(steps));
    assert.match(JSON.stringify(steps), /routing engines re0 and re1, got/);
    await assertClean();
  });

  it('fails if the commit on trial is confirmed by somebody else when its session ends', async () => {
    await open();
    const other = scene.operator();
    scene.router.device.faults.add({
      rpc: 'close-session',
      when: () => {
        if (scene.router.device.inspect().pending === null) return false;
        void other.ok(CHECK);
        return true;
      },
      outcome: { kind: 'delay', ms: 50 },
    });
    const { code, steps } = await trial();
    assert.equal(code, 1);
    assert.match(
      textOf(steps, 'trial: session') ?? '',
      /did not outlive its session, or is not seen as pending$/,
    );
    assert.equal(textOf(steps, 'trial: clean-up'), 'nothing of the trial is on the router');
    other.session.close();
    await assertClean();
  });

  describe('with a login class', () => {
    it('of the documentation, succeeds', async () => {
      const page = await readPage('docs/routers.md');
      const text = /```junos\n(.*?)```/s.exec(page.text)?.[1] ?? '';
      await open({ loginClass: loginClass(text, 'gateway-saga') });
      const { steps, code } = await trial();
      assert.equal(code, 0, JSON.stringify(steps));
      assert.match(textOf(steps, 'trial: loads') ?? '', /^all sorts of statements, discarded again: 5$/);
      await assertClean();
    });

    it('that allows less, names the sorts, and takes a stanza that it allows', async () => {
      const regexps = '"policy-options .*" "firewall family inet filter .* term .*"';
      const text = `system { login { class c { permissions [ configure view view-configuration ]; allow-configuration-regexps [ ${regexps} ]; } } }`;
      await open({ loginClass: loginClass(text, 'c') });
      const { steps, code } = await trial();
      assert.equal(code, 0, JSON.stringify(steps));
      assert.match(
        textOf(steps, 'trial: loads') ?? '',
        /^refused: units \(.*permission denied.*; instances \(.*permission denied/,
      );
      assert.match(textOf(steps, 'trial: statement') ?? '', /apply-macro under "policy-options"/);
      await assertClean();
    });

    it('that allows no statement, commits nothing and says why', async () => {
      const text = 'system { login { class c { permissions [ configure view view-configuration ]; } } }';
      await open({ loginClass: loginClass(text, 'c') });
      const { steps, code } = await trial();
      assert.equal(code, 1);
      assert.match(textOf(steps, 'trial: loads') ?? '', /^refused: units .*policy terms/);
      assert.ok(!readFileSync(transcriptFile(), 'utf8').includes('<confirmed/>'));
      await assertClean();
    });
  });

  describe('is not begun', () => {
    it('without a yes where no terminal can be asked: exit code 2', async () => {
      await open();
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
        await open();
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
      await open();
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
      await open();
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
      before = scene.router.device.running();
      await assertClean();
    });

    it('after a failed check', async () => {
      await open();
      const { steps } = await trial('--for', 'vpn_gateway', 'no-such');
      assert.deepEqual(
        steps.map(({ name, text }) => [name, text]),
        [['trial', 'not begun']],
      );
    });
  });

  it('leaves a hold of somebody else in place', async () => {
    await open();
    const hold = { reason: 'new line card', since: new Date().toISOString() };
    await etcd().store.beginMaintenance(scene.router.id, hold);
    assert.equal((await trial()).code, 0);
    assert.equal((await etcd().store.router(scene.router.id)).maintenance?.reason, 'new line card');
  });

  it('keeps pairs away meanwhile', async () => {
    await open();
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
          await open();
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
        await open();
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
      await open();
      const options = checkOptions([scene.router.id, '--trial', '--yes'], scene.env);
      const { store } = etcd();
      const asked = await askable(store, options);
      // From the commit on trial on, the lock is never given again.
      scene.router.device.faults.add({
        rpc: 'lock',
        times: Infinity,
        when: () => scene.router.device.inspect().pending !== null,
        outcome: { kind: 'deny-lock', holder: 'operator' },
      });
      const lines = await trialLines({
        store,
        router: asked,
        signal: new AbortController().signal,
        cleanUpMs: 10,
        open: async () =>
          (await openSession(asked.target, options.worker, asked.transcript)).session ?? assert.fail(),
      });
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
