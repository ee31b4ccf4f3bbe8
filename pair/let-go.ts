/** Members that leave the pair, and the answers that they get. */
import { memberOf } from './batch.ts';
import type { Decision, PairCommand } from './events.ts';
import { withOutcomes } from './members.ts';
import type { EndedMember } from './members.ts';
import type { PairAnswer, Reverted } from './messages.ts';
import type { Batch, Member, PairState } from './state.ts';

/** A member that leaves without a look at the routers, because the pair never applied it. */
export function neverApplied(
  member: Member,
  { type, reason }: Pick<Reverted, 'type' | 'reason'>,
): EndedMember {
  return { member, answer: { kind: 'reverted', type, reason, owedOn: [] }, neverApplied: true };
}

/** Ends these members, which may be in the batch or wait, and goes on with what is left. */
export function letGo(
  state: PairState,
  batch: Batch,
  ended: readonly EndedMember[],
  goOn: (state: PairState, batch: Batch) => Decision,
): Decision {
  const gone = new Set(ended.map(({ member }) => member));
  const without = (members: readonly Member[]) => members.filter((member) => !gone.has(member));
  const next = { ...withOutcomes(state, ended), waiting: without(state.waiting) };
  const onward = goOn(next, { ...batch, members: without(batch.members) });
  const answers = ended.flatMap(({ member, answer, neverApplied }) =>
    answersTo(member, answer, neverApplied),
  );
  return { state: onward.state, commands: [...answers, ...onward.commands] };
}

/** The command that answers this member; none if its last request was answered before. */
export function answersTo(member: Member, answer: PairAnswer, neverApplied?: true): PairCommand[] {
  const { replyTo } = member;
  if (replyTo === null) return [];
  return [
    { kind: 'answer', replyTo, member: memberOf(member), answer, ...(neverApplied && { neverApplied }) },
  ];
}
