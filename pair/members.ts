import type { PairMember } from './messages.ts';
import type { MemberOutcome, PairState, Member } from './state.ts';

/** How many ended members are remembered: far more than requests can be late. */
const REMEMBERED = 1_000;

/** Whether two speak of the same gateway, whatever its version or run. */
export function isSameGateway(one: Pick<PairMember, 'gateway'>, other: Pick<PairMember, 'gateway'>): boolean {
  return (
    one.gateway.resourceType === other.gateway.resourceType &&
    one.gateway.resourceId === other.gateway.resourceId
  );
}

/** Whether two are the same run of the same gateway. */
export function isSame(
  one: Pick<PairMember, 'gateway' | 'run'>,
  other: Pick<PairMember, 'gateway' | 'run'>,
): boolean {
  return isSameGateway(one, other) && one.run === other.run;
}

/** Remembers how members ended (M2). */
export function withOutcomes(
  state: PairState,
  ended: readonly ({ readonly member: Member } & Pick<MemberOutcome, 'answer' | 'neverApplied'>)[],
): PairState {
  if (ended.length === 0) return state;
  const fresh = ended.map(({ member, answer, neverApplied: neverApplied }): MemberOutcome => {
    const { gateway, run, name, sequence: sequence, verdict } = member;
    const seen = verdict?.kind === 'confirm' ? verdict.seen : [];
    return { gateway, run, name, sequence, answer, seen, ...(neverApplied && { neverApplied: neverApplied }) };
  });
  const older = state.outcomes.filter((note) => !fresh.some((one) => isSameGateway(one, note)));
  return { ...state, outcomes: [...older, ...fresh].slice(-REMEMBERED) };
}
