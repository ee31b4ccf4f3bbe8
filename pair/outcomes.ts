/** What the routers' transactions came to, and who is to be told. */
import { FAILURES } from '../gateway/failures.ts';
import {
  anyBatch,
  apply,
  carriedAnswer,
  enter,
  memberOf,
  putBack,
  roundOf,
  settle,
  settleWhenJudged,
} from './batch.ts';
import type { PairLimits } from './batch.ts';
import { isSame, noted } from './members.ts';
import type { PairAnswer, PairMember } from './messages.ts';
import type { Batch, Decision, Note, PairCommand, PairState, Waiting } from './state.ts';
import type { ApplyOutcome, SettleOutcome, TurnMember } from './transactions.ts';

export function taken(state: PairState, on: Batch, leftover: readonly TurnMember[], now: number): Decision {
  if (leftover.length === 0) return apply({ ...state, cleared: true }, on, now);
  const drop = leftover.map(({ gateway, run }) => ({ gateway, run, name: gateway.resourceId }));
  return {
    state: { ...state, cleared: false, on: enter(on, 'clearing', now) },
    commands: [{ kind: 'settle', turn: on.turn, keep: [], drop }],
  };
}

/**
 * Of those left behind, who still runs asks by itself; for the others somebody has to speak (M4). The turn is given back:
 * it was given for settling, even where a router is held, and nothing new may begin on it.
 */
export function cleared(state: PairState, on: Batch, { gone }: SettleOutcome, now: number): Decision {
  const known = [...on.members, ...state.waiting];
  const orphans = gone.filter(({ member }) => !known.some((one) => isSame(one, member)));
  const published = orphans.map(({ member, owed, reason }): PairCommand => {
    const why = reason ?? 'left behind by a router pair workflow that was ended';
    return {
      kind: 'publish for',
      member,
      outcome: { kind: 'gone', type: FAILURES.Cancelled, reason: why, owed },
    };
  });
  const onward = putBack({ ...state, cleared: true }, on, now);
  return { state: onward.state, commands: [...published, ...onward.commands] };
}

export function applied(state: PairState, before: Batch, outcome: ApplyOutcome, now: number): Decision {
  const on: Batch = { ...before, plainly: outcome.plainly ?? [] };
  const ended = on.members.flatMap((member): Ended[] => {
    const found = outcome.refused.find((one) => isSame(one.member, member));
    if (found !== undefined) {
      const { type, reason } = found;
      return [{ member, answer: { kind: 'gone', type, reason, owed: [] } }];
    }
    // Who is asked to go meanwhile hears so from settling: it stays (T10).
    const isCreated = member.verdict === null && (outcome.created ?? []).some((one) => isSame(one, member));
    return isCreated ? [{ member, answer: { kind: 'created' } }] : [];
  });
  const commands = ended.flatMap(({ member, answer }) => reply(member, answer));
  const isLater = (member: Waiting) =>
    member.verdict === null && (outcome.later ?? []).some((one) => isSame(one, member));
  const waiting = [...on.members.filter(isLater), ...state.waiting];
  const members = on.members
    .filter((member) => !isLater(member) && !ended.some((one) => isSame(one.member, member)))
    .map((member): Waiting => {
      // Who has asked for its removal meanwhile waits for that answer, not for this one.
      if (member.verdict !== null) return member;
      if (!outcome.applied.some((one) => isSame(one, member))) {
        const { type, reason } = outcome.undo.find((one) => isSame(one.member, member)) ?? UNTOLD;
        return { ...member, verdict: { kind: 'drop', type, reason } };
      }
      commands.push(...reply(member, carriedAnswer(on, member.pollAgain ? 'keep' : 'push')));
      return { ...member, asker: null };
    });
  const next = noted(
    { ...state, waiting, on: enter({ ...on, members }, 'waiting for verdicts', now) },
    ended,
  );
  const judged = settleWhenJudged(next, now);
  const waits: PairCommand = { kind: 'await verdicts', round: roundOf(on), until: outcome.verdictBy };
  return {
    state: judged.state,
    commands: [...commands, ...(judged.state === next ? [waits] : judged.commands)],
  };
}

export function settled(state: PairState, on: Batch, outcome: SettleOutcome, now: number): Decision {
  const ended = on.members.flatMap((member): Ended[] => {
    const answer = endOf(member, outcome);
    return answer === undefined ? [] : [{ member, answer }];
  });
  const commands = ended.flatMap(({ member, answer }): PairCommand[] =>
    // Dropped for want of a verdict: if its saga is gone, nobody else will say so (M4).
    member.asker === null && answer.kind === 'gone'
      ? [{ kind: 'publish for', member: memberOf(member), outcome: answer }]
      : reply(member, answer),
  );
  const next = noted(state, ended);
  const left = on.members.filter((member) => !ended.some((one) => one.member === member));
  const isTold = (member: Waiting) => outcome.again.some((one) => isSame(one, member));
  // What nothing was told of may have stayed: nothing is applied before that is known, or its verdict would outlive its round.
  const onward = left.every(isTold)
    ? apply(next, { ...on, members: left.map(reopened) }, now)
    : settle(next, { ...on, members: left }, now);
  return { state: onward.state, commands: [...commands, ...onward.commands] };
}

/**
 * All take another turn, which takes over what this one may have left; nothing seen under this one counts any more (M3). It is not
 * given back: what is on the routers would be forgotten.
 */
export function lost(state: PairState, on: Batch, now: number, limits: PairLimits): Decision {
  const waiting = [...on.members.map(reopened), ...state.waiting];
  return anyBatch({ ...state, cleared: false, waiting, on: null }, now, limits);
}

/** What fell back is applied again, and has to be seen working again (T12, M3). */
function reopened(member: Waiting): Waiting {
  return member.verdict?.kind === 'keep' ? { ...member, verdict: member.verdict.overruled ?? null } : member;
}

/** Nobody was there to be answered: dropped alone if it stands unjudged; else its end is published for it (M4). */
export function nobody(state: PairState, member: PairMember, answer: PairAnswer, now: number): Decision {
  switch (answer.kind) {
    case 'gone':
      return { state, commands: [{ kind: 'publish for', member, outcome: answer }] };
    case 'kept': {
      const seen = state.notes.find((note) => isSame(note, member))?.seen ?? [];
      return { state, commands: [{ kind: 'publish for', member, outcome: { kind: 'created', seen } }] };
    }
    case 'created':
      return { state, commands: [] };
    case 'applied':
    case 'poll again': {
      const { on } = state;
      if (on === null || roundOf(on) !== answer.turn) return { state, commands: [] };
      const members = on.members.map((one): Waiting =>
        isSame(one, member) && one.verdict === null
          ? { ...one, verdict: { kind: 'drop', type: FAILURES.Cancelled, reason: 'its workflow is gone' } }
          : one,
      );
      return settleWhenJudged({ ...state, on: { ...on, members } }, now);
    }
  }
}

/** Past the time for verdicts (T11). */
export function overdue(state: PairState, on: Batch, now: number): Decision {
  const members = on.members.map((member): Waiting =>
    member.verdict === null
      ? { ...member, verdict: { kind: 'drop', type: FAILURES.NotConverged, reason: 'no verdict in time' } }
      : member,
  );
  return settle(state, { ...on, members }, now);
}

const UNTOLD = { type: FAILURES.Internal, reason: 'nothing was told of what became of it' };

export interface Ended extends Pick<Note, 'answer' | 'unseen'> {
  readonly member: Waiting;
}

function endOf(member: Waiting, { kept, gone }: SettleOutcome): Note['answer'] | undefined {
  if (kept.some((one) => isSame(one, member))) return { kind: 'kept' };
  const found = gone.find((one) => isSame(one.member, member));
  if (found === undefined) return undefined;
  const { owed, reason: seen } = found;
  if (member.verdict?.kind === 'drop') {
    const { type, reason } = member.verdict;
    return { kind: 'gone', type, reason, owed, ...(seen === null ? {} : { note: seen }) };
  }
  const reason = seen ?? 'it fell back before it could be made permanent';
  return { kind: 'gone', type: FAILURES.NotConverged, reason, owed };
}

export function reply(member: Waiting, answer: PairAnswer, unseen?: true): PairCommand[] {
  const { asker } = member;
  if (asker === null) return [];
  return [{ kind: 'answer', asker, member: memberOf(member), answer, ...(unseen && { unseen }) }];
}
