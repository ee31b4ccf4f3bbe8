/** The pair's activities as its workflow calls them. */
import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { HoldRequest, PairMember } from '../pair/messages.ts';
import type { MemberOutcome, PairCommand } from '../pair/state.ts';
import type { ApplyInput, AwaitRoutersInput, SettleInput, ReserveInput } from '../pair/transactions.ts';
import { ACTIVITY_TIMES } from '../gateway/policies.ts';
import type { Activities } from '../activities/index.ts';

const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
const store = proxyActivities<Activities>({ ...ACTIVITY_TIMES.store, cancellationType });
const reservations = proxyActivities<Activities>({ ...ACTIVITY_TIMES.reservation, cancellationType });
const routers = proxyActivities<Activities>({ ...ACTIVITY_TIMES.routers, cancellationType });

const { reserve: reserve } = reservations;
const { endReservation: endReservation, answer, publishOnBehalf: publishFor, publishUnpublished: publishUnpublished, beginMaintenance, endMaintenance } = store;
const { apply, awaitRouters, settle } = routers;

export type Answer = Extract<PairCommand, { kind: 'answer' }>;

export const pairActivities = {
  reserve: (input: ReserveInput) => reserve.executeWithOptions({ summary: input.reservation }, [input]),
  apply: (input: ApplyInput) =>
    apply.executeWithOptions({ summary: `${input.reservation}: ${count(input.members)}` }, [input]),
  awaitRouters: (input: AwaitRoutersInput) =>
    awaitRouters.executeWithOptions({ summary: `${input.reservation}: ${input.known}` }, [input]),
  settle: (input: SettleInput) =>
    settle.executeWithOptions(
      { summary: `${input.reservation}: keep ${input.confirm.length}, drop ${input.revert.length}` },
      [input],
    ),
  endReservation: (
    { reservation, cleared }: Extract<PairCommand, { kind: 'end reservation' }>,
    pair: readonly [string, string],
  ) => {
    const ifEmpty = wasReset() && !cleared ? { ifEmpty: true as const } : {};
    return endReservation.executeWithOptions({ summary: reservation }, [{ reservation, routers: pair, ...ifEmpty }]);
  },
  answer: (answers: readonly Answer[]) => {
    const kinds = [...new Set(answers.map((one) => one.answer.kind))].join(', ');
    const summary = `${count(answers.map(({ member }) => member))}: ${kinds}`;
    const told = answers.map(({ replyTo, answer: words, neverApplied }) => ({
      replyTo,
      answer: words,
      ...(neverApplied && { neverApplied }),
    }));
    const reset = wasReset() ? { wasReset: true as const } : {};
    return answer.executeWithOptions({ summary }, [{ answers: told, ...reset }]);
  },
  hold: (input: HoldRequest) =>
    beginMaintenance.executeWithOptions({ summary: `${input.router}: ${input.reason}` }, [input]),
  release: (input: Pick<HoldRequest, 'router'>) =>
    endMaintenance.executeWithOptions({ summary: input.router }, [input]),
  publishFor: (input: Extract<PairCommand, { kind: 'publish on behalf' }>) =>
    publishFor.executeWithOptions({ summary: input.member.name }, [
      { member: input.member, outcome: input.outcome },
    ]),
  publishUnpublished: (notes: readonly MemberOutcome[]) =>
    publishUnpublished.executeWithOptions({ summary: `${count(notes)}: told?` }, [
      notes.map(({ gateway, run, name, answer: how, seen }) => ({
        member: { gateway, run, name },
        outcome: how.kind === 'reverted' ? how : { kind: 'created', seen },
      })),
    ]),
} as const;

/** To be told to activities and the next run only: nothing may be decided by it, as what came before the reset is replayed with it. */
export function wasReset(): boolean {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId !== originalExecutionRunId;
}

function count(members: readonly PairMember[]): string {
  return members.length === 1 ? (members[0]?.name ?? '') : `${members.length} gateways`;
}
