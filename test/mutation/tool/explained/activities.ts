import type { Survivor } from '../survivors.ts';
import { WORDS } from './reasons.ts';

/** Mutants of `activities/pair/` that no test has to notice. */
export const ACTIVITIES: readonly Survivor[] = [
  {
    file: 'activities/pair/recognize.ts',
    line: 'return count > 0 && own === count && Date.now() + verdictTime(policy) + policy.confirmMarginMs < until;',
    put: 'Date.now() + verdictTime(policy) + policy.confirmMarginMs <= until',
    why: 'a millisecond of a margin of many seconds',
  },
  {
    file: 'activities/pair/recognize.ts',
    line: "const presence: Presence = change === undefined ? { kind: 'before' } : router.presence(change);",
    why: 'only for the compiler: each member has a change on each router',
  },
  {
    file: 'activities/pair/settle-plan.ts',
    line: 'if (!isBefore(view.presence(member)) && view.isOurs(member) && where(view)) revert[index]?.add(member);',
    put: 'revert[index].add',
    why: 'only for the compiler: there is a set for each view',
  },
  {
    file: 'activities/pair/settle-plan.ts',
    line: 'return `${view.name}: "${describePath(presence.missing)}" was removed by somebody else`;',
    why: WORDS,
  },
];
