import { parseArgs } from 'node:util';

/** All measurements, in the order in which they are made. */
export const MEASUREMENTS = [
  'push',
  'create',
  'pair',
  'many',
  'memory',
  'burst',
  'children',
  'routers',
  'slow',
] as const;
export type Measurement = (typeof MEASUREMENTS)[number];

export interface BenchOptions {
  readonly only: readonly Measurement[];
  /** Number of runs of each measurement. `undefined`: each measurement's own number. */
  readonly runs: number | undefined;
  /** Number of gateways of `burst` and of `children`, and the largest one of `many`. `undefined`: their own numbers. */
  readonly gateways: number | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

/** Thrown when the command line is not understood. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError';
}

export const USAGE = `Usage: npm run bench -- [options]

  --only LIST  ${MEASUREMENTS.join(', ')}; several separated by commas (default: all)
  --runs N     how often each is measured, instead of its own number of runs
  --gateways N how many burst asks for at once, instead of 50 and then 1,000, many at most on one
               pair, instead of 1,000, and children in one gateway, instead of 1,000
  --json       prints the results as JSON
  --help       shows this

Examples:
  npm run bench
  npm run bench -- --only push,create --runs 30
  npm run bench -- --only burst --gateways 10000
  npm run bench -- --only many --gateways 20000
  npm run bench -- --only children --gateways 10000
  npm run --silent bench -- --json > results.json
`;

/** Reads the command line. Throws a `BenchUsageError` that names the option, what was expected and what came. */
export function benchOptions(argv: readonly string[]): BenchOptions {
  const { only, runs, gateways, json, help } = parsed(argv);
  return {
    only: only === undefined ? MEASUREMENTS : only.split(',').map(measurementOf),
    runs: runs === undefined ? undefined : countOf('--runs', runs),
    gateways: gateways === undefined ? undefined : countOf('--gateways', gateways),
    json: json ?? false,
    help: help ?? false,
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        only: { type: 'string' },
        runs: { type: 'string' },
        gateways: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new BenchUsageError((error as Error).message, { cause: error });
  }
}

function measurementOf(word: string): Measurement {
  const found = MEASUREMENTS.find((name) => name === word.trim());
  if (found !== undefined) return found;
  throw new BenchUsageError(`--only: expected some of ${MEASUREMENTS.join(', ')}, got "${word}"`);
}

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new BenchUsageError(`${option}: expected a whole number from 1, got "${text}"`);
}
