/** The life of a batch: from the queue until its reservation ends. */
import type { PairLimits } from './limits.ts';
import type { PairAnswer, PairMember } from './messages.ts';
import type { Decision, PairCommand } from './events.ts';
import type { Batch, Member, PairState, Phase, Verdict } from './state.ts';

/** If the pair has no batch, begins one with the members that wait, or an empty one because of a wake (`isWoken`). */
export function nextBatch(state: PairState, now: number, limits: PairLimits): Decision {
  const isDue = state.waiting.length > 0 || state.isWoken === true;
  return isDue ? beginBatch(state, now, limits) : { state, commands: [] };
}

/**
 * Goes on with what the run before this one has carried over, or with what this run has put off (`isPutOff`). A batch is carried over only while nothing
 * works on its routers (`isBetweenSteps`).
 */
export function resume(state: PairState, now: number, limits: PairLimits): Decision {
  const { batch } = state;
  if (batch === null) return lookIfIdle(nextBatch(state, now, limits), now, limits);
  const isTried = batch.phase === 'waiting for a router';
  return { state, commands: [isTried ? awaitRouters(batch) : awaitVerdicts(batch, now)] };
}

/**
 * Does nothing if there is a batch, or if no router owes anything. If the run before this one has reached a router that owes something (`ready`),
 * begins a batch that makes it. Otherwise looks, after what is left of the wait, whether the routers can make what they owe.
 */
export function lookIfIdle({ state, commands }: Decision, now: number, limits: PairLimits): Decision {
  const { batch, owing } = state;
  if (batch !== null || owing === undefined) return { state, commands };
  const { ready, ...rest } = owing;
  if (ready !== undefined && limits.paused !== true)
    return beginBatch({ ...state, owing: rest }, now, limits, ready);
  const waitMs = Math.max(0, rest.lookAt - now);
  return { state, commands: [...commands, { kind: 'look at owed changes', look: rest.look, waitMs }] };
}

/** Whether the next run is to begin something that this run has put off because it was about to continue as new. Only while no command is under way. */
export function isPutOff({ batch, waiting, isWoken, owing }: PairState): boolean {
  if (batch !== null) return batch.phase === 'waiting for a router';
  return waiting.length > 0 || isWoken === true || owing?.ready !== undefined;
}

/** Whether nothing is under way on the routers, and the pair does nothing more before the next event. */
export function isBetweenSteps({ batch }: PairState): boolean {
  return batch === null || batch.phase === 'waiting for verdicts' || batch.phase === 'waiting for a router';
}

/**
 * Begins a batch even if no member waits. An empty batch settles what an earlier workflow of the pair left on the routers, and ends the reservation.
 * `pays`: ids of the routers whose owed changes the batch also makes.
 */
export function beginBatch(
  state: PairState,
  now: number,
  { batchLimit, paused }: PairLimits,
  pays?: readonly string[],
): Decision {
  if (paused === true || state.batch !== null) return { state, commands: [] };
  const { isWoken: _, ...rest } = state;
  const reservation = `${state.prefix}.${state.reservations + 1}`;
  const batch: Batch = {
    reservation,
    trial: 0,
    phase: 'reserving',
    since: now,
    blockedBy: null,
    waitedMs: 0,
    plainCommits: [],
    verdictMs: null,
    begunAt: null,
    ...(pays && { pays }),
    members: state.waiting.slice(0, batchLimit),
  };
  return {
    state: {
      ...rest,
      reservations: state.reservations + 1,
      waiting: state.waiting.slice(batchLimit),
      batch,
    },
    commands: [{ kind: 'reserve', reservation, known: null, ...(pays && { needs: pays }) }],
  };
}

/** Whether this workflow has put nothing of the batch on the routers. Then a request for a member is handled as if the member were in the queue. */
export function hasAppliedNothing({ phase }: Batch): boolean {
  return phase === 'reserving' || phase === 'recovering' || phase === 'waiting for a router';
}

/** The trial's name, which answers and `confirm` requests carry ("named trial", M3). */
export function trialOf({ reservation, trial }: Batch): string {
  return `${reservation}.${trial}`;
}

/**
 * Applies the members that have no verdict. A member with a verdict is to be reverted: settling looks at the routers for it, and applying
 * leaves it out.
 */
export function apply(state: PairState, batch: Batch, now: number): Decision {
  const members = undecided(batch).map(memberOf);
  if (members.length === 0) return settle(state, batch, now);
  const { phase, reservation } = batch;
  const waitedMs = phase === 'waiting for a router' ? batch.waitedMs : 0;
  const { vrrp: _, ...rest } = batch;
  const next: Batch = {
    ...enter(rest, 'applying', now),
    trial: batch.trial + 1,
    waitedMs,
    plainCommits: [],
    verdictMs: null,
    begunAt: batch.begunAt ?? now,
  };
  return {
    state: { ...state, batch: next },
    commands: [{ kind: 'apply', reservation, members, waitedMs }],
  };
}

/** The answer to a member once both routers carry it. `action`: the request that waits for the answer. */
export function appliedAnswer(batch: Batch, action: 'apply' | 'confirm'): PairAnswer {
  const trial = trialOf(batch);
  const { plainCommits, vrrp } = batch;
  const time = vrrp === undefined ? {} : { vrrp };
  if (action === 'confirm') return { kind: 'applied again', trial, ...time };
  return { kind: 'applied', trial, ...(plainCommits.length > 0 && { plainCommits }), ...time };
}

export function awaitRouters({ reservation, waitedMs, blockedBy }: Batch): PairCommand {
  return { kind: 'await routers', reservation, waitedMs, known: blockedBy ?? '' };
}

/** `now`: workflow time. An earlier run of the workflow may have waited for a part of the time already. */
export function awaitVerdicts(batch: Batch, now: number): PairCommand {
  const { verdictMs, since } = batch;
  const waitMs = verdictMs === null ? null : Math.max(0, verdictMs - (now - since));
  return { kind: 'await verdicts', trial: trialOf(batch), waitMs };
}

/** Members without a verdict. */
export function undecided({ members }: Batch): readonly Member[] {
  return members.filter(({ verdict }) => verdict === null);
}

/** Carries out the members' verdicts on both routers. A batch without members ends its reservation instead. */
export function settle(state: PairState, batch: Batch, now: number): Decision {
  const { reservation, phase, members } = batch;
  if (members.length === 0) {
    return {
      state: { ...state, batch: enter(batch, 'ending the reservation', now) },
      commands: [
        { kind: 'end reservation', reservation, ...(phase === 'recovering' && { recovered: true }) },
      ],
    };
  }
  const withVerdict = (kind: Verdict['kind']) =>
    members.filter(({ verdict }) => verdict?.kind === kind).map(memberOf);
  return {
    state: { ...state, batch: enter(batch, 'settling', now) },
    commands: [
      { kind: 'settle', reservation, confirm: withVerdict('confirm'), revert: withVerdict('revert') },
    ],
  };
}

/** Ends the reservation. The members of the batch go back to the front of the queue. */
export function returnToQueue(state: PairState, batch: Batch, now: number): Decision {
  const waiting = [...batch.members, ...state.waiting];
  return settle({ ...state, waiting }, { ...batch, members: [] }, now);
}

/** Settles once every member has a verdict. Until then nothing is confirmed or reverted on the routers. */
export function settleOnceDecided(state: PairState, now: number): Decision {
  const { batch } = state;
  if (batch?.phase !== 'waiting for verdicts' || undecided(batch).length > 0) return { state, commands: [] };
  return settle(state, batch, now);
}

export function enter(batch: Batch, phase: Phase, now: number): Batch {
  return { ...batch, phase, since: now, blockedBy: null };
}

/** What the router transactions need to know of a member. */
export function memberOf({ gateway, run, name }: PairMember): PairMember {
  return { gateway, run, name };
}
