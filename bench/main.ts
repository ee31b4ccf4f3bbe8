/**
 * `npm run bench`: measures how fast gateway-saga is, as ratios to something that is measured in the same run. Exit codes: 0 when the
 * measurements could be made, whether goals were met or not; 1 when something failed; 2 when the command line was not understood.
 */
import { measureBurst } from './burst.ts';
import { measureChildren } from './children.ts';
import { measureCreate } from './create.ts';
import { describeMachine, machineText } from './machine.ts';
import { measureMany } from './many.ts';
import { measureMemory } from './memory.ts';
import { BenchUsageError, USAGE, benchOptions } from './options.ts';
import type { BenchOptions, Measurement } from './options.ts';
import { measurePair } from './pair.ts';
import { measurePush } from './push.ts';
import { measureRouters } from './routers.ts';
import type { Row } from './row.ts';
import { measureSlow } from './slow.ts';
import { tableOf } from './table.ts';

const MEASURE: Readonly<Record<Measurement, (runs?: number, gateways?: number) => Promise<Row[]>>> = {
  push: measurePush,
  create: measureCreate,
  pair: measurePair,
  many: measureMany,
  memory: measureMemory,
  burst: measureBurst,
  children: measureChildren,
  routers: measureRouters,
  slow: measureSlow,
};

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = benchOptions(argv);
  } catch (error) {
    if (!(error instanceof BenchUsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const machine = await describeMachine();
  if (!options.json) process.stdout.write(`${machineText(machine)}\n\n`);
  const rows: Row[] = [];
  for (const name of options.only) {
    process.stderr.write(`measuring: ${name} …\n`);
    rows.push(...(await MEASURE[name](options.runs, options.gateways)));
  }
  process.stdout.write(
    options.json ? `${JSON.stringify({ machine, rows }, null, 2)}\n` : `\n${tableOf(rows)}\n`,
  );
  return 0;
}
