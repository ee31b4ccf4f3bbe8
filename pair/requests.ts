/**
 * One request of a saga: apply, confirm or revert. A request with a lower sequence number than the last one is ignored. One with the same
 * number is the same request again ("sequence", M2). A saga that got no answer sends its request again with a higher number: after a reset,
 * the pair may remember a request that the saga does not.
 */
import { answerCommand, arrivalOf, arrive, cancelled, looksAgain, mayLeave } from './arrive.ts';
import {
  appliedAnswer,
  hasAppliedNothing,
  nextBatch,
  settleOnceDecided,
  trialOf,
  undecided,
} from './batch.ts';
import type { PairLimits } from './limits.ts';
import { isOfSameGateway, isSame, withOutcomes } from './members.ts';
import type { PairRequest, Reverted } from './messages.ts';
import type { Decision, PairCommand, PairEvent } from './events.ts';
import type { Batch, Member, MemberOutcome, PairState, Phase, Verdict } from './state.ts';

type RevertRequest = PairRequest & { readonly action: { readonly kind: 'revert' } };

export function requested(state: PairState, request: PairRequest, now: number, limits: PairLimits): Decision {
  const { batch } = state;
  const outcome = state.outcomes.find((one) => isOfSameGateway(one, request));
  // After a lost reservation, an older run that is to be reverted may wait beside the newer run.
  const [inBatch, inQueue] = [batch?.members ?? [], state.waiting].map(
    (members) =>
      members.find((one) => isSame(one, request)) ?? members.find((one) => isOfSameGateway(one, request)),
  );
  const last = Math.max(outcome?.sequence ?? 0, inBatch?.sequence ?? 0, inQueue?.sequence ?? 0);
  if (request.sequence < last) return { state, commands: [] };
  // Once a member's records in etcd were gone, what the pair remembers of that member does not count any more.
  if (outcome !== undefined && isSame(outcome, request) && isNewApply(outcome, request)) {
    const outcomes = state.outcomes.filter((one) => one !== outcome);
    return requested({ ...state, outcomes }, request, now, limits);
  }
  // The member has ended, and its answer was lost or came too late. It gets the same answer again.
  if (outcome !== undefined && isSame(outcome, request) && !isNewRevert(outcome, request)) {
    const outcomes = state.outcomes.map((one) =>
      one === outcome ? { ...one, sequence: request.sequence } : one,
    );
    return {
      state: { ...state, outcomes },
      commands: [answerCommand(request, outcome.answer, outcome.neverApplied)],
    };
  }
  if (inQueue !== undefined)
    return requestedWhileWaiting(state, inQueue, inBatch === undefined, request, now);
  if (inBatch === undefined || batch === null) return arrive(state, request, now, limits);
  if (hasAppliedNothing(batch)) return requestedWhileWaiting(state, inBatch, true, request, now);
  return requestedWhileInBatch(state, batch, inBatch, request, now);
}

/**
 * Whether this is a new request to revert a member that a router may still carry. Either the member was kept or complete: then `/state` decides
 * ("settled state stays", T10). Or a router owes its inverse change.
 */
function isNewRevert({ sequence, answer }: MemberOutcome, request: PairRequest): boolean {
  const mayStand = answer.kind !== 'reverted' || answer.owedOn.length > 0;
  return mayStand && request.action.kind === 'revert' && request.sequence > sequence;
}

/** Whether this is a new request to apply a member whose records in etcd were gone. */
function isNewApply({ sequence }: MemberOutcome, { action, sequence: newer }: PairRequest): boolean {
  return looksAgain(action) && newer > sequence;
}

/**
 * This workflow has put nothing of the gateway on the routers. So a newer request replaces the one that waits, even if it is of a newer
 * run. `isAlone`: no other run of the gateway is in the batch.
 */
function requestedWhileWaiting(
  state: PairState,
  member: Member,
  isAlone: boolean,
  request: PairRequest,
  now: number,
): Decision {
  const arrival = {
    ...arrivalOf(request, now),
    since: member.since,
    ...(isNeverApplied(member, request) && { mayLeave: true as const }),
  };
  if (!isAlone || !leavesAtOnce(state, member, request)) {
    const next = replaced(state, member, [arrival]);
    return { state: next, commands: stopIfUnwanted(next, 'waiting for a router') };
  }
  const { type, reason } = cancelled(request.action.reason);
  const answer: Reverted = { kind: 'reverted', type, reason, owedOn: [] };
  const next = withOutcomes(replaced(state, member, []), [{ member: arrival, answer, neverApplied: true }]);
  return {
    state: next,
    commands: [answerCommand(request, answer, true), ...stopIfUnwanted(next, 'waiting for a router')],
  };
}

/**
 * A workflow that was reset can't know that a member was never applied, so the member was not answered. The member goes back to the front of the
 * queue, and the routers are looked at under a reservation.
 */
export function uncertain(
  state: PairState,
  { member, replyTo }: Extract<PairEvent, { readonly kind: 'uncertain' }>,
  now: number,
  limits: PairLimits,
): Decision {
  const outcome = state.outcomes.find((one) => isSame(one, member) && one.neverApplied);
  if (outcome === undefined || outcome.answer.kind !== 'reverted') return { state, commands: [] };
  const outcomes = state.outcomes.filter((one) => one !== outcome);
  const verdict = cancelled(outcome.answer.reason);
  const { sequence } = outcome;
  const returned: Member = { ...member, sequence, replyTo, since: now, mayBeApplied: true, verdict };
  // If the pair has a newer run of the gateway already, that run finds what may be left, and no activity waits for the older run's answer
  // any more.
  const members = [...state.waiting, ...(state.batch?.members ?? [])];
  const isReplaced = members.some((one) => isOfSameGateway(one, member));
  const waiting = isReplaced ? state.waiting : [returned, ...state.waiting];
  return nextBatch({ ...state, recovered: false, outcomes, waiting }, now, limits);
}

function requestedWhileInBatch(
  state: PairState,
  batch: Batch,
  member: Member,
  request: PairRequest,
  now: number,
): Decision {
  const { sequence, replyTo, action } = request;
  const withMember = (change: Partial<Member>) => replaced(state, member, [{ ...member, ...change }]);
  if (!isSame(member, request)) {
    // Another run of the same gateway: the older run is reverted first, then the newer run goes into the next batch.
    const members = batch.members.map((one) =>
      isOfSameGateway(one, request)
        ? { ...one, verdict: revertVerdict(batch, one, 'another run took over') }
        : one,
    );
    const waiting = [...state.waiting, arrivalOf(request, now)];
    return settleOnceDecided({ ...state, batch: { ...batch, members }, waiting }, now);
  }
  const isAwaited = batch.phase === 'waiting for verdicts' && member.verdict === null;
  switch (action.kind) {
    case 'revert': {
      const verdict = revertVerdict(batch, member, action.reason);
      const next = withMember({ sequence, replyTo, verdict });
      return batch.phase === 'applying'
        ? { state: next, commands: stopIfUnwanted(next, 'applying') }
        : settleOnceDecided(next, now);
    }
    case 'confirm': {
      // The answer follows once the batch is applied again, or settled.
      if (!isAwaited) return { state: withMember({ sequence, replyTo, mayBeApplied: true }), commands: [] };
      if (action.trial !== trialOf(batch)) {
        return {
          state: withMember({ sequence }),
          commands: [answerCommand(request, appliedAnswer(batch, 'confirm'))],
        };
      }
      const verdict = { kind: 'confirm' } as const;
      return settleOnceDecided(withMember({ sequence, replyTo, mayBeApplied: true, verdict }), now);
    }
    case 'apply': {
      if (!isAwaited)
        return { state: withMember({ sequence, replyTo, mayBeApplied: looksAgain(action) }), commands: [] };
      return {
        state: withMember({ sequence }),
        commands: [answerCommand(request, appliedAnswer(batch, 'apply'))],
      };
    }
  }
}

/** The command that stops applying, or waiting for a router, once every member of the batch is to be reverted. */
function stopIfUnwanted({ batch }: PairState, phase: Phase): readonly PairCommand[] {
  return batch?.phase === phase && undecided(batch).length === 0 ? [{ kind: 'stop applying' }] : [];
}

/**
 * Once settling has begun, its outcome is the answer, whichever it is. A revert that comes after that counts only for a member that must be
 * applied again.
 */
function revertVerdict({ phase }: Batch, { verdict }: Member, reason: string): Verdict {
  if (verdict?.kind === 'revert') return verdict;
  return phase === 'settling' && verdict !== null
    ? { ...verdict, lateRevert: cancelled(reason) }
    : cancelled(reason);
}

/** A member that was never applied, neither by this workflow nor by an earlier one, leaves the queue at once: no reservation is needed. */
function leavesAtOnce(
  state: PairState,
  { verdict, mayBeApplied }: Member,
  request: PairRequest,
): request is RevertRequest {
  return mayLeave(state, request.action) && verdict === null && !mayBeApplied;
}

/** Whether the saga that requests the revert has been told of no apply of the member. */
function isNeverApplied(member: Member, request: PairRequest): boolean {
  const { verdict, mayBeApplied, mayLeave: may } = member;
  const asked = verdict === null ? !mayBeApplied : may === true;
  return isSame(member, request) && request.action.kind === 'revert' && asked;
}

/** The state in which these members, or none, replace the given one. */
function replaced(state: PairState, member: Member, by: readonly Member[]): PairState {
  const inPlace = (members: readonly Member[]) => members.flatMap((one) => (one === member ? by : [one]));
  const { batch, waiting } = state;
  return {
    ...state,
    waiting: inPlace(waiting),
    batch: batch && { ...batch, members: inPlace(batch.members) },
  };
}
