import { FAILURES } from '../../gateway/failures.ts';
import type { SeenInput, StepInput } from '../../gateway/outcomes.ts';
import type { Observation } from '../../gateway/plan.ts';
import { mergedWords } from '../../gateway/monitor-words.ts';
import type { MonitorWords } from '../../gateway/records.ts';
import { ROLES } from '../../gateway/resource.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import type { RecordOutcome } from '../../etcd/progress.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { RefusedError } from '../refused.ts';
import { refusalOf } from './not-owned.ts';

/** Writes the stack's record and `heat_outputs`. */
export function recordingStack(deps: Dependencies) {
  return (input: StepInput): Promise<void> => classified(() => recordStack(deps, input));
}

export async function recordStack(
  { store }: Pick<Dependencies, 'store'>,
  { gateway, run }: StepInput,
): Promise<void> {
  accept(gateway, await store.recordStack(gateway, run));
}

/** Writes `state_monitoring`. */
export async function recordMonitoring(
  { store }: Pick<Dependencies, 'store'>,
  { gateway, run, seen }: SeenInput,
): Promise<void> {
  accept(gateway, await store.recordMonitoring(gateway, run, wordsOf(seen)));
}

/** The monitoring words of both routers together, in the kind's order. Each router was polled until all that it has to show was seen. */
export function wordsOf(seen: readonly Observation[]): MonitorWords {
  const [primary, secondary] = ROLES.map((role) => seen.find((one) => one.role === role)?.words ?? {});
  return mergedWords(primary ?? {}, secondary ?? {});
}

function accept(gateway: GatewayVersion, outcome: RecordOutcome): void {
  if (outcome.kind === 'recorded') return;
  if (outcome.kind !== 'lost') throw refusalOf(outcome, gateway);
  throw new RefusedError(
    FAILURES.Superseded,
    `job_state was changed by somebody else: ${outcome.found.slice(0, 120)}`,
  );
}
