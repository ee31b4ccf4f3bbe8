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

  it('has its configuration and history again after a restart', async () => {
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

  it('has written it before it answers', async () => {
    const at = await router({ stateFile: stateFile() });
    await commit(await sessionWith(at), description('written'));
    assert.match(readFileSync(stateFile(), 'utf8'), /description written;/);
  });

  it('forgets a commit that was under way when it was closed', async () => {
    const clock = createVirtualClock();
    const at = await router({ stateFile: stateFile(), clock, options: { delays: { commit: 50 } } });
    const raw = await sessionWith(at);
    raw.send(rpc(LOCK), rpc(load(description('lost'))), rpc('<commit/>'));
    while (clock.planned === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await at.close();
    await clock.advance(100);
    assert.doesNotMatch(readFileSync(stateFile(), 'utf8'), /description lost;/);
  });

  it('has it readable by its owner only, with no trace of an unfinished write', async () => {
    await router({ stateFile: stateFile() });
    assert.equal(statSync(stateFile()).mode & 0o777, 0o600);
    assert.equal(existsSync(`${stateFile()}.next`), false);
  });

  it('ends its program when a fall-back can not be written, and does not go on half-way', async () => {
    const program = fileURLToPath(new URL('fixtures/full-disk.ts', import.meta.url));
    const running = fork(program, [folder], { execArgv: ['--import', 'tsx'], silent: true });
    let told = '';
    running.stderr?.on('data', (chunk) => (told += String(chunk)));
    const late = setTimeout(() => running.kill('SIGKILL'), 15_000);
    const [code] = (await once(running, 'close')) as [number | null];
    clearTimeout(late);
    assert.equal(code, 1, told);
    assert.match(told, /EISDIR/);
  }).timeout(20_000);

  for (const [what, text] of [
    ['is no JSON', '{'],
    ['is something else', '{"version":2}'],
    ['has no history', '{"version":1,"history":[],"lastSession":1}'],
  ] as const) {
    it(`does not start when that ${what}, and leaves it alone`, async () => {
      writeFileSync(stateFile(), text);
      await assert.rejects(router({ stateFile: stateFile() }), {
        name: 'StateFileError',
        message: `state file ${stateFile()}: expected what an earlier router wrote (JSON with version 1 and a history)`,
      });
      assert.equal(readFileSync(stateFile(), 'utf8'), text);
    });
  }
});
