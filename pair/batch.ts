/** The way of a batch from the queue to the routers and off them again. */
import type { PairAnswer, PairMember } from './messages.ts';
import type { Batch, Decision, PairState, Phase, Verdict, Member } from './state.ts';

export interface PairLimits {
  /** Gateways in one batch. */
  readonly batchLimit: number;
  /** No new batch is begun: the workflow is about to continue as new. */
  readonly paused?: boolean;
}

/** Begins a batch with those who wait, if the routers are free. */
export function nextBatch(state: PairState, now: number, limits: PairLimits): Decision {
  return state.waiting.length === 0 ? { state, commands: [] } : beginBatch(state, now, limits);
}

/** Takes the turn even for nobody: what a pair workflow before this one left there is settled, and the turn given back. */
export function beginBatch(state: PairState, now: number, { batchLimit, paused }: PairLimits): Decision {
  if (paused === true || state.batch !== null) return { state, commands: [] };
  const reservation = `${state.prefix}.${state.reservations + 1}`;
  const on: Batch = {
    reservation,
    trial: 0,
    phase: 'reserving',
    since: now,
    blockedBy: null,
    triedSince: null,
    plainCommits: [],
    members: state.waiting.slice(0, batchLimit),
  };
  return {
    state: { ...state, reservations: state.reservations + 1, waiting: state.waiting.slice(batchLimit), batch: on },
    commands: [{ kind: 'reserve', reservation, known: null }],
  };
}

/** Nothing of its members is on the routers by this workflow's hand: they are as good as waiting. */
export function isGathering({ phase }: Batch): boolean {
  return phase === 'reserving' || phase === 'recovering' || phase === 'waiting for a router';
}

/** What sagas are told as their turn, and name in their verdicts. */
export function trialOf({ reservation, trial: round }: Batch): string {
  return `${reservation}.${round}`;
}

/** Those who are to be dropped were asked to before anything was applied: they are only looked at. */
export function apply(state: PairState, on: Batch, now: number): Decision {
  const members = unjudged(on).map(memberOf);
  if (members.length === 0) return settle(state, on, now);
  const since = on.phase === 'waiting for a router' && on.triedSince !== null ? on.triedSince : now;
  const next = { ...enter(on, 'applying', now), round: on.trial + 1, triedSince: since, plainCommits: [] };
  return { state: { ...state, batch: next }, commands: [{ kind: 'apply', reservation: on.reservation, members, since }] };
}

/** What a member is told that both routers carry, which it asks to be or to be kept. */
export function appliedAnswer(on: Batch, action: 'apply' | 'confirm'): PairAnswer {
  const reservation = trialOf(on);
  if (action === 'confirm') return { kind: 'applied again', reservation };
  return { kind: 'applied', trial: reservation, ...(on.plainCommits.length > 0 && { plainCommits: on.plainCommits }) };
}

export function unjudged({ members }: Batch): readonly Member[] {
  return members.filter(({ verdict }) => verdict === null);
}

/** Settles what is on the routers by the members' verdicts, or releases the turn when nothing is. */
export function settle(state: PairState, on: Batch, now: number): Decision {
  if (on.members.length === 0) {
    return {
      state: { ...state, batch: enter(on, 'ending the reservation', now) },
      commands: [{ kind: 'end reservation', reservation: on.reservation, ...(on.phase === 'recovering' && { cleared: true }) }],
    };
  }
  const of = (kind: Verdict['kind']) =>
    on.members.filter(({ verdict }) => verdict?.kind === kind).map(memberOf);
  return {
    state: { ...state, batch: enter(on, 'settling', now) },
    commands: [{ kind: 'settle', reservation: on.reservation, keep: of('confirm'), drop: of('revert') }],
  };
}

/** Gives the turn back, or up: who is in the batch waits for the next, in front of all others. */
export function returnToQueue(state: PairState, on: Batch, now: number): Decision {
  const waiting = [...on.members, ...state.waiting];
  return settle({ ...state, waiting }, { ...on, members: [] }, now);
}

/** Settles when every member has its verdict; else goes on waiting. */
export function settleWhenJudged(state: PairState, now: number): Decision {
  const { batch: on } = state;
  if (on?.phase !== 'waiting for verdicts' || on.members.some(({ verdict }) => verdict === null)) {
    return { state, commands: [] };
  }
  return settle(state, on, now);
}

export function enter(on: Batch, phase: Phase, now: number): Batch {
  return { ...on, phase, since: now, blockedBy: null };
}

/** What the transaction needs to know of a member. */
export function memberOf({ gateway, run, name }: PairMember): PairMember {
  return { gateway, run, name };
}
