/** What catches a mutation: a seed of the simulation, or else one of the specs that are named for it. */
import { spawn } from 'node:child_process';
import type { Mutation } from './mutation.ts';
import { checkout } from './checkout.ts';

export type Catch =
  | { readonly kind: 'seed'; readonly seed: number; readonly invariants: readonly string[] }
  | { readonly kind: 'spec'; readonly spec: string; readonly title: string }
  | { readonly kind: 'survived' };

const SIMULATION = 'test/simulation/main.ts';
const MOCHA = ['node_modules/mocha/bin/mocha.js', '--no-config', '--exit', '--bail', '--reporter=json'];
const SPEC_MS = 30_000;
/** A mutation can make a run of the simulation go on for ever. After this time the specs are tried instead. */
const SEEDS_LIMIT_MS = 120_000;
/** A spec that takes longer is stopped. That does not count as a catch: the spec may only be slow. */
const SPEC_LIMIT_MS = 300_000;

export async function hunt(mutation: Mutation, seeds: number): Promise<Catch> {
  const { folder, remove } = await checkout(mutation);
  try {
    const bySeed = seeds > 0 ? await bySeeds(folder, seeds) : undefined;
    return bySeed ?? (await bySpecs(folder, mutation.specs)) ?? { kind: 'survived' };
  } finally {
    await remove();
  }
}

/** The title of the first test of these specs that fails without any mutation. Such a test proves nothing about a mutation. */
export async function control(specs: readonly string[]): Promise<string | undefined> {
  const { folder, remove } = await checkout();
  try {
    return (await bySpecs(folder, specs))?.title;
  } finally {
    await remove();
  }
}

async function bySeeds(folder: string, seeds: number): Promise<Catch | undefined> {
  const { code, output } = await node(
    folder,
    [SIMULATION, '--seeds', `1..${seeds}`, '--until-failure'],
    SEEDS_LIMIT_MS,
  );
  if (code === 0 || code === null) return undefined;
  const line = output.split('\n').find((text) => text.startsWith('{"seed":'));
  // A mutation can make a run end without telling anything: by a history without end, or a stack that overflows.
  if (line === undefined) return undefined;
  const { seed, violations } = JSON.parse(line) as {
    readonly seed: number;
    readonly violations: readonly { readonly invariant: string }[];
  };
  return { kind: 'seed', seed, invariants: [...new Set(violations.map(({ invariant }) => invariant))] };
}

async function bySpecs(folder: string, specs: readonly string[]) {
  for (const spec of specs) {
    const { code, output } = await node(folder, [...MOCHA, `--timeout=${SPEC_MS}`, spec], SPEC_LIMIT_MS);
    if (code === 0 || code === null) continue;
    const title = /"failures": \[\s*\{\s*"title": "(?:[^"\\]|\\.)*",\s*"fullTitle": ("(?:[^"\\]|\\.)*")/.exec(
      output,
    )?.[1];
    return { kind: 'spec' as const, spec, title: title === undefined ? spec : String(JSON.parse(title)) };
  }
  return undefined;
}

function node(
  cwd: string,
  args: readonly string[],
  timeout: number,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
      cwd,
      // Only the standard output, with the results: other output could come in the middle of a line.
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
