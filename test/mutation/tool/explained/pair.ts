import type { Survivor } from '../survivors.ts';
import { WORDS } from './reasons.ts';

/** Mutants of `pair/` that no test has to notice. */
export const PAIR: readonly Survivor[] = [
  {
    file: 'pair/outcomes.ts',
    line: 'const isComplete = member.verdict === null && (outcome.complete ?? []).some((one) => isSame(one, member));',
    put: '["Stryker was here"]',
    why: 'what is no member is the same as none',
  },
  {
    file: 'pair/outcomes.ts',
    line: 'member.verdict === null && (outcome.postponed ?? []).some((one) => isSame(one, member));',
    put: '["Stryker was here"]',
    why: 'what is no member is the same as none',
  },
  {
    file: 'pair/outcomes.ts',
    line: "const action = member.mayBeApplied ? 'confirm' : 'apply';",
    put: '""',
    why: 'whatever is not `confirm` is answered as `apply`',
  },
  {
    file: 'pair/outcomes.ts',
    line: "case 'complete':",
    why: 'an answer without a trial is of no trial, and then nothing follows either',
  },
  {
    file: 'pair/outcomes.ts',
    line: "if (member.verdict?.kind === 'revert') {",
    put: 'member.verdict.kind',
    why: 'only for the compiler: whoever is settled has a verdict',
  },
  {
    file: 'pair/outcomes.ts',
    line: "const NOT_REPORTED = { type: FAILURES.Internal, reason: 'applying did not report what became of it' };",
    why: WORDS,
  },
  {
    file: 'pair/batch.ts',
    line: 'members.filter(({ verdict }) => verdict?.kind === kind).map(memberOf);',
    put: 'verdict.kind',
    why: 'only for the compiler: whoever is settled has a verdict',
  },
  {
    file: 'pair/batch.ts',
    line: "if (batch?.phase !== 'waiting for verdicts' || undecided(batch).length > 0) return { state, commands: [] };",
    put: 'batch.phase',
    why: 'only for the compiler: there is a batch when a verdict is given',
  },
  {
    file: 'pair/members.ts',
    line: 'if (ended.length === 0) return state;',
    put: 'false',
    why: 'saves a copy of the state, which says the same',
  },
];
