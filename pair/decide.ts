/**
 * The pair's decisions, without I/O: what happened goes in, what is to be done comes out. The workflow carries it out,
 * tests drive it directly.
 *
 * 1. One batch is on the routers at a time; while it is, the next one gathers. A lone gateway never waits for company.
 * 2. Whoever asks is answered, whatever becomes of the batch.
 * 3. What a turn's commits permitted is settled before the turn is released.
 */
import { requested, uncertain } from './requests.ts';
import { beginBatch, nextBatch, returnToQueue, trialOf } from './batch.ts';
import type { PairLimits } from './batch.ts';
import { applied, cleared, reservationLost, undelivered, overdue, settled, reserved } from './outcomes.ts';
import { awaited, waitFor } from './waiting-for-router.ts';
import type { Decision, PairEvent, PairState } from './state.ts';

/** @param now workflow time, in ms */
export function decide(state: PairState, event: PairEvent, now: number, limits: PairLimits): Decision {
  const { batch: on } = state;
  switch (event.kind) {
    case 'requested':
      return requested(state, event.request, now, limits);
    case 'undelivered':
      return undelivered(state, event.member, event.answer, now);
    case 'uncertain':
      return uncertain(state, event, now, limits);
    case 'woken':
      return state.recovered ? { state, commands: [] } : beginBatch(state, now, limits);
    case 'reserved':
      if (on?.phase === 'reserving') return reserved(state, on, event.leftover, now);
      break;
    case 'reservation blocked':
      if (on?.phase === 'reserving') {
        // It may be held for days: nothing is to grow meanwhile, and nobody is to be waited for in vain.
        if (limits.paused === true || on.members.length === 0) return returnToQueue(state, on, now);
        const next = { ...state, on: { ...on, blockedBy: event.why } };
        return { state: next, commands: [{ kind: 'reserve', reservation: on.reservation, known: event.why }] };
      }
      break;
    case 'applied':
      if (on?.phase === 'applying') return applied(state, on, event.outcome, now);
      break;
    case 'apply blocked':
      if (on?.phase === 'applying') return waitFor(state, on, event.why, now);
      break;
    case 'routers awaited':
      if (on?.phase === 'waiting for a router') return awaited(state, on, event.why, now);
      break;
    case 'verdicts due':
      if (on?.phase === 'waiting for verdicts' && trialOf(on) === event.trial) return overdue(state, on, now);
      break;
    case 'settled':
      if (on?.phase === 'recovering') return cleared(state, on, event.outcome, now);
      if (on?.phase === 'settling') return settled(state, on, event.outcome, now);
      break;
    case 'reservation lost':
      if (on?.reservation === event.reservation) return reservationLost(state, on, now, limits);
      break;
    case 'step stuck':
      if (on !== null) return { state: { ...state, batch: { ...on, blockedBy: event.why } }, commands: [] };
      break;
    case 'reservation ended':
      if (on?.phase === 'ending the reservation') return nextBatch({ ...state, batch: null }, now, limits);
      break;
  }
  return { state, commands: [] };
}
