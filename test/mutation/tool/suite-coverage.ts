/**
 * Which test reaches which mutant. A mutant that a hook reaches counts for every test of the hook's suite. Stryker itself would count it for
 * the test that came before, or take it for code that runs at import.
 */
import type { Runner, Suite, Test } from 'mocha';
import type { InstrumenterContext, MutantCoverage } from '@stryker-mutator/api/core';

/** The titles of each suite's tests, by the id that stands for the suite in the coverage. */
type TestsOfSuites = ReadonlyMap<string, readonly string[]>;

export class SuiteCoverage {
  readonly tests = new Map<string, string[]>();
  private readonly context: InstrumenterContext;

  constructor(context: InstrumenterContext) {
    this.context = context;
  }

  follow(runner: Runner): void {
    this.enter(runner.suite);
    runner.on('suite', (suite) => this.enter(suite));
    runner.on('test', (test) => (this.context.currentTestId = test.fullTitle()));
    runner.on('test end', (test) => this.leave(test.parent));
    runner.on('suite end', ({ parent }) => this.leave(parent));
  }

  private enter(suite: Suite): void {
    const id = idOf(suite);
    this.context.currentTestId = id;
    const titles = this.tests.get(id) ?? [];
    suite.eachTest((test: Test) => titles.push(test.fullTitle()));
    this.tests.set(id, titles);
  }

  private leave(to: Suite | undefined): void {
    if (to !== undefined) this.context.currentTestId = idOf(to);
  }
}

/** The coverage with tests only: each test has also what the hooks of its suites have reached. */
export function mergedIntoTests({ static: atImport, perTest }: MutantCoverage, suites: TestsOfSuites) {
  const merged: MutantCoverage = { static: atImport, perTest: {} };
  for (const [id, counts] of Object.entries(perTest))
    for (const test of suites.get(id) ?? [id]) {
      const sums = (merged.perTest[test] ??= {});
      for (const [mutant, count] of Object.entries(counts)) sums[mutant] = (sums[mutant] ?? 0) + count;
    }
  return merged;
}

function idOf(suite: Suite): string {
  return `suite: ${suite.fullTitle()}`;
}
