/** Telling members apart, and remembering how they ended. */
import { isSameGateway } from '../gateway/resource.ts';
import { PAIR_LIMITS } from './limits.ts';
import type { PairMember } from './messages.ts';
import type { Member, MemberOutcome, PairState } from './state.ts';

/** Whether both are members of one gateway, whatever its version or run. */
export function isOfSameGateway(
  one: Pick<PairMember, 'gateway'>,
  other: Pick<PairMember, 'gateway'>,
): boolean {
  return isSameGateway(one.gateway, other.gateway);
}

/** Whether both are the same run of the same gateway. */
export function isSame(
  one: Pick<PairMember, 'gateway' | 'run'>,
  other: Pick<PairMember, 'gateway' | 'run'>,
): boolean {
  return isOfSameGateway(one, other) && one.run === other.run;
}

/** A member that ended, with the answer that it gets. */
export interface EndedMember extends Pick<MemberOutcome, 'answer' | 'neverApplied'> {
  readonly member: Member;
}

/** Remembers how these members ended ("sequence", M2). */
export function withOutcomes(state: PairState, ended: readonly EndedMember[]): PairState {
  if (ended.length === 0) return state;
  const fresh = ended.map(({ member, answer, neverApplied }): MemberOutcome => {
    const { gateway, run, name, sequence } = member;
    return { gateway, run, name, sequence, answer, ...(neverApplied && { neverApplied }) };
  });
  const older = state.outcomes.filter((outcome) => !fresh.some((one) => isOfSameGateway(one, outcome)));
  return { ...state, outcomes: [...older, ...fresh].slice(-PAIR_LIMITS.remembered) };
}
