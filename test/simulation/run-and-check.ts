/** A run and what the checker says of it. */
import type { Kinds } from '../../activities/dependencies.ts';
import type { Violation } from '../chaos/checker/violation.ts';
import { verdictOn } from '../chaos/verdict.ts';
import { run } from './run.ts';
import type { Run } from './run.ts';
import type { Schedule } from './schedule.ts';

export interface Verdict {
  readonly run: Run;
  readonly violations: readonly Violation[];
}

export async function judge(schedule: Schedule, kinds: Kinds, isTold = false): Promise<Verdict> {
  const result = await run(schedule, kinds, isTold);
  return { run: result, violations: verdictOn(result.evidence, result.isAtRest) };
}
