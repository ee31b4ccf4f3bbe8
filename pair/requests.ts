/**
 * One ask: to be put on the routers, to be kept, to be taken away. One with an older stamp than the last is ignored; one
 * with the same is the same ask again, whose answer was lost (M2).
 */
import { FAILURES } from '../gateway/failures.ts';
import { carriedAnswer, isGathering, nextBatch, roundOf, settleWhenJudged, unjudged } from './batch.ts';
import type { PairLimits } from './batch.ts';
import { isSame, isSameGateway, noted } from './members.ts';
import type { Gone, PairAnswer, PairRequest } from './messages.ts';
import type {
  Batch,
  Decision,
  Note,
  PairCommand,
  PairEvent,
  PairState,
  Phase,
  Verdict,
  Waiting,
} from './state.ts';

export function asked(state: PairState, request: PairRequest, now: number, limits: PairLimits): Decision {
  const { on } = state;
  const note = state.notes.find((one) => isSameGateway(one, request));
  // After a turn was lost an older run, to be taken away, is beside the newer one.
  const [isOn, waits] = [on?.members ?? [], state.waiting].map(
    (members) =>
      members.find((one) => isSame(one, request)) ?? members.find((one) => isSameGateway(one, request)),
  );
  const last = Math.max(note?.stamp ?? 0, isOn?.stamp ?? 0, waits?.stamp ?? 0);
  if (request.stamp < last) return { state, commands: [] };
  // The answer was lost, or came too late: it holds all the same.
  if (note !== undefined && isSame(note, request) && !hasMoreToDrop(note, request)) {
    const notes = state.notes.map((one) => (one === note ? { ...one, stamp: request.stamp } : one));
    return { state: { ...state, notes }, commands: [answerTo(request, note.answer, note.unseen)] };
  }
  if (waits !== undefined) return askedWhileWaiting(state, waits, isOn === undefined, request, now);
  if (isOn === undefined || on === null) return arrive(state, request, now, limits);
  if (isGathering(on)) return askedWhileWaiting(state, isOn, true, request, now);
  return askedWhileOn(state, on, isOn, request, now);
}

/** A new ask to take away what was kept, where `/state` decides (T10), or what could not be taken away before. */
function hasMoreToDrop({ stamp, answer }: Note, request: PairRequest): boolean {
  const stands = answer.kind !== 'gone' || answer.owed.length > 0;
  return stands && request.wish.kind === 'drop' && request.stamp > stamp;
}

/** A request that nothing is known of: into the batch that still waits for its turn, or into the next. */
function arrive(state: PairState, request: PairRequest, now: number, limits: PairLimits): Decision {
  const { on, waiting } = state;
  const arrival = arrivalOf(request, now);
  if (on?.phase === 'taking the turn' && on.members.length < limits.batchLimit && waiting.length === 0) {
    return { state: { ...state, on: { ...on, members: [...on.members, arrival] } }, commands: [] };
  }
  return nextBatch({ ...state, waiting: [...waiting, arrival] }, now, limits);
}

/** A drop too takes its turn if it has to: `gone` needs a look at the routers where something was applied (T6). */
function arrivalOf({ gateway, run, name, stamp, asker, wish }: PairRequest, since: number): Waiting {
  const verdict = wish.kind === 'drop' ? dropped(wish.reason) : null;
  return { gateway, run, name, stamp, asker, since, pollAgain: wish.kind !== 'push', verdict };
}

/** Nothing of it is on the routers by this workflow's hand: a newer ask, of a newer run too, takes its place. */
function askedWhileWaiting(
  state: PairState,
  waits: Waiting,
  isOff: boolean,
  request: PairRequest,
  now: number,
): Decision {
  const arrival = { ...arrivalOf(request, now), since: waits.since };
  if (!isOff || !leavesAtOnce(state, waits, request)) {
    const next = replaced(state, waits, [arrival]);
    return { state: next, commands: stopIfUnwanted(next, 'waiting for a router') };
  }
  const answer: Gone = { kind: 'gone', type: FAILURES.Cancelled, reason: request.wish.reason, owed: [] };
  const left = noted(replaced(state, waits, []), [{ member: arrival, answer, unseen: true }]);
  return {
    state: left,
    commands: [answerTo(request, answer, true), ...stopIfUnwanted(left, 'waiting for a router')],
  };
}

/** It has to be looked for: with whatever may be left behind, on a turn of its own. */
export function doubted(
  state: PairState,
  { member, asker }: Extract<PairEvent, { readonly kind: 'doubted' }>,
  now: number,
  limits: PairLimits,
): Decision {
  const note = state.notes.find((one) => isSame(one, member) && one.unseen);
  if (note === undefined || note.answer.kind !== 'gone') return { state, commands: [] };
  const notes = state.notes.filter((one) => one !== note);
  const verdict = dropped(note.answer.reason);
  const again = { ...member, stamp: note.stamp, asker, since: now, pollAgain: true, verdict };
  // A newer run that is here finds what may be left by itself, and nobody waits for this one's answer any more.
  const isHere = [...state.waiting, ...(state.on?.members ?? [])].some((one) => isSameGateway(one, member));
  const waiting = isHere ? state.waiting : [again, ...state.waiting];
  return nextBatch({ ...state, cleared: false, notes, waiting }, now, limits);
}

function askedWhileOn(
  state: PairState,
  on: Batch,
  isOn: Waiting,
  request: PairRequest,
  now: number,
): Decision {
  const { stamp, asker, wish } = request;
  const withMember = (change: Partial<Waiting>) => replaced(state, isOn, [{ ...isOn, ...change }]);
  if (!isSame(isOn, request)) {
    // Another run of the same gateway: the old one's work goes first, then it takes its own turn.
    const members = on.members.map((one) =>
      isSameGateway(one, request) ? { ...one, verdict: dropAsked(on, one, 'another run took over') } : one,
    );
    const next = { ...state, on: { ...on, members } };
    return settleWhenJudged({ ...next, waiting: [...next.waiting, arrivalOf(request, now)] }, now);
  }
  const awaited = on.phase === 'waiting for verdicts' && isOn.verdict === null;
  switch (wish.kind) {
    case 'drop': {
      const next = withMember({ stamp, asker, verdict: dropAsked(on, isOn, wish.reason) });
      return on.phase === 'applying'
        ? { state: next, commands: stopIfUnwanted(next, 'applying') }
        : settleWhenJudged(next, now);
    }
    case 'keep': {
      if (!awaited) return { state: withMember({ stamp, asker, pollAgain: true }), commands: [] };
      if (wish.turn !== roundOf(on)) {
        return { state: withMember({ stamp }), commands: [answerTo(request, carriedAnswer(on, 'keep'))] };
      }
      const verdict = { kind: 'keep' as const, seen: wish.seen };
      return settleWhenJudged(withMember({ stamp, asker, pollAgain: true, verdict }), now);
    }
    case 'push': {
      if (!awaited) return { state: withMember({ stamp, asker, pollAgain: false }), commands: [] };
      return { state: withMember({ stamp }), commands: [answerTo(request, carriedAnswer(on, 'push'))] };
    }
  }
}

/** Nobody wants to go on any more: a router that is waited for is not waited for any longer. */
function stopIfUnwanted({ on }: PairState, phase: Phase): readonly PairCommand[] {
  return on?.phase === phase && unjudged(on).length === 0 ? [{ kind: 'stop applying' }] : [];
}

/** Once settling has begun, its outcome is the answer, whichever it is (T10): the drop holds for what is to be applied again. */
function dropAsked({ phase }: Batch, { verdict }: Waiting, reason: string): Verdict {
  if (verdict?.kind === 'drop') return verdict;
  return phase === 'settling' && verdict !== null
    ? { ...verdict, overruled: dropped(reason) }
    : dropped(reason);
}

/** Who was never applied, and can't have been by a workflow before this one, need not wait for a turn to leave. */
function leavesAtOnce(
  { cleared }: PairState,
  { verdict, pollAgain }: Waiting,
  request: PairRequest,
): request is PairRequest & { readonly wish: { readonly kind: 'drop' } } {
  return cleared && request.wish.kind === 'drop' && verdict === null && !pollAgain;
}

/** The state with other members, or none, in the place of this one. */
function replaced(state: PairState, member: Waiting, by: readonly Waiting[]): PairState {
  const inPlace = (members: readonly Waiting[]) => members.flatMap((one) => (one === member ? by : [one]));
  const { on, waiting } = state;
  return {
    ...state,
    waiting: inPlace(waiting),
    on: on && { ...on, members: inPlace(on.members) },
  };
}

function dropped(reason: string) {
  return { kind: 'drop' as const, type: FAILURES.Cancelled, reason };
}

function answerTo(
  { asker, gateway, run, name }: PairRequest,
  answer: PairAnswer,
  unseen?: true,
): PairCommand {
  return { kind: 'answer', asker, member: { gateway, run, name }, answer, ...(unseen && { unseen }) };
}
