/** Things that were done twice, or done to the wrong commit. */
import type { TapeEntry } from '../../../simulator/device/tape.ts';
import { adds, onRouter, onTape } from '../spoil.ts';
import type { Spoil, Spoilt } from '../spoil.ts';

const author = { user: 'alice', log: 'a try of hers' };

/** The first trial is made permanent by a commit of its own on a router that does not show what is pending; the entries follow that commit. */
function afterConfirm(follow: (kept: TapeEntry & { kind: 'committed' }) => readonly TapeEntry[]): Spoil {
  return onRouter(0, ({ tape }) => {
    const index = tape.findIndex((entry) => entry.kind === 'committed');
    const trial = tape[index] as TapeEntry & { kind: 'committed' };
    const kept = { ...trial, until: null, met: null };
    return { tape: tape.toSpliced(index + 1, 0, kept, ...follow(kept)) };
  });
}

/** A commit that changes nothing, after a restart that may have lost the commit before it. */
export const repeatedAfterRestart: Spoil = afterConfirm((kept) => [
  { kind: 'restarted', at: kept.at, config: kept.config },
  kept,
]);

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
  ['an empty commit twice', afterConfirm((kept) => [kept]), /changed nothing/],
  [
    'an empty commit three times, with one restart between',
    afterConfirm((kept) => [{ kind: 'restarted', at: kept.at, config: kept.config }, kept, kept]),
    /changed nothing/,
  ],
];
