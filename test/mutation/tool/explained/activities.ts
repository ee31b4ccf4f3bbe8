import type { Survivor } from '../survivors.ts';
import { WORDS } from './reasons.ts';

/** Mutants of `activities/pair/` that no test has to notice. */
export const ACTIVITIES: readonly Survivor[] = [
  {
    file: 'activities/pair/carry-out.ts',
    line: 'for (let tookBack = false; plan === undefined || open.size > 0 || tookBack;) {',
    put: 'true',
    why: 'the first round comes in any case, and sets it',
  },
  {
    file: 'activities/pair/carry-out.ts',
    line: 'for (let tookBack = false; plan === undefined || open.size > 0 || tookBack;) {',
    put: 'false',
    why: 'only for the compiler: without a plan each router is open',
  },
  {
    file: 'activities/pair/carry-out.ts',
    line: '({ member }) => revert[index]?.has(member) === true && !known.has(member),',
    put: 'revert[index].has',
    why: 'only for the compiler: there is a set for each router',
  },
  {
    file: 'activities/pair/carry-out.ts',
    line: "if (isGone && fates.get(member)?.kind === 'kept') throw happened(router, member, 'fell back');",
    put: 'fates.get(member).kind',
    why: 'only for the compiler: each member has a fate',
  },
  {
    file: 'activities/pair/apply-outcome.ts',
    line: "const committed = results.map((result) => (result.status === 'fulfilled' ? result.value : undefined));",
    put: 'true',
    why: 'only for the compiler: what was rejected has no value',
  },
  {
    file: 'activities/pair/read-family.ts',
    line: '(refs.get(workflowIdOf(gateway)) ?? []).flatMap((ref) => here.get(workflowIdOf(ref)) ?? []);',
    put: '["Stryker was here"]',
    why: 'what is no gateway is no parent; and each parent that a plan names was looked for',
  },
  {
    file: 'activities/pair/read-family.ts',
    line: "{ gateway: ref, name: names[index] ?? '', plan: plan instanceof Error ? undefined : plan },",
    put: '"Stryker was here!"',
    why: 'only for the compiler: there are as many names as parents',
  },
  {
    file: 'activities/pair/reservation.ts',
    line: "const isSettled = asksForLeft === true && 'nothingLeft' in outcome && outcome.nothingLeft === true;",
    put: 'true',
    why: 'only for the compiler: an outcome that has the field has it set',
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
