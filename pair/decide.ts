/**
 * The pair's decisions, without I/O: an event goes in, commands come out. The workflow carries the commands out; tests drive the decisions
 * directly. Comments call a rule by its name and number (T1 to T13, M1 to M5): `docs/transaction.md` lists the rules.
 *
 * 1. One batch is on the routers at a time. Meanwhile the next one gathers. A gateway that comes alone does not wait for company,
 *    unless it was woken with others.
 * 2. Every request is answered, whatever becomes of the batch.
 * 3. Everything that was permitted under a reservation is settled before the reservation ends.
 */
import { nextBatch, trialOf } from './batch.ts';
import { measured } from './door.ts';
import type { Door } from './door.ts';
import type { PairLimits } from './limits.ts';
import {
  applied,
  recovered,
  reservationLost,
  reserved,
  settled,
  undelivered,
  verdictsDue,
} from './outcomes.ts';
import { ended, lookNow, lookedAt, paid, reservationBlocked } from './owing.ts';
import { routerRetired } from './retired.ts';
import { requested, uncertain } from './requests.ts';
import type { Decision, PairEvent } from './events.ts';
import type { Batch, PairState } from './state.ts';
import { applyBlocked, routersAwaited } from './waiting-for-router.ts';

/** @param now workflow time, in ms since the epoch */
export function decide(state: PairState, event: PairEvent, now: number, limits: PairLimits): Decision {
  const { batch } = state;
  switch (event.kind) {
    case 'requested':
      return requested(state, event.request, now, limits);
    case 'undelivered':
      return undelivered(state, event.member, event.answer, now);
    case 'uncertain':
      return uncertain(state, event, now, limits);
    case 'woken':
      return state.recovered ? lookNow(state, now, limits) : nextBatch(woken(state), now, limits);
    case 'owed changes looked at':
      return lookedAt(state, event, now, limits);
    case 'reserved':
      if (batch?.phase === 'reserving') return reserved(state, batch, event, now);
      break;
    case 'reservation blocked':
      if (batch?.phase === 'reserving' && event.isRetired)
        return routerRetired(state, batch, event, now, limits);
      if (batch?.phase === 'reserving') return reservationBlocked(state, batch, event, now, limits);
      break;
    case 'applied':
      if (batch?.phase === 'applying') return applied(state, batch, event.outcome, now);
      break;
    case 'apply blocked':
      if (batch?.phase === 'applying') return applyBlocked(state, batch, event, now, limits);
      break;
    case 'routers awaited':
      if (batch?.phase === 'waiting for a router') return routersAwaited(state, batch, event, now, limits);
      break;
    case 'verdicts due':
      if (batch?.phase === 'waiting for verdicts' && trialOf(batch) === event.trial)
        return verdictsDue(state, batch, now);
      break;
    case 'settled':
      if (batch?.phase === 'recovering') return recovered(state, batch, event.outcome, now);
      if (batch?.phase === 'settling') return settled(state, batch, event.outcome, now);
      break;
    case 'paid':
      if (batch?.phase === 'making owed changes') return paid(state, batch, event.inTheWay, now);
      break;
    case 'reservation lost':
      if (batch?.reservation === event.reservation) return reservationLost(state, batch, now, limits);
      break;
    case 'step stuck':
      if (batch !== null)
        return { state: { ...state, batch: { ...batch, blockedBy: event.why } }, commands: [] };
      break;
    case 'reservation ended':
      if (batch?.phase === 'ending the reservation')
        return ended(
          { ...state, door: measuredBy(state.door, batch, now, limits), batch: null },
          batch,
          event.owing ?? [],
          now,
          limits,
        );
      break;
  }
  return { state, commands: [] };
}

/**
 * Remembers the wake if there is no batch, or if the batch only ends its reservation. Any other batch settles what an earlier workflow left behind,
 * without being woken.
 */
function woken(state: PairState): PairState {
  return state.batch === null || endsUnrecovered(state) ? { ...state, isWoken: true } : state;
}

/** Whether a reservation ends under which nothing was settled: what an earlier workflow left behind may still be there. */
export function endsUnrecovered({ batch, recovered: isRecovered }: PairState): boolean {
  return batch?.phase === 'ending the reservation' && !isRecovered;
}

function measuredBy(door: Door, { begunAt }: Batch, now: number, { batchLimit }: PairLimits): Door {
  return begunAt === null ? door : measured(door, batchLimit, now - begunAt);
}
