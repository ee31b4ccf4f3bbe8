/** Nothing is applied twice, no confirmed commit is put on top of a pending one, and we confirm no pending commit of another user. */
import type { Case } from './case.ts';
import type { Tape } from './tape.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('once');

export function once({ tapes }: Case): readonly Violation[] {
  return tapes.flatMap((tape) => [...nets(tape), ...repeats(tape)]);
}

function nets(tape: Tape): readonly Violation[] {
  return tape.router.tape.flatMap((entry) => {
    if ((entry.kind !== 'committed' && entry.kind !== 'confirmed') || !tape.isOurs(entry.user)) return [];
    const { met, at, kind } = entry;
    if (met === null) return [];
    const tell = (expected: string, found: string) => [violation(tape.name, expected, found, at)];
    if (!tape.isOurs(met.user))
      return tell(`${met.user}'s confirmed commit is left to ${met.user}`, `we have ${kind} upon it`);
    return kind === 'committed' && entry.until !== null
      ? tell('no confirmed commit upon a pending one', `"${entry.log}" upon "${met.log}"`)
      : [];
  });
}

/**
 * Each commit of ours changes something, except a commit that makes a pending commit permanent. One such commit is allowed after each trial even if
 * nothing is pending any more, because not every router shows whether anything is. A router that restarts may have lost the last entry of its commit
 * history, so that after a restart such a commit may come again.
 */
function repeats(tape: Tape): readonly Violation[] {
  let isOnTrial = false;
  let hasConfirmed = false;
  return tape.moments.flatMap(({ entry, running, at }, index) => {
    if (entry?.kind === 'restarted') isOnTrial ||= hasConfirmed;
    if (entry?.kind !== 'committed' || !tape.isOurs(entry.user)) return [];
    const before = tape.moments[index - 1]?.running.list.join('\n');
    const confirms = entry.until === null && (entry.met !== null || isOnTrial);
    hasConfirmed = confirms;
    isOnTrial = entry.until !== null;
    return before === running.list.join('\n') && !confirms
      ? [violation(tape.name, 'nothing is committed twice', `"${entry.log}" changed nothing`, at)]
      : [];
  });
}
