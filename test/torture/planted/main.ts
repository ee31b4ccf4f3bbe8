/**
 * `[names…] [--seeds N] [--without-specs] [--write]`: plants each bug whose name or kind is named, all without names, each in a copy of the sources of
 * its own, and tells who catches it: the fakes within N seeds, or the specs that are named for it. Exit code 1 if one survives.
 * `--write` puts the table into `docs/reliability.md`.
 */
import { parseArgs } from 'node:util';
import { BUGS } from './bugs.ts';
import { control, hunt } from './hunt.ts';
import { tableOf, writeTable } from './table.ts';
import type { Row } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '300' },
    'without-specs': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const bugs = BUGS.filter(
  ({ name, kind }) =>
    positionals.length === 0 || positionals.some((word) => name.includes(word) || kind === word),
);
if (bugs.length === 0) throw new Error(`expected the name of a planted bug, got ${positionals.join(', ')}`);

const rows: Row[] = [];
for (const bug of bugs) {
  const began = Date.now();
  const specs = values['without-specs'] ? [] : bug.specs;
  const caught = await hunt({ ...bug, specs }, Number(values.seeds));
  rows.push({ bug, caught });
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.error(`${bug.name}: ${JSON.stringify(caught)} (${seconds} s)`);
}
const blamed = rows.filter(({ caught }) => caught.kind === 'spec').flatMap(({ bug }) => bug.specs);
const innocent = await control([...new Set(blamed)]);
console.log(tableOf(rows));
if (innocent !== undefined) console.error(`fails without a bug, too: ${innocent}`);
if (values.write) await writeTable(rows);
const survivors = rows.filter(({ caught }) => caught.kind === 'survived');
if (survivors.length > 0) console.error(`${survivors.length} survived: the harness is blind to them`);
process.exitCode = survivors.length > 0 || innocent !== undefined ? 1 : 0;
