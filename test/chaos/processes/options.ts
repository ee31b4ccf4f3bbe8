import { parseArgs } from 'node:util';
import { LOCAL } from '../../../local/folders.ts';
import { seedsOf } from './seeds.ts';

export interface ChaosOptions {
  readonly seeds: readonly number[];
  readonly verbose: boolean;
  /** After the first failure, find out which faults it needs. */
  readonly shrink: boolean;
  /** How many schedules run at once, each on servers of its own. */
  readonly lanes: number;
  /** Folder for the reports of failing runs. */
  readonly out: string;
}

export const USAGE = `Usage: npm run chaos -- --seeds A..B[,C..D][,today] | --seed N [--lanes N] [--verbose] [--shrink] [--out FOLDER]`;

/** Reads the command line. Throws a `TypeError` that names the option. */
export function chaosOptions(argv: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      lanes: { type: 'string', default: '1' },
      verbose: { type: 'boolean', default: false },
      shrink: { type: 'boolean', default: false },
      out: { type: 'string', default: `${LOCAL}/chaos` },
    },
  });
  const { seed, seeds, lanes, ...rest } = values;
  if ((seed === undefined) === (seeds === undefined))
    throw new TypeError(`expected either --seed or --seeds\n${USAGE}`);
  if (!/^[1-9]$/.test(lanes)) throw new TypeError(`--lanes: expected 1 to 9, got "${lanes}"\n${USAGE}`);
  return { ...rest, lanes: Number(lanes), seeds: seedsOf(seed ?? seeds ?? '', new Date()) };
}
