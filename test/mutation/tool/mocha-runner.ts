/**
 * A test runner for Stryker: runs the specs with mocha in one process, again for each mutant. Stryker's own plugin for mocha imports files
 * of mocha that mocha 12 has moved; this one needs what mocha exports.
 */
// First: specs that import the workflow runtime may be loaded before the seeds of the simulation.
import '../../simulation/workflow-globals.ts';
import fc from 'fast-check';
import Mocha from 'mocha';
import type { Runnable, Runner, Test } from 'mocha';
import type { InstrumenterContext } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import type {
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestResult,
  TestRunner,
} from '@stryker-mutator/api/test-runner';
import { mergedIntoTests, SuiteCoverage } from './suite-coverage.ts';

/** The environment variable with the specs' paths, one a line. */
export const SPECS = 'GATEWAY_SAGA_MUTATION_SPECS';
/** With a mutant, a test or a hook that takes longer than this has failed, whatever limit its spec sets. Without a mutant, none takes half as long. */
const LIMIT_MS = 6_000;

class SpecsRunner implements TestRunner {
  private readonly mocha = new Mocha({ bail: true, reporter: Mocha.reporters.Base, timeout: 60_000 });
  private readonly context: InstrumenterContext;
  private isLoaded = false;

  constructor() {
    const world = globalThis as { __stryker__?: InstrumenterContext };
    this.context = world.__stryker__ ??= {};
    this.mocha.cleanReferencesAfterRun(false);
    // It is enough to know that a property fails. To find the smallest example would take minutes.
    fc.configureGlobal({ endOnFailure: true });
    for (const spec of process.env[SPECS]?.split('\n') ?? []) this.mocha.addFile(spec);
  }

  /** Modules are imported once. Stryker starts a new process for a mutant in code that runs at import. */
  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun(): Promise<DryRunResult> {
    await this.load();
    const suites = new SuiteCoverage(this.context);
    const result = await this.run(undefined, (runner) => suites.follow(runner));
    const { mutantCoverage } = this.context;
    if (result.status !== DryRunStatus.Complete || mutantCoverage === undefined) return result;
    return { ...result, mutantCoverage: mergedIntoTests(mutantCoverage, suites.tests) };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, testFilter, hitLimit, mutantActivation } = options;
    if (hitLimit !== undefined) Object.assign(this.context, { hitLimit, hitCount: 0 });
    if (mutantActivation === 'static') this.context.activeMutant = activeMutant.id;
    await this.load();
    this.context.activeMutant = activeMutant.id;
    return toMutantRunResult(await this.run(testFilter, limited));
  }

  private async load(): Promise<void> {
    if (!this.isLoaded) await this.mocha.loadFilesAsync();
    this.isLoaded = true;
  }

  private async run(
    only: readonly string[] | undefined,
    follow: (runner: Runner) => void = () => {},
  ): Promise<DryRunResult> {
    this.mocha.grep(only === undefined ? /^/ : new RegExp(`^(?:${only.map(escaped).join('|')})$`));
    const tests: TestResult[] = [];
    await new Promise<void>((resolve) => {
      const runner = this.mocha.run(() => resolve());
      collect(runner, tests);
      follow(runner);
    });
    const endless = determineHitLimitReached(this.context.hitCount, this.context.hitLimit);
    return endless ?? { status: DryRunStatus.Complete, tests };
  }
}

function limited(runner: Runner): void {
  const limit = (runnable: Runnable) => runnable.timeout(LIMIT_MS);
  runner.on('test', limit);
  runner.on('hook', limit);
}

function collect(runner: Runner, tests: TestResult[]): void {
  const facts = (test: Test) => {
    const title = test.fullTitle();
    return { id: title, name: title, timeSpentMs: test.duration ?? 0 };
  };
  runner.on('pass', (test) => tests.push({ ...facts(test), status: TestStatus.Success }));
  runner.on('pending', (test) => tests.push({ ...facts(test), status: TestStatus.Skipped }));
  // A hook that fails comes here, too.
  runner.on('fail', (test, { message }: Error) =>
    tests.push({ ...facts(test), status: TestStatus.Failed, failureMessage: message }),
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'specs', SpecsRunner)];
