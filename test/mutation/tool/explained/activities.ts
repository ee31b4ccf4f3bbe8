import type { Survivor } from '../survivors.ts';
import { WORDS } from './reasons.ts';

/** Mutants of `activities/pair/` that no test has to notice. */
export const ACTIVITIES: readonly Survivor[] = [
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
  {
    file: 'activities/pair/conflicts.ts',
    line: 'if (after === null) return undefined;',
    why: 'only for the compiler: a deletion has no statement in any stanza',
  },
  {
    file: 'activities/pair/conflicts.ts',
    line: 'if (!known.has(parent)) known.set(parent, problemOfParent(router.look.running, parent));',
    put: 'true',
    why: 'judged once for each child, a parent is found to stand, or not, as before',
  },
  {
    file: 'activities/pair/conflicts.ts',
    line: 'const [first = []] = ownedBy(change);',
    why: 'only for the compiler: what stands of a change is a stanza of it',
  },
  {
    file: 'activities/pair/members.ts',
    line: 'return (reservation?.members ?? []).some(',
    put: '["Stryker was here"]',
    why: 'what is no member is the same as none',
  },
  {
    file: 'activities/pair/members.ts',
    line: 'return (reservation?.members ?? []).some((left) =>',
    put: '["Stryker was here"]',
    why: 'what is no member is the same as none',
  },
  {
    file: 'activities/pair/others-before.ts',
    line: 'const shown = await observe(netconf, { interfaces: units, filters: [], sessions: [], routes: [] });',
    put: '["Stryker was here"]',
    why: 'what else is asked for is not looked at',
  },
];
