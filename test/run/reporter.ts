/** A mocha reporter that prints what failed, and writes the counts and the time of each spec to the file that `RESULTS_FILE` names. */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import Mocha from 'mocha';
import type { MochaOptions, Runner, Suite } from 'mocha';
import { ROOT } from '../../local/folders.ts';

/** The environment variable with the path of the results. */
export const RESULTS_FILE = 'GATEWAY_SAGA_TEST_RESULTS';
/** The environment variable with the time, in ms since 1970, from which on no further spec is begun. Without it, all specs are begun. */
export const LAST_BEGIN = 'GATEWAY_SAGA_TESTS_LAST_BEGIN';

export interface Results {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Specs that were not begun for lack of time, by their paths below `test/`. */
  readonly left: readonly string[];
  /** What failed, and the first line of why. */
  readonly failures: readonly string[];
  /** How long each spec took, with its hooks, and how long it took to load all specs. */
  readonly times: readonly { readonly what: string; readonly ms: number }[];
}

export default class extends Mocha.reporters.Base {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const times = new Map([['loading', performance.now()]]);
    const lastBegin = Number(process.env[LAST_BEGIN] ?? Infinity);
    let left: readonly Suite[] = [];
    let began = 0;
    runner.on('suite', (suite) => {
      if (isOfSpec(suite)) began = performance.now();
    });
    runner.on('suite end', (suite) => {
      if (!isOfSpec(suite)) return;
      const spec = relative(ROOT, suite.file ?? suite.title);
      times.set(spec, (times.get(spec) ?? 0) + performance.now() - began);
      const later = laterOf(suite);
      if (Date.now() < lastBegin || later[0]?.file === suite.file) return;
      left = later;
      runner.abort();
    });
    runner.once('end', () => {
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      const written: Results = {
        passed,
        failed,
        skipped,
        left: [...new Set(left.map(({ file = '' }) => relative(`${ROOT}test`, file)))],
        failures: this.failures.map((test) => `${test.fullTitle()}: ${firstLine(test.err)}`),
        times: Array.from(times, ([what, ms]) => ({ what, ms: Math.round(ms) })),
      };
      if (failed > 0) Mocha.reporters.Base.list(this.failures);
      writeFileSync(process.env[RESULTS_FILE] ?? '', JSON.stringify(written));
    });
  }
}

/** Whether a suite stands at the top of its file. */
function isOfSpec({ parent }: Suite): boolean {
  return parent?.root === true;
}

/** The suites behind this one at the top of their files. */
function laterOf(suite: Suite): readonly Suite[] {
  const all = suite.parent?.suites ?? [];
  return all.slice(all.indexOf(suite) + 1);
}

function firstLine(error: Error | undefined): string {
  return (error?.message ?? '').split('\n', 1)[0]?.slice(0, 300) ?? '';
}
