import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readXml } from '../../../netconf/xml-reader.ts';
import type { Dialect } from '../../../simulator/device/dialect.ts';
import { loginClass, type DeviceOptionsInput } from '../../../simulator/server/index.ts';
import { readPage } from '../../project/readme-document.ts';
import { CHECK, describeAe0 } from '../../simulator/device/scene.ts';
import { PASSWORD, type CheckScene } from './scene.ts';
import { textOf, useTrials } from './trial-scene.ts';

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
  const { open, trial, transcriptFile, assertClean } = useTrials();
  let scene: CheckScene;

  it('goes through all steps, and leaves nothing', async () => {
    scene = await open();
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
    scene = await open();
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
      scene = await open({ options: { pendingMark } });
      const { steps, code } = await trial();
      assert.equal(code, 0, JSON.stringify(steps));
      assert.match(textOf(steps, 'trial: session') ?? '', session);
      assert.match(textOf(steps, 'trial: confirm') ?? '', confirm);
      await assertClean();
    });
  }

  const dialects: readonly (readonly [Partial<Dialect>, RegExp])[] = [
    [{ routingEngine: 'open' }, /<routing-engine> is left open/],
    [{ synchronizeComment: true }, /a commit has two comments/],
    [{ nothing: 'none', wrapped: true, vrrpIdle: 'output' }, /replies are within .*told as output.*left out/],
    [
      { interfaceSpecific: 'all', vrrpGroups: 'together', editsInUse: 'private', logs: 'latin-1' },
      /^understood, though filters have an instance for each interface; some characters can not be read$/,
    ],
  ];
  for (const [dialect, words] of dialects) {
    it(`succeeds on a router with ${JSON.stringify(dialect)}, which the report names`, async () => {
      scene = await open({ options: { dialect } });
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
      scene = await open({ options: one });
      const { steps, code } = await trial();
      assert.equal(code, 0, JSON.stringify(steps));
      await assertClean();
    });
  }

  it('reaches both routing engines, and fails where one of them is away', async () => {
    scene = await open({ options: { routingEngines: 2 } });
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
    scene = await open();
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

  it('takes another stanza if the check of one is refused, and names private edits', async () => {
    scene = await open({ options: { dialect: { editsInUse: 'private' } } });
    const { device } = scene.router;
    device.faults.add({ step: 'check', outcome: { kind: 'fail-check', message: 'not today' } });
    const first = await trial();
    assert.equal(first.code, 0, JSON.stringify(first.steps));
    assert.match(textOf(first.steps, 'trial: statement') ?? '', /under "policy-options"/);
    const other = scene.operator();
    await other.set(describeAe0('mine'));
    const second = await trial();
    assert.match(textOf(second.steps, 'trial: lock') ?? '', /private edits in use/);
    assert.equal(
      textOf(second.checks, 'dialect'),
      'understood, though edits in private copies deny the lock',
    );
    other.session.close();
  });

  describe('with a login class', () => {
    it('of the documentation, succeeds', async () => {
      const page = await readPage('docs/routers.md');
      const text = /```junos\n(.*?)```/s.exec(page.text)?.[1] ?? '';
      scene = await open({ loginClass: loginClass(text, 'gateway-saga') });
      const { steps, code } = await trial();
      assert.equal(code, 0, JSON.stringify(steps));
      assert.match(textOf(steps, 'trial: loads') ?? '', /^all sorts of statements, discarded again: 5$/);
      await assertClean();
    });

    it('that allows less, names the sorts, and takes a stanza that it allows', async () => {
      const regexps = '"policy-options .*" "firewall family inet filter .* term .*"';
      const text = `system { login { class c { permissions [ configure view view-configuration ]; allow-configuration-regexps [ ${regexps} ]; } } }`;
      scene = await open({ loginClass: loginClass(text, 'c') });
      const { steps, code } = await trial();
      assert.equal(code, 0, JSON.stringify(steps));
      assert.match(
        textOf(steps, 'trial: loads') ?? '',
        /^refused: units \(.*permission denied.*; instances \(.*permission denied/,
      );
      assert.match(textOf(steps, 'trial: statement') ?? '', /apply-macro under "policy-options"/);
      await assertClean();
    });

    for (const [dialect, words] of [
      [{ errors: 'xnm' }, /^understood, though errors or warnings are in <xnm:…>$/],
      [{ errors: 'count' }, /^understood, though a failed load tells only a number of errors$/],
    ] as const)
      it(`that allows less, reads refusals as ${JSON.stringify(dialect)}`, async () => {
        const regexps = '"policy-options .*"';
        const text = `system { login { class c { permissions [ configure view view-configuration ]; allow-configuration-regexps [ ${regexps} ]; } } }`;
        scene = await open({ loginClass: loginClass(text, 'c'), options: { dialect } });
        const { steps, checks, code } = await trial();
        assert.equal(code, 0, JSON.stringify(steps));
        assert.match(
          textOf(steps, 'trial: loads') ?? '',
          /^refused: units \(.*; instances \(.*; filter terms \(/,
        );
        assert.match(textOf(checks, 'dialect') ?? '', words);
        await assertClean();
      });

    it('that allows no statement, commits nothing and says why', async () => {
      const text = 'system { login { class c { permissions [ configure view view-configuration ]; } } }';
      scene = await open({ loginClass: loginClass(text, 'c') });
      const { steps, code } = await trial();
      assert.equal(code, 1);
      assert.match(textOf(steps, 'trial: loads') ?? '', /^refused: units .*policy terms/);
      assert.ok(!readFileSync(transcriptFile(), 'utf8').includes('<confirmed/>'));
      await assertClean();
    });
  });
});
