/** Things done twice, or to the wrong one. */
import type { TapeEntry } from '../../../simulator/device/tape.ts';
import { adds, onRouter, onTape } from '../spoil.ts';
import type { Spoilt } from '../spoil.ts';

const author = { user: 'alice', log: 'a try of hers' };

export const once: readonly Spoilt[] = [
  [
    'a confirmed commit upon a pending one of ours',
    onTape(0, (entry) =>
      entry.kind === 'committed' && entry.until !== null
        ? [{ ...entry, met: { user: 'esi', log: 'first' } }]
        : [entry],
    ),
    /upon "first"/,
  ],
  [
    "an operator's try confirmed by a check",
    adds((at) => ({ at, kind: 'confirmed', user: 'esi', met: author })),
    /confirmed upon it/,
  ],
  [
    "an operator's try confirmed by a commit",
    onTape(0, (entry) => (entry.kind === 'committed' ? [{ ...entry, met: author }] : [entry])),
    /committed upon it/,
  ],
  [
    'the same commit twice',
    (evidence) => {
      const commit = evidence.routers[0]?.tape.find(({ kind }) => kind === 'committed') as TapeEntry;
      return onRouter(0, ({ tape }) => {
        const at = tape.indexOf(commit) + 1;
        return { tape: tape.toSpliced(at, 0, { ...commit, at: commit.at + 1 }) };
      })(evidence);
    },
    /changed nothing/,
  ],
];
