/** Makes a run and has the checker judge it. */
import type { Kinds } from '../../activities/dependencies.ts';
import { violationsOf } from '../chaos/checker/violation.ts';
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
  const violations = [
    ...verdictOn(result.evidence, result.isAtRest),
    ...[...new Set(result.unawaited)].map(unawaited),
    ...result.unpaid.map(unpaid),
  ];
  return { run: result, violations };
}

/** The promise that what is owed is paid without a further request was broken. */
function unpaid(router: string): Violation {
  return violationsOf('liveness')(
    router,
    'owes nothing once all has come to rest',
    'something is owed there',
  );
}

/** The promise that a write is awaited before the next step was broken. */
function unawaited(call: string): Violation {
  return violationsOf('order')(call, 'nothing goes on before it is answered', 'it was not awaited');
}
