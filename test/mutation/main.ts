/**
 * `[names…] [--seeds N] [--minutes M] [--without-specs] [--write]`: makes the mutations whose name or kind is given; without names, all of them.
 * Makes each one in a copy of the sources of its own, and tells what catches it: the simulation within N seeds, or a spec that is named for it. The
 * exit code is 1 if a mutation survives, or if a spec fails without any mutation. With `--minutes M` no mutation begins after M minutes, and the
 * order is another one every day. `--write` puts the rows into the table of `docs/reliability.md`.
 */
import { parseArgs } from 'node:util';
import { randomOf } from '../chaos/random.ts';
import type { Mutation } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';
import { control, hunt } from './hunt.ts';
import { rowOf, tableOf, writeRows } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '300' },
    minutes: { type: 'string' },
    'without-specs': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const isWanted = (name: string, kind: string) =>
  positionals.length === 0 || positionals.some((word) => name.includes(word) || kind === word);
const mutations = MUTATIONS.filter(({ name, kind }) => isWanted(name, kind));
if (mutations.length === 0) throw new Error(`expected the name of a mutation, got ${positionals.join(', ')}`);

const hunted = [];
for (const mutation of values.minutes === undefined ? mutations : shuffled(mutations)) {
  if (values.minutes !== undefined && process.uptime() > Number(values.minutes) * 60) break;
  const began = Date.now();
  const specs = values['without-specs'] ? [] : mutation.specs;
  const caught = await hunt({ ...mutation, specs }, Number(values.seeds));
  hunted.push({ mutation, caught });
  if (values.write) await writeRows([rowOf(mutation, caught)]);
  console.error(
    `${mutation.name}: ${JSON.stringify(caught)} (${((Date.now() - began) / 1000).toFixed(1)} s)`,
  );
}
if (hunted.length < mutations.length)
  console.error(`there was time for ${hunted.length} of ${mutations.length}`);
console.log(tableOf(hunted.map(({ mutation, caught }) => rowOf(mutation, caught))));
// A spec that fails without any mutation is no proof.
const blamed = hunted.flatMap(({ caught }) => (caught.kind === 'spec' ? [caught.spec] : []));
const innocent = await control([...new Set(blamed)]);
if (innocent !== undefined) console.error(`fails without a mutation, too: ${innocent}`);
const survivors = hunted.filter(({ caught }) => caught.kind === 'survived').length;
if (survivors > 0) console.error(`${survivors} survived: no test sees them`);
process.exitCode = survivors > 0 || innocent !== undefined ? 1 : 0;

function shuffled(all: readonly Mutation[]): readonly Mutation[] {
  const random = randomOf(new Date().toISOString().slice(0, 10));
  return all
    .map((mutation) => ({ mutation, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ mutation }) => mutation);
}
