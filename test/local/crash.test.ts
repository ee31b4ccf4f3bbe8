import assert from 'node:assert/strict';
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RUNS } from '../../local/folders.ts';
import { openRun } from '../../local/run.ts';
import { processStart } from '../../local/processes.mjs';
import { startStack } from '../../local/stack.ts';

interface Held {
  readonly run: string;
  readonly endpoint: string;
  readonly programs: readonly { readonly pid: number; readonly start: string }[];
}

describe('a run that crashes', function () {
  this.timeout(60_000);

  it('ends its programs, even if it is killed by SIGKILL', async () => {
    const { holder, held } = await hold();
    await kill(holder);
    await eventually(async () => (await stillRunning(held)).length === 0, 'the programs to end');
  });

  it('is cleaned up by the next start', async () => {
    const { holder, held } = await hold();
    await kill(holder);
    const stack = await startStack();
    await stack.stop();
    assert.deepEqual(await stillRunning(held), []);
    await assert.rejects(stat(held.run), { code: 'ENOENT' });
  });

  it('is cleaned up by the next start even if its guards were killed too', async () => {
    const { holder, held } = await hold();
    const guards = await Promise.all(held.programs.map(({ pid }) => parentOf(pid)));
    // The process is stopped first, or it would end the programs itself when their guards end.
    holder.kill('SIGSTOP');
    for (const guard of guards) process.kill(guard, 'SIGKILL');
    await kill(holder);
    assert.equal(
      (await stillRunning(held)).length,
      held.programs.length,
      'expected the programs to run on without guard and parent',
    );
    const stack = await startStack();
    assert.deepEqual(await stillRunning(held), []);
    await stack.stop();
    await assert.rejects(stat(held.run), { code: 'ENOENT' });
  });

  it('is cleaned up by the next start even if the record of its owner is lost', async () => {
    const { holder, held } = await hold();
    await kill(holder);
    await rm(`${held.run}/owner.json`);
    const unopened = `${RUNS}/.${basename(held.run)}`;
    await mkdir(unopened);
    await (await openRun()).close();
    await assert.rejects(stat(held.run), { code: 'ENOENT' });
    await assert.rejects(stat(unopened), { code: 'ENOENT' });
  });

  it('is not cleaned up while the process in its name lives, or if its name is not that of a run', async () => {
    const folders = [`${RUNS}/2026-01-01T00-00-00-${process.pid}-0000`, `${RUNS}/somebody's notes`];
    for (const folder of folders) await mkdir(folder, { recursive: true });
    try {
      await (await openRun()).close();
      for (const folder of folders) assert.ok((await stat(folder)).isDirectory());
    } finally {
      for (const folder of folders) await rm(folder, { recursive: true });
    }
  });

  it('ends a program whose guard has just begun to run', async () => {
    const guard = fileURLToPath(new URL('../../local/guard.mjs', import.meta.url));
    const forever = [process.execPath, '-e', 'setInterval(() => undefined, 1_000)'];
    const guarding = fork(guard, ['300', ...forever], { execArgv: [], stdio: 'ignore' });
    // The same happens when the parent dies. The guard has no handler for it yet.
    guarding.disconnect();
    try {
      await eventually(() => Promise.resolve(guarding.exitCode !== null), 'the guard to end');
    } finally {
      guarding.kill('SIGTERM');
    }
  });

  it('is left alone by other runs as long as it has not crashed', async () => {
    const { holder, held } = await hold();
    const other = await startStack();
    await other.stop();
    assert.equal((await stillRunning(held)).length, held.programs.length);
    await kill(holder);
    await eventually(async () => (await stillRunning(held)).length === 0, 'the programs to end');
  });
});

async function hold(): Promise<{ holder: ChildProcess; held: Held }> {
  const program = fileURLToPath(new URL('fixtures/hold-stack.ts', import.meta.url));
  const holder = fork(program, { execArgv: ['--import', 'tsx'] });
  const [held] = (await once(holder, 'message')) as [Held];
  return { holder, held };
}

async function kill(holder: ChildProcess): Promise<void> {
  const gone = once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
}

async function stillRunning({ programs }: Held): Promise<number[]> {
  const starts = await Promise.all(programs.map(({ pid }) => processStart(pid)));
  return programs.filter(({ start }, index) => starts[index] === start).map(({ pid }) => pid);
}

async function parentOf(pid: number): Promise<number> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Behind the program's name in brackets come its state and its parent's id (proc(5)).
    return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[1]);
  }
  const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=', '-p', String(pid)]);
  return Number(stdout);
}

async function eventually(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, `expected ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
