/** A batch whose router a person has retired: no reservation begins there until the router is readmitted. */
import { FAILURES } from '../gateway/failures.ts';
import type { PairLimits } from './limits.ts';
import { withOutcomes } from './members.ts';
import type { EndedMember } from './members.ts';
import { answersTo } from './outcomes.ts';
import { reservationBlocked } from './owing.ts';
import type { Decision } from './events.ts';
import type { Batch, PairState } from './state.ts';

/**
 * Members that were never applied end: nothing of them is on the routers. A member that may have been applied stays until the router is
 * readmitted, because only a look can tell how it ended ("failed is looked at too", T6).
 */
export function routerRetired(
  state: PairState,
  batch: Batch,
  why: string,
  now: number,
  limits: PairLimits,
): Decision {
  const ended = batch.members
    .filter(({ mayBeApplied }) => !mayBeApplied)
    .map((member): EndedMember => ({
      member,
      answer: { kind: 'reverted', type: FAILURES.RouterRetired, reason: why, owedOn: [] },
      neverApplied: true,
    }));
  const members = batch.members.filter(({ mayBeApplied }) => mayBeApplied);
  const answers = ended.flatMap(({ member, answer }) => answersTo(member, answer, true));
  const onward = reservationBlocked(withOutcomes(state, ended), { ...batch, members }, { why }, now, limits);
  return { state: onward.state, commands: [...answers, ...onward.commands] };
}
