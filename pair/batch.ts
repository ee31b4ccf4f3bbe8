/** The way of a batch from the queue to the routers and off them again. */
import type { PairAnswer, PairMember } from './messages.ts';
import type { Batch, Decision, PairState, Phase, Verdict, Waiting } from './state.ts';

export interface PairLimits {
  /** Gateways in one batch. */
  readonly batchLimit: number;
  /** No new batch is begun: the workflow is about to continue as new. */
  readonly paused?: boolean;
}

/** Begins a batch with those who wait, if the routers are free. */
export function nextBatch(state: PairState, now: number, limits: PairLimits): Decision {
  return state.waiting.length === 0 ? { state, commands: [] } : anyBatch(state, now, limits);
}

/** Takes the turn even for nobody: what a pair workflow before this one left there is settled, and the turn given back. */
export function anyBatch(state: PairState, now: number, { batchLimit, paused }: PairLimits): Decision {
  if (paused === true || state.on !== null) return { state, commands: [] };
  const turn = `${state.token}.${state.turns + 1}`;
  const on: Batch = {
    turn,
    round: 0,
    phase: 'taking the turn',
    since: now,
    heldBy: null,
    triedSince: null,
    plainly: [],
    members: state.waiting.slice(0, batchLimit),
  };
  return {
    state: { ...state, turns: state.turns + 1, waiting: state.waiting.slice(batchLimit), on },
    commands: [{ kind: 'take turn', turn, known: null }],
  };
}

/** Nothing of its members is on the routers by this workflow's hand: they are as good as waiting. */
export function isGathering({ phase }: Batch): boolean {
  return phase === 'taking the turn' || phase === 'clearing' || phase === 'waiting for a router';
}

/** What sagas are told as their turn, and name in their verdicts. */
export function roundOf({ turn, round }: Batch): string {
  return `${turn}.${round}`;
}

/** Those who are to be dropped were asked to before anything was applied: they are only looked at. */
export function apply(state: PairState, on: Batch, now: number): Decision {
  const members = unjudged(on).map(memberOf);
  if (members.length === 0) return settle(state, on, now);
  const since = on.phase === 'waiting for a router' && on.triedSince !== null ? on.triedSince : now;
  const next = { ...enter(on, 'applying', now), round: on.round + 1, triedSince: since, plainly: [] };
  return { state: { ...state, on: next }, commands: [{ kind: 'apply', turn: on.turn, members, since }] };
}

/** What a member is told that both routers carry, which it asks to be or to be kept. */
export function carriedAnswer(on: Batch, wish: 'push' | 'keep'): PairAnswer {
  const turn = roundOf(on);
  if (wish === 'keep') return { kind: 'poll again', turn };
  return { kind: 'applied', turn, ...(on.plainly.length > 0 && { plainly: on.plainly }) };
}

export function unjudged({ members }: Batch): readonly Waiting[] {
  return members.filter(({ verdict }) => verdict === null);
}

/** Settles what is on the routers by the members' verdicts, or releases the turn when nothing is. */
export function settle(state: PairState, on: Batch, now: number): Decision {
  if (on.members.length === 0) {
    return {
      state: { ...state, on: enter(on, 'releasing', now) },
      commands: [{ kind: 'release', turn: on.turn, ...(on.phase === 'clearing' && { cleared: true }) }],
    };
  }
  const of = (kind: Verdict['kind']) =>
    on.members.filter(({ verdict }) => verdict?.kind === kind).map(memberOf);
  return {
    state: { ...state, on: enter(on, 'settling', now) },
    commands: [{ kind: 'settle', turn: on.turn, keep: of('keep'), drop: of('drop') }],
  };
}

/** Gives the turn back, or up: who is in the batch waits for the next, in front of all others. */
export function putBack(state: PairState, on: Batch, now: number): Decision {
  const waiting = [...on.members, ...state.waiting];
  return settle({ ...state, waiting }, { ...on, members: [] }, now);
}

/** Settles when every member has its verdict; else goes on waiting. */
export function settleWhenJudged(state: PairState, now: number): Decision {
  const { on } = state;
  if (on?.phase !== 'waiting for verdicts' || on.members.some(({ verdict }) => verdict === null)) {
    return { state, commands: [] };
  }
  return settle(state, on, now);
}

export function enter(on: Batch, phase: Phase, now: number): Batch {
  return { ...on, phase, since: now, heldBy: null };
}

/** What the transaction needs to know of a member. */
export function memberOf({ gateway, run, name }: PairMember): PairMember {
  return { gateway, run, name };
}
