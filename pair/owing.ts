/**
 * Changes that the pair's routers owe while no gateway waits ("owed change", T7). The pair looks whether they can be made, again and again, until
 * nothing is owed. A look reserves nothing. Only if a look reaches a router that owes something does the pair begin an empty batch, which makes what
 * that router owes.
 */
import { beginBatch, lookIfIdle, nextBatch, returnToQueue } from './batch.ts';
import { letGo, neverApplied } from './let-go.ts';
import type { PairLimits } from './limits.ts';
import { PAIR_TIMES } from './times.ts';
import type { Decision, PairEvent } from './events.ts';
import type { Batch, Owing, PairState } from './state.ts';
import type { RouterOwing } from './messages.ts';

type OwedChangesLooked = Extract<PairEvent, { readonly kind: 'owed changes looked at' }>;

/** The reservation has ended. If no member waits, and a router owes something, the pair looks later whether that router can make it. */
export function ended(
  state: PairState,
  { pays, isWoken }: Batch,
  routers: readonly RouterOwing[],
  now: number,
  limits: PairLimits,
): Decision {
  const { owing: before, ...rest } = state;
  if (routers.length === 0 && isWoken !== true) return nextBatch(rest, now, limits);
  const isSameAgain =
    routers.length > 0 && pays !== undefined && before !== undefined && isAsMuch(before.routers, routers);
  // If a router was reached, and owes as much as before, it won't make that before somebody changes something there. A router that is away may come
  // back.
  const isLeftAlone = isSameAgain && before.inTheWay === null && before.isOneAway !== true;
  const owing = later(isSameAgain ? before : undefined, before?.look ?? 0, now, {
    routers,
    inTheWay: isLeftAlone ? LEFT_ALONE : (before?.inTheWay ?? null),
    isSlow: isLeftAlone,
  });
  // The pair has read what is owed. The change because of which somebody woke the pair may have become owed after that read.
  const next = isWoken === true ? { ...owing, lookAt: now } : owing;
  return lookIfIdle(nextBatch({ ...rest, owing: next }, now, limits), now, limits);
}

const NOTHING_KNOWN: Owing = { routers: [], look: 0, waitMs: 0, lookAt: 0, inTheWay: null };

const LEFT_ALONE = 'the router refuses it, or somebody has changed what is to be reverted';

/** Looks at once, because of a wake: a router may owe something of which the pair does not know. */
export function lookNow(state: PairState, now: number, limits: PairLimits): Decision {
  const { batch, owing = NOTHING_KNOWN } = state;
  if (batch?.phase === 'ending the reservation')
    return { state: { ...state, batch: { ...batch, isWoken: true } }, commands: [] };
  // Any other batch is followed by a look at what is owed.
  if (batch !== null) return { state, commands: [] };
  const next = { ...owing, look: owing.look + 1, lookAt: now };
  return lookIfIdle({ state: { ...state, owing: next }, commands: [] }, now, limits);
}

export function lookedAt(
  state: PairState,
  event: OwedChangesLooked,
  now: number,
  limits: PairLimits,
): Decision {
  const { owing: before, ...rest } = state;
  // A batch that has begun since the look makes what is owed. At its end the pair hears what is still owed.
  if (state.batch !== null || before?.look !== event.look) return { state, commands: [] };
  const { routers = before.routers, ready, inTheWay, isSlow } = event;
  if (routers.length === 0) return { state: rest, commands: [] };
  if (ready.length > 0) {
    const { isOneAway: _, ...known } = before;
    const isOneAway = !isSlow && routers.some(({ id }) => !ready.includes(id));
    const owing = { ...known, routers, inTheWay: null, ...(isOneAway && { isOneAway }) };
    // The next run makes what these routers owe without another look. If each run looked first, each could be about to continue as new after its
    // look, and nothing would ever be made.
    if (limits.paused === true)
      return { state: { ...rest, owing: { ...owing, lookAt: now, ready } }, commands: [] };
    return beginBatch({ ...rest, owing }, now, limits, ready);
  }
  const owing = later(before, before.look, now, { routers, inTheWay, isSlow });
  return lookIfIdle({ state: { ...rest, owing }, commands: [] }, now, limits);
}

/** Both routers are reserved. Gateways that have joined the batch go back to the queue. */
export function pay(state: PairState, batch: Batch, now: number): Decision {
  const { reservation, pays = [], members } = batch;
  return {
    state: {
      ...state,
      waiting: [...members, ...state.waiting],
      batch: { ...batch, members: [], phase: 'making owed changes', since: now, blockedBy: null },
    },
    commands: [{ kind: 'pay', reservation, ids: pays }],
  };
}

/** The reservation ends, whether or not everything was made. So while this pair waits for a router, no other pair has to wait for this pair. */
export function paid(state: PairState, batch: Batch, inTheWay: string | null, now: number): Decision {
  return returnToQueue(withReason(state, inTheWay), batch, now);
}

type Blocked = Pick<
  Extract<PairEvent, { readonly kind: 'reservation blocked' }>,
  'why' | 'nothingLeft' | 'isOlder'
>;

/**
 * If nothing is left behind, a member that was never applied may leave without waiting for the routers. This counts only when the workflow tries
 * for its first reservation: a workflow that has tried for an earlier one may have had it, and lost it with all that etcd knew of it.
 */
export function reservationBlocked(
  before: PairState,
  batch: Batch,
  blocked: Blocked,
  now: number,
  limits: PairLimits,
): Decision {
  if (blocked.nothingLeft !== true || before.reservations !== 1)
    return waitOn(before, batch, blocked.why, now, limits);
  const all = blocked.isOlder === true ? [] : [...batch.members, ...before.waiting];
  const gone = all.flatMap((member) => {
    const { verdict, mayLeave } = member;
    return verdict?.kind === 'revert' && mayLeave === true ? [neverApplied(member, verdict)] : [];
  });
  return letGo({ ...before, recovered: true }, batch, gone, (state, left) =>
    waitOn(state, left, blocked.why, now, limits),
  );
}

/**
 * Goes on waiting for the reservation. The wait can last for days, and the history must not grow meanwhile: a batch is given up when the workflow is
 * about to continue as new. An empty batch does not wait: other pairs go first. Only an empty batch that is to make owed changes waits once.
 * Otherwise another pair that is always busy would keep it away for ever.
 */
function waitOn(state: PairState, batch: Batch, why: string, now: number, { paused }: PairLimits): Decision {
  const { reservation, pays, blockedBy, members } = batch;
  const waits = members.length > 0 || (pays !== undefined && blockedBy === null);
  if (paused === true || !waits) return returnToQueue(withReason(state, why), batch, now);
  return {
    state: { ...state, batch: { ...batch, blockedBy: why } },
    commands: [
      { kind: 'reserve', reservation, known: why, ...(members.length === 0 && pays && { needs: pays }) },
    ],
  };
}

function withReason(state: PairState, inTheWay: string | null): PairState {
  return state.owing === undefined ? state : { ...state, owing: { ...state.owing, inTheWay } };
}

/** When the pair looks next. `before`: what it knows from looks that have led to nothing. `look`: number of the last look. */
function later(
  before: Owing | undefined,
  look: number,
  now: number,
  { routers, inTheWay, isSlow }: Pick<Owing, 'routers' | 'inTheWay'> & { readonly isSlow: boolean },
): Owing {
  const { owedFirstMs, owedMaxMs, owedSlowMaxMs } = PAIR_TIMES;
  const doubled = Math.max(owedFirstMs, 2 * (before?.waitMs ?? 0));
  const waitMs = Math.min(doubled, isSlow ? owedSlowMaxMs : owedMaxMs);
  return { routers, look: look + 1, waitMs, lookAt: now + waitMs, inTheWay };
}

function isAsMuch(before: readonly RouterOwing[], now: readonly RouterOwing[]): boolean {
  return now.every(({ id, changes }) => before.some((one) => one.id === id && one.changes <= changes));
}
