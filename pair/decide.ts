/**
 * The pair's decisions, without I/O: what happened goes in, what is to be done comes out. The workflow carries it out,
 * tests drive it directly.
 *
 * 1. One batch is on the routers at a time; while it is, the next one gathers. A lone gateway never waits for company.
 * 2. Whoever asks is answered, whatever becomes of the batch.
 * 3. What a turn's commits permitted is settled before the turn is released.
 */
import { asked, doubted } from './requests.ts';
import { anyBatch, nextBatch, putBack, roundOf } from './batch.ts';
import type { PairLimits } from './batch.ts';
import { applied, cleared, lost, nobody, overdue, settled, taken } from './outcomes.ts';
import { awaited, waitFor } from './waiting-for-router.ts';
import type { Decision, PairEvent, PairState } from './state.ts';

/** @param now workflow time, in ms */
export function decide(state: PairState, event: PairEvent, now: number, limits: PairLimits): Decision {
  const { on } = state;
  switch (event.kind) {
    case 'asked':
      return asked(state, event.request, now, limits);
    case 'nobody answered to':
      return nobody(state, event.member, event.answer, now);
    case 'doubted':
      return doubted(state, event, now, limits);
    case 'woken':
      return state.cleared ? { state, commands: [] } : anyBatch(state, now, limits);
    case 'turn taken':
      if (on?.phase === 'taking the turn') return taken(state, on, event.leftover, now);
      break;
    case 'turn waits':
      if (on?.phase === 'taking the turn') {
        // It may be held for days: nothing is to grow meanwhile, and nobody is to be waited for in vain.
        if (limits.paused === true || on.members.length === 0) return putBack(state, on, now);
        const next = { ...state, on: { ...on, heldBy: event.why } };
        return { state: next, commands: [{ kind: 'take turn', turn: on.turn, known: event.why }] };
      }
      break;
    case 'applied':
      if (on?.phase === 'applying') return applied(state, on, event.outcome, now);
      break;
    case 'apply waits':
      if (on?.phase === 'applying') return waitFor(state, on, event.why, now);
      break;
    case 'routers awaited':
      if (on?.phase === 'waiting for a router') return awaited(state, on, event.why, now);
      break;
    case 'verdicts due':
      if (on?.phase === 'waiting for verdicts' && roundOf(on) === event.round) return overdue(state, on, now);
      break;
    case 'settled':
      if (on?.phase === 'clearing') return cleared(state, on, event.outcome, now);
      if (on?.phase === 'settling') return settled(state, on, event.outcome, now);
      break;
    case 'turn lost':
      if (on?.turn === event.turn) return lost(state, on, now, limits);
      break;
    case 'step stuck':
      if (on !== null) return { state: { ...state, on: { ...on, heldBy: event.why } }, commands: [] };
      break;
    case 'released':
      if (on?.phase === 'releasing') return nextBatch({ ...state, on: null }, now, limits);
      break;
  }
  return { state, commands: [] };
}
