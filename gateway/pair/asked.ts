/**
 * One ask: to be put on the routers, to be kept, to be taken away. One with an older stamp than the last is ignored; one
 * with the same is the same ask again, whose answer was lost (M2).
 */
import { FAILURES } from '../failures.ts';
import { nextBatch, roundOf, settleWhenJudged } from './batch.ts';
import type { PairLimits } from './batch.ts';
import { isSame, isSameGateway, noted } from './members.ts';
import type { Gone, PairAnswer, PairRequest } from './messages.ts';
import type { Batch, Decision, PairCommand, PairState, Waiting } from './state.ts';

export function asked(state: PairState, request: PairRequest, now: number, limits: PairLimits): Decision {
  const note = state.notes.find((one) => isSameGateway(one, request));
  const isOn = state.on?.members.find((one) => isSameGateway(one, request));
  const waits = state.waiting.find((one) => isSameGateway(one, request));
  const last = Math.max(note?.stamp ?? 0, isOn?.stamp ?? 0, waits?.stamp ?? 0);
  if (request.stamp < last) return { state, commands: [] };
  const present = waits ?? isOn;
  if (present !== undefined && !isSame(present, request) && request.wish.kind !== 'push') {
    return { state, commands: [answerTo(request, takenOver())] };
  }
  if (waits !== undefined) return askedWhileWaiting(state, waits, request, now);
  if (isOn !== undefined && state.on !== null) return askedWhileOn(state, state.on, isOn, request, now);
  // The answer was lost, or came too late: it holds all the same.
  if (note !== undefined && isSame(note, request)) {
    const notes = state.notes.map((one) => (one === note ? { ...one, stamp: request.stamp } : one));
    return { state: { ...state, notes }, commands: [answerTo(request, note.answer)] };
  }
  return arrive(state, request, now, limits);
}

/** A request that nothing is known of: into the batch that still waits for its turn, or into the next. */
function arrive(state: PairState, request: PairRequest, now: number, limits: PairLimits): Decision {
  const { on } = state;
  const arrival = arrivalOf(request, now);
  if (on?.phase === 'taking the turn' && on.members.length < limits.batchLimit) {
    return { state: { ...state, on: { ...on, members: [...on.members, arrival] } }, commands: [] };
  }
  return nextBatch({ ...state, waiting: [...state.waiting, arrival] }, now, limits);
}

/** A drop too takes its turn if it has to: `gone` needs a look at the routers where something was applied (T6). */
function arrivalOf({ gateway, run, name, stamp, asker, wish }: PairRequest, since: number): Waiting {
  const verdict = wish.kind === 'drop' ? dropped(wish.reason) : null;
  return { gateway, run, name, stamp, asker, since, pollAgain: wish.kind === 'keep', verdict };
}

/** Nothing of it is on the routers by this workflow's hand: a newer ask takes its place in the queue. */
function askedWhileWaiting(state: PairState, waits: Waiting, request: PairRequest, now: number): Decision {
  if (leavesAtOnce(state, waits, request)) {
    const waiting = state.waiting.filter((one) => one !== waits);
    return leave({ ...state, waiting }, waits, request);
  }
  const next = { ...arrivalOf(request, now), since: waits.since };
  return {
    state: { ...state, waiting: state.waiting.map((one) => (one === waits ? next : one)) },
    commands: [],
  };
}

function askedWhileOn(
  state: PairState,
  on: Batch,
  isOn: Waiting,
  request: PairRequest,
  now: number,
): Decision {
  const withMember = (member: Waiting): PairState => ({
    ...state,
    on: { ...on, members: on.members.map((one) => (one === isOn ? member : one)) },
  });
  if (!isSame(isOn, request)) {
    // Another run of the same gateway: the old one's work goes first, then it takes its own turn.
    const verdict = isOn.verdict ?? dropped('another run took over');
    const next = withMember({ ...isOn, verdict });
    return settleWhenJudged({ ...next, waiting: [...next.waiting, arrivalOf(request, now)] }, now);
  }
  const { stamp, asker, wish } = request;
  const awaited = on.phase === 'waiting for verdicts' && isOn.verdict === null;
  switch (wish.kind) {
    case 'drop': {
      if (on.phase === 'taking the turn' && leavesAtOnce(state, isOn, request)) {
        const members = on.members.filter((one) => one !== isOn);
        return leave({ ...state, on: { ...on, members } }, isOn, request);
      }
      // Once settling has begun, its outcome is the answer, whichever it is (T10).
      const verdict =
        on.phase === 'settling' || isOn.verdict?.kind === 'drop' ? isOn.verdict : dropped(wish.reason);
      return settleWhenJudged(withMember({ ...isOn, stamp, asker, verdict }), now);
    }
    case 'keep': {
      if (!awaited) return { state: withMember({ ...isOn, stamp, asker }), commands: [] };
      if (wish.turn !== roundOf(on)) {
        const answer = { kind: 'poll again' as const, turn: roundOf(on) };
        return { state: withMember({ ...isOn, stamp }), commands: [answerTo(request, answer)] };
      }
      return settleWhenJudged(
        withMember({ ...isOn, stamp, asker, verdict: { kind: 'keep', seen: wish.seen } }),
        now,
      );
    }
    case 'push': {
      if (!awaited) return { state: withMember({ ...isOn, stamp, asker }), commands: [] };
      const answer = { kind: 'applied' as const, turn: roundOf(on) };
      return { state: withMember({ ...isOn, stamp }), commands: [answerTo(request, answer)] };
    }
  }
}

/** Who was never applied, and can't have been by a workflow before this one, need not wait for a turn to leave. */
function leavesAtOnce({ cleared }: PairState, member: Waiting, { wish }: PairRequest): boolean {
  return cleared && wish.kind === 'drop' && member.verdict === null && !member.pollAgain;
}

function leave(state: PairState, member: Waiting, request: PairRequest): Decision {
  const { type, reason } = dropped(request.wish.kind === 'drop' ? request.wish.reason : '');
  const answer: Gone = { kind: 'gone', type, reason, owed: [] };
  const next = noted(state, [{ member: { ...member, stamp: request.stamp }, answer }]);
  return { state: next, commands: [answerTo(request, answer)] };
}

/** A verdict of a run that another one has replaced is about nothing that stands. */
function takenOver(): Gone {
  return {
    kind: 'gone',
    type: FAILURES.Superseded,
    reason: 'another run has taken this gateway over',
    owed: [],
  };
}

function dropped(reason: string) {
  return { kind: 'drop' as const, type: FAILURES.Cancelled, reason };
}

function answerTo({ asker, gateway, run, name }: PairRequest, answer: PairAnswer): PairCommand {
  return { kind: 'answer', asker, member: { gateway, run, name }, answer };
}
