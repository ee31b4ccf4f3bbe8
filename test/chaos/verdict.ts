/** What the checker says of a run, and whether it came to rest. */
import { check } from './checker/check.ts';
import type { Violation } from './checker/violation.ts';
import type { Evidence } from './evidence.ts';

export function verdictOn(evidence: Evidence, isAtRest: boolean): readonly Violation[] {
  const late: Violation = {
    invariant: 'liveness',
    subject: 'the whole',
    expected: 'at rest in time',
    found: 'not at rest',
    at: null,
  };
  return [...check(evidence), ...(isAtRest ? [] : [late])];
}
