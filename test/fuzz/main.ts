/**
 * Fuzzes with a given number of inputs: `npm run fuzz -- [--only framing,xml] [--inputs 10000000] [--seed 1]`.
 * `--inputs` is the number for all targets together.
 */
import { parseArgs } from 'node:util';
import { FuzzError, fuzz } from './run.ts';
import { TARGETS } from './targets/index.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    inputs: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: '1' },
  },
});
const only = values.only?.split(',');
const unknown = only?.filter((name) => !TARGETS.some((target) => target.name === name)) ?? [];
const total = Number(values.inputs);
if (unknown.length > 0 || !Number.isSafeInteger(total) || total < 1) {
  const names = TARGETS.map(({ name }) => name).join(', ');
  console.error(`expected --only with some of ${names}, and --inputs with a whole number from 1`);
  process.exit(2);
}

const chosen = TARGETS.filter(({ name }) => only === undefined || only.includes(name));
const shares = chosen.reduce((sum, { share }) => sum + share, 0);
const from = performance.now();
let done = 0;
for (const target of chosen) {
  const inputs = Math.ceil((total * target.share) / shares);
  try {
    const ran = await fuzz(target, { inputs, seed: values.seed });
    done += ran.inputs;
    const rate = Math.round((ran.inputs / ran.ms) * 1_000).toLocaleString('en');
    console.log(
      `${target.name.padEnd(12)} ${ran.inputs.toLocaleString('en').padStart(12)} inputs ${rate.padStart(10)}/s`,
    );
  } catch (error) {
    if (!(error instanceof FuzzError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
const seconds = Math.round((performance.now() - from) / 1_000);
console.log(
  `${'all'.padEnd(12)} ${done.toLocaleString('en').padStart(12)} inputs in ${seconds} s, seed ${values.seed}`,
);
