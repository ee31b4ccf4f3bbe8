/** Tells the meter how changes have ended. */
import type { ChangeEnd, StepEnd } from '../../gateway/change-end.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { Meter } from '../../gateway/meter.ts';

const OTHER = 'other';
/** How many kinds are told apart at most. Kinds beyond the worker's own were published in etcd. */
const MOST_KINDS = 64;

/**
 * Returns a listener that counts ended changes. `kinds`: the kinds of the worker's folder. A request may name any type. A refused request for an unknown
 * type is counted, but adds no series.
 */
export function countingChanges(
  meter: Meter,
  kinds: Iterable<string>,
): (end: ChangeEnd, steps: readonly StepEnd[]) => void {
  const known = new Set(kinds);
  const kindOf = ({ resourceType, outcome }: ChangeEnd): string => {
    if (outcome !== 'refused' && known.size < MOST_KINDS) known.add(resourceType);
    return known.has(resourceType) ? resourceType : OTHER;
  };
  return (end, steps) => {
    const { outcome, failureType = '', seconds, alreadyEnded } = end;
    const action = end.action ?? 'unknown';
    const failure_type = failureType === '' || failureType in FAILURES ? failureType : OTHER;
    meter.record('changesEnded', 1, { action, kind: kindOf(end), outcome, failure_type });
    if (alreadyEnded) return;
    meter.record('changeDuration', seconds, { action, outcome });
    for (const one of steps)
      meter.record('stepDuration', one.seconds, { step: one.step, outcome: one.outcome });
  };
}
