import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVirtualClock } from '../device/virtual-clock.ts';
import { rpc } from './raw-client.ts';
import { commit, COMPARE, description, load, LOCK, routersOfTest, sessionWith } from './starting.ts';

describe('a simulated router with a state file', () => {
  const { router, closeAll } = routersOfTest();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'router-'));
  });
  afterEach(async () => {
    await closeAll();
    rmSync(folder, { recursive: true });
  });

  const stateFile = (): string => join(folder, 'state.json');

  it('has its configuration and history again in the next process', async () => {
    const first = await router({ stateFile: stateFile() });
    await commit(await sessionWith(first), description('kept'));
    await first.close();
    const second = await router({ stateFile: stateFile(), config: '' });
    const raw = await sessionWith(second);
    assert.match(second.device.running(), /description kept;/);
    assert.match(await raw.ask('<get-commit-information/>'), /<user>netops</);
    await raw.ask('<load-configuration rollback="1"/>');
    assert.match(await raw.ask(COMPARE), /\+\s+description downlink;/);
  });

  it('writes the file before it replies', async () => {
    const at = await router({ stateFile: stateFile() });
    await commit(await sessionWith(at), description('written'));
    assert.match(readFileSync(stateFile(), 'utf8'), /description written;/);
  });

  it('does not save a commit that had begun when the router was closed', async () => {
    const clock = createVirtualClock();
    const at = await router({ stateFile: stateFile(), clock, options: { delays: { commit: 50 } } });
    const raw = await sessionWith(at);
    raw.send(rpc(LOCK), rpc(load(description('lost'))), rpc('<commit/>'));
    while (clock.planned === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await at.close();
    await clock.advance(100);
    assert.doesNotMatch(readFileSync(stateFile(), 'utf8'), /description lost;/);
  });

  for (const [form, confirmed] of [
    ['standard', '<commit><confirmed/><confirm-timeout>600</confirm-timeout></commit>'],
    ['native', '<commit-configuration><confirmed/></commit-configuration>'],
  ] as const)
    for (const [reboot, after] of [
      ['forget', 'unconfirmed'],
      ['revert', 'downlink'],
      ['resume', 'downlink'],
    ] as const)
      it(`is closed as by a power failure: with ${reboot}, a pending commit of the ${form} form leaves "${after}" after the deadline`, async () => {
        const clock = createVirtualClock();
        const first = await router({ stateFile: stateFile(), clock });
        first.keepHalfOpen(true);
        const raw = await sessionWith(first);
        for (const operation of [LOCK, load(description('unconfirmed')), confirmed])
          assert.match(await raw.ask(operation), /<ok\/>|<commit-success\/>/);
        raw.client.destroy();
        while (first.connections > 0) await new Promise((resolve) => setTimeout(resolve, 2));
        const before = readFileSync(stateFile(), 'utf8');
        const events: string[] = [];
        first.device.onEvent(({ kind }) => events.push(kind));
        await first.close();
        await clock.advance(20 * 60_000);
        assert.deepEqual(events, []);
        assert.equal(readFileSync(stateFile(), 'utf8'), before);
        const second = await router({ stateFile: stateFile(), config: '', clock, options: { reboot } });
        await clock.advance(0);
        assert.match(second.device.running(), new RegExp(`description ${after};`));
      });

  it('lets only the owner read the file, and leaves no temporary file', async () => {
    await router({ stateFile: stateFile() });
    assert.equal(statSync(stateFile()).mode & 0o777, 0o600);
    assert.equal(existsSync(`${stateFile()}.next`), false);
  });

  it('ends its process when a fall-back cannot be saved', async () => {
    const program = fileURLToPath(new URL('fixtures/full-disk.ts', import.meta.url));
    const running = fork(program, [folder], { execArgv: ['--import', 'tsx'], silent: true });
    let output = '';
    running.stderr?.on('data', (chunk) => (output += String(chunk)));
    const timeout = setTimeout(() => running.kill('SIGKILL'), 15_000);
    const [code] = (await once(running, 'close')) as [number | null];
    clearTimeout(timeout);
    assert.equal(code, 1, output);
    assert.match(output, /EISDIR/);
  }).timeout(20_000);

  for (const [mistake, text] of [
    ['is not JSON', '{'],
    ['has another version', '{"version":2}'],
    ['has no history', '{"version":1,"history":[],"lastSession":1}'],
    ['has a commit without a configuration', '{"version":1,"history":[{}],"lastSession":1}'],
    [
      'has a pending commit without a deadline',
      '{"version":1,"history":[{"config":"","user":"root","client":"other","at":0,"sequence":1}],"lastSession":1,"pending":{}}',
    ],
  ] as const) {
    it(`does not start when the file ${mistake}, and does not change the file`, async () => {
      writeFileSync(stateFile(), text);
      await assert.rejects(router({ stateFile: stateFile() }), {
        name: 'StateFileError',
        message: `state file ${stateFile()}: expected what an earlier router wrote (JSON with version 1 and a history)`,
      });
      assert.equal(readFileSync(stateFile(), 'utf8'), text);
    });
  }
});
