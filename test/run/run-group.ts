import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../local/folders.ts';
import { LAST_BEGIN, RESULTS_FILE } from './reporter.ts';
import type { Results } from './reporter.ts';

/** Not `bin/mocha.js`: that starts another process, which would live on after the first one is killed. */
const MOCHA = `${ROOT}node_modules/mocha/lib/cli/cli.js`;
const REPORTER = fileURLToPath(new URL('reporter.ts', import.meta.url));
/** A group that takes longer than this hangs, and is killed. */
const LIMIT_MS = 20 * 60_000;
/**
 * How long a process may live on after its results are there, in ms. A process that lives longer has something open, for example because a failed hook
 * closed nothing.
 */
const CLOSING_MS = 20_000;

/**
 * Runs specs in one mocha process, and begins none of them at `lastBegin` (ms since 1970) or later.
 * A process that ends without results, or badly with good ones, counts as one failure.
 */
export async function runGroup(
  specs: readonly string[],
  file: string,
  lastBegin = Infinity,
): Promise<{ readonly results: Results; readonly output: string }> {
  const nothing: Results = { passed: 0, failed: 0, skipped: 0, left: [], failures: [], times: [] };
  if (Date.now() >= lastBegin) return { results: { ...nothing, left: specs }, output: '' };
  const paths = specs.map((spec) => `test/${spec}`);
  const child = spawn(process.execPath, ['--import=tsx', MOCHA, `--reporter=${REPORTER}`, ...paths], {
    cwd: ROOT,
    // Not an option of the reporter: mocha ends those at a comma.
    env: { ...process.env, [RESULTS_FILE]: file, [LAST_BEGIN]: String(lastBegin) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const watcher = setInterval(() => {
    const closing = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
    if (closing > CLOSING_MS) child.kill('SIGKILL');
  }, 1_000);
  const how = await new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  clearInterval(watcher);
  const results = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Results,
    () => nothing,
  );
  const isGood = how === 'exit code 0' && results.passed + results.skipped > 0;
  if (isGood || results.failed > 0) return { results, output };
  const failure = `mocha ended with ${how}`;
  return { results: { ...results, failed: 1, failures: [failure] }, output: `${output}${failure}\n` };
}
