/**
 * One ask: to be put on the routers, to be kept, to be taken away. One with an older stamp than the last is ignored; one
 * with the same is the same ask again, whose answer was lost (M2).
 */
import { FAILURES } from '../gateway/failures.ts';
import { appliedAnswer, isGathering, nextBatch, trialOf, settleWhenJudged, unjudged } from './batch.ts';
import type { PairLimits } from './batch.ts';
import { isSame, isSameGateway, withOutcomes } from './members.ts';
import type { Reverted, PairAnswer, PairRequest } from './messages.ts';
import type {
  Batch,
  Decision,
  MemberOutcome,
  PairCommand,
  PairEvent,
  PairState,
  Phase,
  Verdict,
  Member,
} from './state.ts';

export function requested(state: PairState, request: PairRequest, now: number, limits: PairLimits): Decision {
  const { batch: on } = state;
  const note = state.outcomes.find((one) => isSameGateway(one, request));
  // After a turn was lost an older run, to be taken away, is beside the newer one.
  const [isOn, waits] = [on?.members ?? [], state.waiting].map(
    (members) =>
      members.find((one) => isSame(one, request)) ?? members.find((one) => isSameGateway(one, request)),
  );
  const last = Math.max(note?.sequence ?? 0, isOn?.sequence ?? 0, waits?.sequence ?? 0);
  if (request.sequence < last) return { state, commands: [] };
  // The answer was lost, or came too late: it holds all the same.
  if (note !== undefined && isSame(note, request) && !hasMoreToRevert(note, request)) {
    const notes = state.outcomes.map((one) => (one === note ? { ...one, sequence: request.sequence } : one));
    return { state: { ...state, outcomes: notes }, commands: [answerCommand(request, note.answer, note.neverApplied)] };
  }
  if (waits !== undefined) return requestedWhileWaiting(state, waits, isOn === undefined, request, now);
  if (isOn === undefined || on === null) return arrive(state, request, now, limits);
  if (isGathering(on)) return requestedWhileWaiting(state, isOn, true, request, now);
  return requestedWhileInBatch(state, on, isOn, request, now);
}

/** A new ask to take away what was kept, where `/state` decides (T10), or what could not be taken away before. */
function hasMoreToRevert({ sequence, answer }: MemberOutcome, request: PairRequest): boolean {
  const stands = answer.kind !== 'reverted' || answer.owedOn.length > 0;
  return stands && request.action.kind === 'revert' && request.sequence > sequence;
}

/** A request that nothing is known of: into the batch that still waits for its turn, or into the next. */
function arrive(state: PairState, request: PairRequest, now: number, limits: PairLimits): Decision {
  const { batch: on, waiting } = state;
  const arrival = arrivalOf(request, now);
  if (on?.phase === 'reserving' && on.members.length < limits.batchLimit && waiting.length === 0) {
    return { state: { ...state, batch: { ...on, members: [...on.members, arrival] } }, commands: [] };
  }
  return nextBatch({ ...state, waiting: [...waiting, arrival] }, now, limits);
}

/** A drop too takes its turn if it has to: `gone` needs a look at the routers where something was applied (T6). */
function arrivalOf({ gateway, run, name, sequence, replyTo, action }: PairRequest, since: number): Member {
  const verdict = action.kind === 'revert' ? revertVerdictOf(action.reason) : null;
  return { gateway, run, name, sequence: sequence, replyTo, since, mayBeApplied: action.kind !== 'apply', verdict };
}

/** Nothing of it is on the routers by this workflow's hand: a newer ask, of a newer run too, takes its place. */
function requestedWhileWaiting(
  state: PairState,
  waits: Member,
  isOff: boolean,
  request: PairRequest,
  now: number,
): Decision {
  const arrival = { ...arrivalOf(request, now), since: waits.since };
  if (!isOff || !leavesAtOnce(state, waits, request)) {
    const next = replaced(state, waits, [arrival]);
    return { state: next, commands: stopIfUnwanted(next, 'waiting for a router') };
  }
  const answer: Reverted = { kind: 'reverted', type: FAILURES.Cancelled, reason: request.action.reason, owedOn: [] };
  const left = withOutcomes(replaced(state, waits, []), [{ member: arrival, answer, neverApplied: true }]);
  return {
    state: left,
    commands: [answerCommand(request, answer, true), ...stopIfUnwanted(left, 'waiting for a router')],
  };
}

/** It has to be looked for: with whatever may be left behind, on a turn of its own. */
export function uncertain(
  state: PairState,
  { member, replyTo }: Extract<PairEvent, { readonly kind: 'uncertain' }>,
  now: number,
  limits: PairLimits,
): Decision {
  const note = state.outcomes.find((one) => isSame(one, member) && one.neverApplied);
  if (note === undefined || note.answer.kind !== 'reverted') return { state, commands: [] };
  const notes = state.outcomes.filter((one) => one !== note);
  const verdict = revertVerdictOf(note.answer.reason);
  const again = { ...member, sequence: note.sequence, replyTo, since: now, mayBeApplied: true, verdict };
  // A newer run that is here finds what may be left by itself, and nobody waits for this one's answer any more.
  const isHere = [...state.waiting, ...(state.batch?.members ?? [])].some((one) => isSameGateway(one, member));
  const waiting = isHere ? state.waiting : [again, ...state.waiting];
  return nextBatch({ ...state, recovered: false, outcomes: notes, waiting }, now, limits);
}

function requestedWhileInBatch(
  state: PairState,
  on: Batch,
  isOn: Member,
  request: PairRequest,
  now: number,
): Decision {
  const { sequence, replyTo, action } = request;
  const withMember = (change: Partial<Member>) => replaced(state, isOn, [{ ...isOn, ...change }]);
  if (!isSame(isOn, request)) {
    // Another run of the same gateway: the old one's work goes first, then it takes its own turn.
    const members = on.members.map((one) =>
      isSameGateway(one, request) ? { ...one, verdict: revertVerdict(on, one, 'another run took over') } : one,
    );
    const next = { ...state, on: { ...on, members } };
    return settleWhenJudged({ ...next, waiting: [...next.waiting, arrivalOf(request, now)] }, now);
  }
  const awaited = on.phase === 'waiting for verdicts' && isOn.verdict === null;
  switch (action.kind) {
    case 'revert': {
      const next = withMember({ sequence: sequence, replyTo, verdict: revertVerdict(on, isOn, action.reason) });
      return on.phase === 'applying'
        ? { state: next, commands: stopIfUnwanted(next, 'applying') }
        : settleWhenJudged(next, now);
    }
    case 'confirm': {
      if (!awaited) return { state: withMember({ sequence: sequence, replyTo, mayBeApplied: true }), commands: [] };
      if (action.trial !== trialOf(on)) {
        return { state: withMember({ sequence: sequence }), commands: [answerCommand(request, appliedAnswer(on, 'confirm'))] };
      }
      const verdict = { kind: 'confirm' as const, seen: action.seen };
      return settleWhenJudged(withMember({ sequence: sequence, replyTo, mayBeApplied: true, verdict }), now);
    }
    case 'apply': {
      if (!awaited) return { state: withMember({ sequence: sequence, replyTo, mayBeApplied: false }), commands: [] };
      return { state: withMember({ sequence: sequence }), commands: [answerCommand(request, appliedAnswer(on, 'apply'))] };
    }
  }
}

/** Nobody wants to go on any more: a router that is waited for is not waited for any longer. */
function stopIfUnwanted({ batch: on }: PairState, phase: Phase): readonly PairCommand[] {
  return on?.phase === phase && unjudged(on).length === 0 ? [{ kind: 'stop applying' }] : [];
}

/** Once settling has begun, its outcome is the answer, whichever it is (T10): the drop holds for what is to be applied again. */
function revertVerdict({ phase }: Batch, { verdict }: Member, reason: string): Verdict {
  if (verdict?.kind === 'revert') return verdict;
  return phase === 'settling' && verdict !== null
    ? { ...verdict, overruled: revertVerdictOf(reason) }
    : revertVerdictOf(reason);
}

/** Who was never applied, and can't have been by a workflow before this one, need not wait for a turn to leave. */
function leavesAtOnce(
  { recovered: cleared }: PairState,
  { verdict, mayBeApplied: mayBeApplied }: Member,
  request: PairRequest,
): request is PairRequest & { readonly action: { readonly kind: 'revert' } } {
  return cleared && request.action.kind === 'revert' && verdict === null && !mayBeApplied;
}

/** The state with other members, or none, in the place of this one. */
function replaced(state: PairState, member: Member, by: readonly Member[]): PairState {
  const inPlace = (members: readonly Member[]) => members.flatMap((one) => (one === member ? by : [one]));
  const { batch: on, waiting } = state;
  return {
    ...state,
    waiting: inPlace(waiting),
    batch: on && { ...on, members: inPlace(on.members) },
  };
}

function revertVerdictOf(reason: string) {
  return { kind: 'revert' as const, type: FAILURES.Cancelled, reason };
}

function answerCommand(
  { replyTo, gateway, run, name }: PairRequest,
  answer: PairAnswer,
  neverApplied?: true,
): PairCommand {
  return { kind: 'answer', replyTo, member: { gateway, run, name }, answer, ...(neverApplied && { neverApplied }) };
}
