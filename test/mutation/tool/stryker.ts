/** Runs Stryker in a copy of the sources: the checkout itself is never touched. */
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { checkout } from '../checkout.ts';
import { SPECS } from './mocha-runner.ts';
import { FATES } from './reporter.ts';
import type { Fate } from './reporter.ts';

export interface Run {
  /** A file, or lines of it: `pair/batch.ts:10-20`. */
  readonly mutate: string;
  /** Below `test/`. */
  readonly specs: readonly string[];
  readonly limitMs: number;
}

export interface Tested {
  readonly fates: readonly Fate[];
  /** False: the time was over before all mutants were tested. */
  readonly isComplete: boolean;
}

const CONFIG = 'stryker.conf.json';
/** Stryker stops a mutant after one and a half times what the tests took without a mutant, and this time. Each endless loop costs as much. */
const ENDLESS_MS = 3_000;

/** Rejects when Stryker can't begin: a test fails without any mutant. */
export async function runStryker({ mutate, specs, limitMs }: Run): Promise<Tested> {
  const { folder, remove } = await checkout();
  try {
    await writeFile(
      join(folder, CONFIG),
      JSON.stringify({
        mutate: [mutate],
        inPlace: true,
        plugins: ['mocha-runner', 'reporter'].map((name) => `./test/mutation/tool/${name}.ts`),
        testRunner: 'specs',
        testRunnerNodeArgs: ['--import', 'tsx'],
        reporters: ['lines'],
        coverageAnalysis: 'perTest',
        concurrency: 1,
        timeoutMS: ENDLESS_MS,
        // Types are erased by tsx; nothing checks them here.
        disableTypeChecks: false,
      }),
    );
    await writeFile(join(folder, FATES), '');
    const { code, output } = await stryker(folder, specs, limitMs);
    const lines = (await readFile(join(folder, FATES), 'utf8')).split('\n').filter(Boolean);
    const fates = lines.map((line) => {
      const fate = JSON.parse(line) as Fate;
      return { ...fate, file: relative(folder, fate.file) };
    });
    const isComplete = code === 0;
    if (!isComplete && code !== null)
      throw new Error(`Stryker ended with exit code ${code}:\n…${output.slice(-2_000)}`);
    return { fates, isComplete };
  } finally {
    await remove();
  }
}

/** The exit code is null if Stryker was stopped because the time was over. */
function stryker(folder: string, specs: readonly string[], limitMs: number) {
  return new Promise<{ readonly code: number | null; readonly output: string }>((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'node_modules/@stryker-mutator/core/bin/stryker.js', 'run', CONFIG],
      {
        cwd: folder,
        env: {
          ...process.env,
          [SPECS]: specs.map((spec) => `test/${spec}`).join('\n'),
          [FATES]: join(folder, FATES),
          TMPDIR: folder,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        // Stryker and the test runners and servers that it starts are one process group, and end together.
        detached: true,
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    let isLate = false;
    const end = setTimeout(() => {
      isLate = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, limitMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(end);
      resolve({ code: isLate ? null : code, output });
    });
  });
}
