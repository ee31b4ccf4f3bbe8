/** A run and what the checker says of it. */
import type { Kinds } from '../../../activities/kinds.ts';
import { check } from '../checker/check.ts';
import type { Violation } from '../checker/violation.ts';
import { run } from './run.ts';
import type { Run } from './run.ts';
import type { Schedule } from './schedule.ts';

export interface Verdict {
  readonly run: Run;
  readonly violations: readonly Violation[];
}

export async function judge(schedule: Schedule, kinds: Kinds, isTold = false): Promise<Verdict> {
  const result = await run(schedule, kinds, isTold);
  const late: Violation = {
    invariant: 'liveness',
    subject: 'the whole',
    expected: 'at rest in time',
    found: 'not at rest',
    at: null,
  };
  return { run: result, violations: [...check(result.evidence), ...(result.isAtRest ? [] : [late])] };
}
