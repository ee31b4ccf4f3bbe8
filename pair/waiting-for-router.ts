/** A batch that has its turn, but not its routers: somebody is in the way on one, or it is away. */
import { apply, enter, unjudged } from './batch.ts';
import { reply } from './outcomes.ts';
import type { Ended } from './outcomes.ts';
import { withOutcomes } from './members.ts';
import type { Batch, Decision, PairState } from './state.ts';

/** Nothing came of the applying: who was asked to go meanwhile, and was never applied before, can. */
export function waitFor(state: PairState, on: Batch, why: string, now: number): Decision {
  const ended = on.members.flatMap((member): Ended[] => {
    const { verdict, mayBeApplied: mayBeApplied } = member;
    if (verdict?.kind !== 'revert' || mayBeApplied) return [];
    const { type, reason } = verdict;
    return [{ member, answer: { kind: 'reverted', type, reason, owedOn: [] }, neverApplied: true }];
  });
  const members = on.members.filter((one) => !ended.some(({ member }) => member === one));
  const next = enter({ ...on, members }, 'waiting for a router', now);
  const onward = awaited(withOutcomes(state, ended), next, why, now);
  const answers = ended.flatMap(({ member, answer }) => reply(member, answer, true));
  return { state: onward.state, commands: [...answers, ...onward.commands] };
}

/** With nothing in the way any more, or nobody left who wants it, it goes on; else it waits, for what is in the way now. */
export function awaited(state: PairState, on: Batch, why: string | null, now: number): Decision {
  if (why === null || unjudged(on).length === 0) return apply(state, on, now);
  const { reservation, triedSince } = on;
  return {
    state: { ...state, batch: { ...on, blockedBy: why } },
    commands: [{ kind: 'await routers', reservation, since: triedSince ?? now, known: why }],
  };
}
