/** A request of a gateway that the pair does not know: it enters the queue, or waits at the door. */
import { LENGTHS, oneLine } from '../gateway/display.ts';
import { FAILURES } from '../gateway/failures.ts';
import { nextBatch } from './batch.ts';
import { againMs, ask, batchMs, leave } from './door.ts';
import { PAIR_LIMITS, waitingAtMost } from './limits.ts';
import type { PairLimits } from './limits.ts';
import { withOutcomes } from './members.ts';
import type { PairAction, PairAnswer, PairRequest, Reverted } from './messages.ts';
import type { Decision, PairCommand } from './events.ts';
import type { Member, PairState, RevertVerdict } from './state.ts';
import { PAIR_TIMES } from './times.ts';

export function arrive(state: PairState, request: PairRequest, now: number, limits: PairLimits): Decision {
  const { waiting, door: before } = state;
  const { action } = request;
  // A request that came twice may have entered an earlier workflow of the pair, and been applied by it. So the member leaves without a look at the
  // routers only once everything that such a workflow left is settled.
  if (action.kind === 'revert' && action.atTheDoor !== undefined && mayLeave(state, action)) {
    return leaves({ ...state, door: leave(before, action.atTheDoor) }, request, action.reason, now);
  }
  const { batchLimit, waitingLimit = PAIR_LIMITS.waiting } = limits;
  const isIdle = waiting.length === 0;
  if (mayStand(action)) {
    if (waiting.length < waitingAtMost(limits)) return enter(state, request, now, limits);
    return full(state, request, { kind: 'full', ticket: null, againMs: batchMs(before, batchLimit) });
  }
  const { door, ticket } = ask(before, request, waitingLimit - waiting.length, now);
  if (ticket === null) return enter({ ...state, door }, request, now, limits);
  return full({ ...state, door }, request, {
    kind: 'full',
    ticket,
    againMs: againMs(door, ticket, batchLimit, isIdle),
  });
}

/** Whether a member that this workflow never applied may leave without a look: then the routers carry nothing of it. */
export function mayLeave({ recovered }: PairState, action: PairAction): boolean {
  return recovered && action.kind === 'revert';
}

/** Joins the batch that still waits for its reservation, or the queue. */
function enter(state: PairState, request: PairRequest, now: number, limits: PairLimits): Decision {
  const { batch, waiting } = state;
  const arrival = arrivalOf(request, now);
  if (batch?.phase === 'reserving' && batch.members.length < limits.batchLimit && waiting.length === 0) {
    return { state: { ...state, batch: { ...batch, members: [...batch.members, arrival] } }, commands: [] };
  }
  const next = nextBatch({ ...state, waiting: [...waiting, arrival] }, now, limits);
  return request.woken === true ? gathering(next) : next;
}

/** If a batch begins, others may join it for a while before its routers are reserved. */
function gathering({ state, commands }: Decision): Decision {
  const { gatherMs } = PAIR_TIMES;
  return {
    state,
    commands: commands.map((command) => (command.kind === 'reserve' ? { ...command, gatherMs } : command)),
  };
}

function full(state: PairState, request: PairRequest, answer: PairAnswer): Decision {
  return { state, commands: [answerCommand(request, answer)] };
}

/** A gateway that waited at the door gives up its wish to enter. The routers carry nothing of it. */
function leaves(state: PairState, request: PairRequest, why: string, now: number): Decision {
  const { type, reason } = cancelled(why);
  const answer: Reverted = { kind: 'reverted', type, reason, owedOn: [] };
  const member = arrivalOf(request, now);
  return {
    // A request to apply may still be on its way. Its lower sequence number will tell that it comes late ("sequence", M2).
    state: withOutcomes(state, [{ member, answer, neverApplied: true }]),
    commands: [answerCommand(request, answer, true)],
  };
}

/**
 * The member that a request brings. A revert needs a reservation as well: only a look at the routers can tell that nothing stands there ("failed is
 * looked at too", T6).
 */
export function arrivalOf(request: PairRequest, since: number): Member {
  const { gateway, run, name, sequence, replyTo, action } = request;
  const verdict = action.kind === 'revert' ? cancelled(action.reason) : null;
  const waited = action.kind === 'revert' && action.atTheDoor !== undefined;
  const arrival = { gateway, run, name, sequence, replyTo, since, mayBeApplied: mayStand(action), verdict };
  return { ...arrival, ...(waited && { mayLeave: true }) };
}

/** Whether the routers may carry the gateway already, by this run of its saga. */
function mayStand(action: PairAction): boolean {
  return action.kind !== 'apply' || looksAgain(action);
}

/** Whether the request is to apply a member whose records in etcd were gone. */
export function looksAgain(action: PairAction): boolean {
  return action.kind === 'apply' && action.again === true;
}

export function cancelled(reason: string): RevertVerdict {
  return { kind: 'revert', type: FAILURES.Cancelled, reason: oneLine(reason, LENGTHS.request) };
}

export function answerCommand(
  { replyTo, gateway, run, name }: PairRequest,
  answer: PairAnswer,
  neverApplied?: true,
): PairCommand {
  const member = { gateway, run, name };
  return { kind: 'answer', replyTo, member, answer, ...(neverApplied && { neverApplied }) };
}
