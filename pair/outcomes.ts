/** What the routers' transactions came to, and who is to be told. */
import { FAILURES } from '../gateway/failures.ts';
import {
  beginBatch,
  apply,
  appliedAnswer,
  enter,
  memberOf,
  returnToQueue,
  trialOf,
  settle,
  settleWhenJudged,
} from './batch.ts';
import type { PairLimits } from './batch.ts';
import { isSame, withOutcomes } from './members.ts';
import type { PairAnswer, PairMember } from './messages.ts';
import type { Batch, Decision, MemberOutcome, PairCommand, PairState, Member } from './state.ts';
import type { ApplyOutcome, SettleOutcome, PermittedMember } from './transactions.ts';

export function reserved(state: PairState, on: Batch, leftover: readonly PermittedMember[], now: number): Decision {
  if (leftover.length === 0) return apply({ ...state, recovered: true }, on, now);
  const drop = leftover.map(({ gateway, run }) => ({ gateway, run, name: gateway.resourceId }));
  return {
    state: { ...state, recovered: false, batch: enter(on, 'recovering', now) },
    commands: [{ kind: 'settle', reservation: on.reservation, keep: [], drop }],
  };
}

/**
 * Of those left behind, who still runs asks by itself; for the others somebody has to speak (M4). The turn is given back:
 * it was given for settling, even where a router is held, and nothing new may begin on it.
 */
export function cleared(state: PairState, on: Batch, { reverted: gone }: SettleOutcome, now: number): Decision {
  const known = [...on.members, ...state.waiting];
  const orphans = gone.filter(({ member }) => !known.some((one) => isSame(one, member)));
  const published = orphans.map(({ member, owed, reason }): PairCommand => {
    const why = reason ?? 'left behind by a router pair workflow that was ended';
    return {
      kind: 'publish on behalf',
      member,
      outcome: { kind: 'reverted', type: FAILURES.Cancelled, reason: why, owedOn: owed },
    };
  });
  const onward = returnToQueue({ ...state, recovered: true }, on, now);
  return { state: onward.state, commands: [...published, ...onward.commands] };
}

export function applied(state: PairState, before: Batch, outcome: ApplyOutcome, now: number): Decision {
  const on: Batch = { ...before, plainCommits: outcome.plainCommits ?? [] };
  const ended = on.members.flatMap((member): Ended[] => {
    const found = outcome.refused.find((one) => isSame(one.member, member));
    if (found !== undefined) {
      const { type, reason } = found;
      return [{ member, answer: { kind: 'reverted', type, reason, owedOn: [] } }];
    }
    // Who is asked to go meanwhile hears so from settling: it stays (T10).
    const isCreated = member.verdict === null && (outcome.complete ?? []).some((one) => isSame(one, member));
    return isCreated ? [{ member, answer: { kind: 'created' } }] : [];
  });
  const commands = ended.flatMap(({ member, answer }) => reply(member, answer));
  const isLater = (member: Member) =>
    member.verdict === null && (outcome.postponed ?? []).some((one) => isSame(one, member));
  const waiting = [...on.members.filter(isLater), ...state.waiting];
  const members = on.members
    .filter((member) => !isLater(member) && !ended.some((one) => isSame(one.member, member)))
    .map((member): Member => {
      // Who has asked for its removal meanwhile waits for that answer, not for this one.
      if (member.verdict !== null) return member;
      if (!outcome.applied.some((one) => isSame(one, member))) {
        const { type, reason } = outcome.toRevert.find((one) => isSame(one.member, member)) ?? UNTOLD_REASON;
        return { ...member, verdict: { kind: 'revert', type, reason } };
      }
      commands.push(...reply(member, appliedAnswer(on, member.mayBeApplied ? 'confirm' : 'apply')));
      return { ...member, replyTo: null };
    });
  const next = withOutcomes(
    { ...state, waiting, batch: enter({ ...on, members }, 'waiting for verdicts', now) },
    ended,
  );
  const judged = settleWhenJudged(next, now);
  const waits: PairCommand = { kind: 'await verdicts', trial: trialOf(on), until: outcome.verdictBy };
  return {
    state: judged.state,
    commands: [...commands, ...(judged.state === next ? [waits] : judged.commands)],
  };
}

export function settled(state: PairState, on: Batch, outcome: SettleOutcome, now: number): Decision {
  const ended = on.members.flatMap((member): Ended[] => {
    const answer = endingOf(member, outcome);
    return answer === undefined ? [] : [{ member, answer }];
  });
  const commands = ended.flatMap(({ member, answer }): PairCommand[] =>
    // Dropped for want of a verdict: if its saga is gone, nobody else will say so (M4).
    member.replyTo === null && answer.kind === 'reverted'
      ? [{ kind: 'publish on behalf', member: memberOf(member), outcome: answer }]
      : reply(member, answer),
  );
  const next = withOutcomes(state, ended);
  const left = on.members.filter((member) => !ended.some((one) => one.member === member));
  const isTold = (member: Member) => outcome.fellBack.some((one) => isSame(one, member));
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
export function reservationLost(state: PairState, on: Batch, now: number, limits: PairLimits): Decision {
  const waiting = [...on.members.map(reopened), ...state.waiting];
  return beginBatch({ ...state, recovered: false, waiting, batch: null }, now, limits);
}

/** What fell back is applied again, and has to be seen working again (T12, M3). */
function reopened(member: Member): Member {
  return member.verdict?.kind === 'confirm' ? { ...member, verdict: member.verdict.overruled ?? null } : member;
}

/** Nobody was there to be answered: dropped alone if it stands unjudged; else its end is published for it (M4). */
export function undelivered(state: PairState, member: PairMember, answer: PairAnswer, now: number): Decision {
  switch (answer.kind) {
    case 'reverted':
      return { state, commands: [{ kind: 'publish on behalf', member, outcome: answer }] };
    case 'kept': {
      const seen = state.outcomes.find((note) => isSame(note, member))?.seen ?? [];
      return { state, commands: [{ kind: 'publish on behalf', member, outcome: { kind: 'created', seen } }] };
    }
    case 'created':
      return { state, commands: [] };
    case 'applied':
    case 'applied again': {
      const { batch: on } = state;
      if (on === null || trialOf(on) !== answer.trial) return { state, commands: [] };
      const members = on.members.map((one): Member =>
        isSame(one, member) && one.verdict === null
          ? { ...one, verdict: { kind: 'revert', type: FAILURES.Cancelled, reason: 'its workflow is gone' } }
          : one,
      );
      return settleWhenJudged({ ...state, batch: { ...on, members } }, now);
    }
  }
}

/** Past the time for verdicts (T11). */
export function overdue(state: PairState, on: Batch, now: number): Decision {
  const members = on.members.map((member): Member =>
    member.verdict === null
      ? { ...member, verdict: { kind: 'revert', type: FAILURES.NotConverged, reason: 'no verdict in time' } }
      : member,
  );
  return settle(state, { ...on, members }, now);
}

const UNTOLD_REASON = { type: FAILURES.Internal, reason: 'nothing was told of what became of it' };

export interface Ended extends Pick<MemberOutcome, 'answer' | 'neverApplied'> {
  readonly member: Member;
}

function endingOf(member: Member, { kept, reverted: gone }: SettleOutcome): MemberOutcome['answer'] | undefined {
  if (kept.some((one) => isSame(one, member))) return { kind: 'kept' };
  const found = gone.find((one) => isSame(one.member, member));
  if (found === undefined) return undefined;
  const { owed, reason: seen } = found;
  if (member.verdict?.kind === 'revert') {
    const { type, reason } = member.verdict;
    return { kind: 'reverted', type, reason, owedOn: owed, ...(seen === null ? {} : { note: seen }) };
  }
  const reason = seen ?? 'it fell back before it could be made permanent';
  return { kind: 'reverted', type: FAILURES.NotConverged, reason, owedOn: owed };
}

export function reply(member: Member, answer: PairAnswer, neverApplied?: true): PairCommand[] {
  const { replyTo } = member;
  if (replyTo === null) return [];
  return [{ kind: 'answer', replyTo, member: memberOf(member), answer, ...(neverApplied && { neverApplied }) }];
}
