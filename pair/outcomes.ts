/** What follows from the outcomes of the router transactions: the next phase, and the answers to sagas. */
import { FAILURES } from '../gateway/failures.ts';
import {
  appliedAnswer,
  apply,
  awaitVerdicts,
  beginBatch,
  enter,
  memberOf,
  returnToQueue,
  settle,
  settleOnceDecided,
  trialOf,
} from './batch.ts';
import { leave } from './door.ts';
import { answersTo } from './let-go.ts';
import type { PairLimits } from './limits.ts';
import { pay } from './owing.ts';
import { isSame, withOutcomes } from './members.ts';
import type { EndedMember } from './members.ts';
import type { PairAnswer, PairMember, Reverted } from './messages.ts';
import type { Decision, PairCommand } from './events.ts';
import type { Batch, Member, PairState } from './state.ts';
import type { PermittedMember } from './router-record.ts';
import type { ApplyOutcome, SettleOutcome } from './transactions.ts';

/** Both routers are reserved. If an earlier workflow of the pair left members behind, they are reverted before anything is applied. */
export function reserved(
  state: PairState,
  batch: Batch,
  { leftover, paysOnly }: { readonly leftover: readonly PermittedMember[]; readonly paysOnly?: true },
  now: number,
): Decision {
  if (leftover.length === 0) {
    const next = { ...state, recovered: true };
    if (batch.pays !== undefined && (batch.members.length === 0 || paysOnly === true))
      return pay(next, batch, now);
    // What is owed is made before the members are applied.
    const { pays: _, ...rest } = batch;
    return apply(next, rest, now);
  }
  const revert = leftover.map(({ gateway, run }) => ({ gateway, run, name: gateway.resourceId }));
  // This batch ends before it makes what is owed, so it must not count as one that has tried.
  const { pays: _, ...rest } = batch;
  return {
    state: { ...state, recovered: false, batch: enter(rest, 'recovering', now) },
    commands: [{ kind: 'settle', reservation: batch.reservation, confirm: [], revert }],
  };
}

/**
 * The members that were left behind are reverted, except for those that are kept already. A saga that still runs sends its request again, and is
 * answered. The pair publishes for a saga that does not run any more. The reservation ends, because nothing new may begin under it: it may have been
 * given during a maintenance hold, for settling only.
 */
export function recovered(
  state: PairState,
  batch: Batch,
  { kept, reverted }: SettleOutcome,
  now: number,
): Decision {
  const known = [...batch.members, ...state.waiting];
  const isOrphan = (member: PairMember) => !known.some((one) => isSame(one, member));
  const ended = [
    ...kept.map((member) => ({ member, outcome: { kind: 'kept' } as const })),
    ...reverted.map(({ member, owedOn, reason }) => {
      const why = reason ?? 'left behind by a router pair workflow that was ended';
      return {
        member,
        outcome: { kind: 'reverted', type: FAILURES.Cancelled, reason: why, owedOn } as const,
      };
    }),
  ];
  const published = ended
    .filter(({ member }) => isOrphan(member))
    .map((one): PairCommand => ({ kind: 'publish on behalf', ...one }));
  const onward = returnToQueue({ ...state, recovered: true }, batch, now);
  return { state: onward.state, commands: [...published, ...onward.commands] };
}

export function applied(state: PairState, applying: Batch, outcome: ApplyOutcome, now: number): Decision {
  const { plainCommits = [], verdictMs, vrrp } = outcome;
  const batch: Batch = { ...applying, plainCommits, verdictMs, ...(vrrp && { vrrp }) };
  const ended = batch.members.flatMap((member): EndedMember[] => {
    const found = outcome.refused.find((one) => isSame(one.member, member));
    if (found !== undefined) {
      const { type, reason } = found;
      return [{ member, answer: { kind: 'reverted', type, reason, owedOn: [] } }];
    }
    // A member that requested its revert meanwhile is answered after settling, which leaves it where it is ("settled state stays", T10).
    const isComplete = member.verdict === null && (outcome.complete ?? []).some((one) => isSame(one, member));
    return isComplete ? [{ member, answer: { kind: 'complete' } }] : [];
  });
  const commands = ended.flatMap(({ member, answer }) => answersTo(member, answer));
  const isPostponed = (member: Member) =>
    member.verdict === null && (outcome.postponed ?? []).some((one) => isSame(one, member));
  const waiting = [...batch.members.filter(isPostponed), ...state.waiting];
  const members = batch.members
    .filter((member) => !isPostponed(member) && !ended.some((one) => isSame(one.member, member)))
    .map((member): Member => {
      // This member has requested its revert meanwhile. It waits for the answer to that request, so the pair does not send it `applied`.
      if (member.verdict !== null) return member;
      if (!outcome.applied.some((one) => isSame(one, member))) {
        const { type, reason } = outcome.toRevert.find((one) => isSame(one.member, member)) ?? NOT_REPORTED;
        return { ...member, verdict: { kind: 'revert', type, reason } };
      }
      const action = member.mayBeApplied ? 'confirm' : 'apply';
      commands.push(...answersTo(member, appliedAnswer(batch, action)));
      return { ...member, replyTo: null };
    });
  const entered = enter({ ...batch, members }, 'waiting for verdicts', now);
  const next = withOutcomes({ ...state, waiting, batch: entered }, ended);
  const onward = settleOnceDecided(next, now);
  return {
    state: onward.state,
    commands: [...commands, ...(onward.state === next ? [awaitVerdicts(entered, now)] : onward.commands)],
  };
}

export function settled(state: PairState, batch: Batch, outcome: SettleOutcome, now: number): Decision {
  const ended = batch.members.flatMap((member) => {
    const answer = endOf(member, outcome);
    return answer === undefined ? [] : [{ member, answer }];
  });
  const commands = ended.flatMap(({ member, answer }): PairCommand[] =>
    // No request of this member waits: the pair itself gave the verdict. If its saga does not run any more, the pair must publish.
    member.replyTo === null
      ? [{ kind: 'publish on behalf', member: memberOf(member), outcome: answer }]
      : answersTo(member, answer),
  );
  const next = withOutcomes(state, ended);
  const left = batch.members.filter((member) => !ended.some((one) => one.member === member));
  const fellBack = (member: Member) => outcome.fellBack.some((one) => isSame(one, member));
  // A member that settling did not report may still be on a router. Applying would start a trial in which its old verdict counts, so
  // settling is done again until every member is reported.
  const onward = left.every(fellBack)
    ? apply(next, { ...batch, members: left.map(withoutConfirm) }, now)
    : settle(next, { ...batch, members: left }, now);
  return { state: onward.state, commands: [...commands, ...onward.commands] };
}

/**
 * All members go into the next batch. Its reservation takes over what the lost one may have left on the routers. Nothing that was seen
 * under the lost reservation counts any more ("named trial", M3). The lost reservation is not ended: etcd would forget what may stand on
 * the routers.
 */
export function reservationLost(state: PairState, batch: Batch, now: number, limits: PairLimits): Decision {
  const waiting = [...batch.members.map(withoutConfirm), ...state.waiting];
  return beginBatch({ ...state, recovered: false, waiting, batch: null }, now, limits);
}

/** A member that fell back is applied again, and must be seen working again ("split confirm", T12). */
function withoutConfirm(member: Member): Member {
  return member.verdict?.kind === 'confirm'
    ? { ...member, verdict: member.verdict.lateRevert ?? null }
    : member;
}

/**
 * The answer did not reach its saga ("missing saga", M4). A member on trial without a verdict is reverted alone. The pair publishes how any
 * other member ended.
 */
export function undelivered(state: PairState, member: PairMember, answer: PairAnswer, now: number): Decision {
  switch (answer.kind) {
    case 'reverted':
      return { state, commands: [{ kind: 'publish on behalf', member, outcome: answer }] };
    case 'kept':
      return { state, commands: [{ kind: 'publish on behalf', member, outcome: answer }] };
    case 'complete':
      return { state, commands: [] };
    case 'full': {
      const { ticket } = answer;
      return { state: ticket === null ? state : { ...state, door: leave(state.door, ticket) }, commands: [] };
    }
    case 'applied':
    case 'applied again': {
      const { batch } = state;
      if (batch === null || trialOf(batch) !== answer.trial) return { state, commands: [] };
      const members = batch.members.map((one): Member =>
        isSame(one, member) && one.verdict === null
          ? {
              ...one,
              verdict: { kind: 'revert', type: FAILURES.Cancelled, reason: 'its workflow is gone' },
            }
          : one,
      );
      return settleOnceDecided({ ...state, batch: { ...batch, members } }, now);
    }
  }
}

/** The time for verdicts is over: a member without one is reverted ("refused revert", T11). */
export function verdictsDue(state: PairState, batch: Batch, now: number): Decision {
  const members = batch.members.map((member): Member =>
    member.verdict === null
      ? {
          ...member,
          verdict: { kind: 'revert', type: FAILURES.NotConverged, reason: 'no verdict in time' },
        }
      : member,
  );
  return settle(state, { ...batch, members }, now);
}

const NOT_REPORTED = { type: FAILURES.Internal, reason: 'applying did not report what became of it' };

type KeptOrReverted = { readonly kind: 'kept' } | Reverted;

/** How a member ended by this settling; `undefined`: it did not end. */
function endOf(member: Member, { kept, reverted }: SettleOutcome): KeptOrReverted | undefined {
  if (kept.some((one) => isSame(one, member))) return { kind: 'kept' };
  const found = reverted.find((one) => isSame(one.member, member));
  if (found === undefined) return undefined;
  const { owedOn, reason: note } = found;
  const stood = { owedOn, mayHaveStood: true } as const;
  if (member.verdict?.kind === 'revert') {
    const { type, reason } = member.verdict;
    return { kind: 'reverted', type, reason, ...stood, ...(note === null ? {} : { note }) };
  }
  const reason = note ?? 'it fell back before it could be made permanent';
  return { kind: 'reverted', type: FAILURES.NotConverged, reason, ...stood };
}
