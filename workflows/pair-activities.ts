/**
 * The pair's activities as its workflow calls them, each with its time-outs and with the text that the Web UI shows on the activity's bar.
 */
import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { LENGTHS, oneLine } from '../gateway/display.ts';
import { ACTIVITY_TIMES } from '../gateway/policies.ts';
import type { HoldRequest, PairMember, ReleaseRequest } from '../pair/messages.ts';
import type { PairCommand } from '../pair/events.ts';
import type { MemberOutcome } from '../pair/state.ts';
import type {
  ApplyInput,
  AwaitRoutersInput,
  PayInput,
  ReserveInput,
  SettleInput,
} from '../pair/transactions.ts';
import type { Activities } from '../activities/index.ts';

const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
const store = proxyActivities<Activities>({ ...ACTIVITY_TIMES.store, cancellationType });
const reservations = proxyActivities<Activities>({ ...ACTIVITY_TIMES.reservation, cancellationType });
const routers = proxyActivities<Activities>({ ...ACTIVITY_TIMES.routers, cancellationType });

const { reserve, lookAtOwedChanges } = reservations;
const { endReservation, answer, publishOnBehalf, publishUnpublished, beginMaintenance, endMaintenance } =
  store;
const { apply, awaitRouters, settle, pay } = routers;

export type Answer = Extract<PairCommand, { kind: 'answer' }>;

export const pairActivities = {
  reserve: (input: ReserveInput) => reserve.executeWithOptions({ summary: input.reservation }, [input]),
  apply: (input: ApplyInput) =>
    apply.executeWithOptions({ summary: `${input.reservation}: ${namesOf(input.members)}` }, [input]),
  awaitRouters: (input: AwaitRoutersInput) =>
    awaitRouters.executeWithOptions({ summary: summaryOf(`${input.reservation}: ${input.known}`) }, [input]),
  settle: (input: SettleInput) => {
    const { reservation, confirm, revert } = input;
    const summary = `${reservation}: confirm ${confirm.length}, revert ${revert.length}`;
    return settle.executeWithOptions({ summary }, [input]);
  },
  lookAtOwedChanges: (pair: readonly [string, string]) =>
    lookAtOwedChanges.executeWithOptions({ summary: 'owed changes' }, [{ routers: pair }]),
  pay: (input: PayInput) =>
    pay.executeWithOptions({ summary: `${input.reservation}: owed changes` }, [input]),
  endReservation: (
    { reservation, recovered }: Extract<PairCommand, { kind: 'end reservation' }>,
    pair: readonly [string, string],
    isReset: boolean,
  ) => {
    const ifEmpty = isReset && !recovered ? { ifEmpty: true as const } : {};
    return endReservation.executeWithOptions({ summary: reservation }, [
      { reservation, routers: pair, ...ifEmpty },
    ]);
  },
  answer: (commands: readonly Answer[], isReset: boolean) => {
    const kinds = [...new Set(commands.map((command) => command.answer.kind))].join(', ');
    const summary = `${namesOf(commands.map(({ member }) => member))}: ${kinds}`;
    const answers = commands.map(({ replyTo, answer: words, neverApplied }) => ({
      replyTo,
      answer: words,
      ...(neverApplied && { neverApplied }),
    }));
    const reset = isReset ? { wasReset: true as const } : {};
    return answer.executeWithOptions({ summary }, [{ answers, ...reset }]);
  },
  beginMaintenance: (input: HoldRequest) =>
    beginMaintenance.executeWithOptions({ summary: summaryOf(`${input.router}: ${input.reason}`) }, [input]),
  endMaintenance: (input: ReleaseRequest) =>
    endMaintenance.executeWithOptions({ summary: input.router }, [input]),
  publishOnBehalf: ({ member, outcome }: Extract<PairCommand, { kind: 'publish on behalf' }>) =>
    publishOnBehalf.executeWithOptions({ summary: member.name }, [{ member, outcome }]),
  publishUnpublished: (outcomes: readonly Pick<MemberOutcome, keyof PairMember | 'answer'>[]) =>
    publishUnpublished.executeWithOptions({ summary: `${namesOf(outcomes)}: published?` }, [
      outcomes.map(({ gateway, run, name, answer: ended }) => ({
        member: { gateway, run, name },
        outcome: ended.kind === 'reverted' ? ended : { kind: 'kept' },
      })),
    ]),
} as const;

/**
 * Whether this run began by a reset. The workflow may pass this on to activities and to the next run. It must not base its own decisions on this,
 * because the events before the point of the reset were recorded while the answer was another one.
 */
export function wasReset(): boolean {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId !== originalExecutionRunId;
}

function summaryOf(text: string): string {
  return oneLine(text, LENGTHS.summary);
}

function namesOf(members: readonly PairMember[]): string {
  return members.length === 1 ? (members[0]?.name ?? '') : `${members.length} gateways`;
}
