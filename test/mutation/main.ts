/**
 * `[names…] [--seeds N] [--minutes M] [--without-specs] [--write]`: plants each bug whose name or kind is named, all without names, each in a copy of
 * the sources of its own, and tells who catches it: the fakes within N seeds, or the specs that are named for it. Exit code 1 if one
 * survives. `--minutes M` begins none after so long, and takes them in another order every day. `--write` puts the rows into the table of `docs/reliability.md`.
 */
import { parseArgs } from 'node:util';
import { randomOf } from '../chaos/random.ts';
import type { Bug } from './bug.ts';
import { BUGS } from './bugs.ts';
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
const bugs = BUGS.filter(({ name, kind }) => isWanted(name, kind));
if (bugs.length === 0) throw new Error(`expected the name of a planted bug, got ${positionals.join(', ')}`);

const hunted = [];
for (const bug of values.minutes === undefined ? bugs : shuffled(bugs)) {
  if (values.minutes !== undefined && process.uptime() > Number(values.minutes) * 60) break;
  const began = Date.now();
  const specs = values['without-specs'] ? [] : bug.specs;
  const caught = await hunt({ ...bug, specs }, Number(values.seeds));
  hunted.push({ bug, caught });
  if (values.write) await writeRows([rowOf(bug, caught)]);
  console.error(`${bug.name}: ${JSON.stringify(caught)} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}
if (hunted.length < bugs.length) console.error(`there was time for ${hunted.length} of ${bugs.length}`);
console.log(tableOf(hunted.map(({ bug, caught }) => rowOf(bug, caught))));
// A spec that fails without any bug is no proof.
const blamed = hunted.flatMap(({ caught }) => (caught.kind === 'spec' ? [caught.spec] : []));
const innocent = await control([...new Set(blamed)]);
if (innocent !== undefined) console.error(`fails without a bug, too: ${innocent}`);
const survivors = hunted.filter(({ caught }) => caught.kind === 'survived').length;
if (survivors > 0) console.error(`${survivors} survived: the harness is blind to them`);
process.exitCode = survivors > 0 || innocent !== undefined ? 1 : 0;

function shuffled(all: readonly Bug[]): readonly Bug[] {
  const random = randomOf(new Date().toISOString().slice(0, 10));
  return all
    .map((bug) => ({ bug, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ bug }) => bug);
}
