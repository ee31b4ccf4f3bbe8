/**
 * The activities as the saga calls them, each with its time-outs and with the text that the Web UI shows on the activity's bar. After a cancel the saga
 * waits until the running activity has ended, so that no activity is abandoned while it may still act. It does not wait for requests to the pair.
 */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import { LENGTHS, oneLine } from '../gateway/display.ts';
import type {
  OwedDeletionInput,
  PollInput,
  PublishFailedInput,
  RegisterInput,
  SeenInput,
  StepInput,
  UnchangedInput,
} from '../gateway/outcomes.ts';
import type { Plan, PlanInput } from '../gateway/plan.ts';
import type { Action } from '../gateway/change.ts';
import { COMPLETED, FAILED } from '../gateway/records.ts';
import type { GatewayRef, GatewayVersion } from '../gateway/resource.ts';
import { ACTIVITY_TIMES } from '../gateway/policies.ts';
import type { LastAnswer, Ticket } from '../pair/messages.ts';
import type { RequestInput } from '../activities/requests/request.ts';
import type { Activities } from '../activities/index.ts';
import { untilAnswered } from './request-again.ts';

const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
const store = proxyActivities<Activities>({ ...ACTIVITY_TIMES.store, cancellationType });
/**
 * After they have published, these activities list all gateways that wait for this one, and wake them, or start the workflow that wakes them. So they
 * have the time-out and the heartbeats of work on routers.
 */
const publications = proxyActivities<Activities>({
  ...ACTIVITY_TIMES.store,
  startToCloseTimeout: ACTIVITY_TIMES.routers.startToCloseTimeout,
  heartbeatTimeout: ACTIVITY_TIMES.routers.heartbeatTimeout,
  cancellationType,
});
/**
 * The pair completes these activities with its answers. A cancel only ends the wait for the answer. To take back what was requested, the
 * saga sends a separate request to revert.
 */
const requests = proxyActivities<Activities>({
  ...ACTIVITY_TIMES.request,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});
const routers = proxyActivities<Activities>({ ...ACTIVITY_TIMES.routers, cancellationType });
const polls = proxyActivities<Activities>({ ...ACTIVITY_TIMES.poll, cancellationType });

/** How a request is sent. */
export interface Sending {
  /** Is told the ticket when the saga begins to wait at the door, and `null` when it waits there no more. */
  readonly noteDoor: (ticket: Ticket | null) => void;
  /** The sequence number of a request that is sent again. */
  readonly nextSequence: () => number;
}

/**
 * Sends a request again and again until an answer comes: the pair's workflow may have been terminated ("missing saga", M4), or the pair may be
 * full.
 */
const requesting =
  (request: typeof requests.requestApply, where: string) =>
  (input: RequestInput, { noteDoor, nextSequence }: Sending): Promise<LastAnswer> =>
    untilAnswered((waitMs, ticket, isAgain) => {
      const summary = oneLine(`${where} ${input.names.join(', ')}`, LENGTHS.summary);
      const options = { summary, startToCloseTimeout: waitMs, scheduleToCloseTimeout: waitMs };
      const again = isAgain && { sequence: nextSequence(), firstSequence: input.request.sequence };
      const sent = { ...input.request, ...again, ...(ticket !== null && { ticket }) };
      return request.executeWithOptions(options, [{ ...input, request: sent }]);
    }, noteDoor);
const { poll, publishUnchanged } = polls;
const { plan, configVersion, register, restoreRecords, markReverted, recordStack } = store;
const { oweDeletion, awaitOwedDeletion } = routers;
const { publishCompleted, publishFailed, publishKept, publishNothing } = publications;

export const activities = {
  plan: (input: PlanInput) => plan.executeWithOptions({ summary: 'read, resolve, render' }, [input]),
  configVersion: ({ resourceType, resourceId }: GatewayRef) =>
    configVersion.executeWithOptions({ summary: 'is there a newer version?' }, [
      { resourceType, resourceId },
    ]),
  register: (input: RegisterInput) =>
    register.executeWithOptions({ summary: 'claims, jobs, job_state' }, [input]),
  restoreRecords: (input: Plan) =>
    restoreRecords.executeWithOptions({ summary: 'again: claims, jobs, job_state' }, [input]),
  markReverted: (input: StepInput) =>
    markReverted.executeWithOptions({ summary: 'what an earlier run left' }, [input]),
  requestApply: requesting(requests.requestApply, 'to'),
  requestConfirm: requesting(requests.requestConfirm, 'on'),
  requestRevert: requesting(requests.requestRevert, 'from'),
  recordStack: (input: StepInput) =>
    recordStack.executeWithOptions({ summary: 'heat_stacks, heat_outputs' }, [input]),
  oweDeletion: (input: OwedDeletionInput, name: string) =>
    oweDeletion.executeWithOptions({ summary: `without ${name}` }, [input]),
  awaitOwedDeletion: (input: OwedDeletionInput, name: string) =>
    awaitOwedDeletion.executeWithOptions({ summary: `from ${name}` }, [input]),
  poll: (input: PollInput, name: string) =>
    poll.executeWithOptions({ summary: `${input.role} ${name}` }, [input]),
  publishCompleted: (input: SeenInput, action: Action) =>
    publishCompleted.executeWithOptions({ summary: `/state ${COMPLETED[action]}` }, [{ ...input, action }]),
  publishUnchanged: (input: UnchangedInput, names: string) =>
    publishUnchanged.executeWithOptions({ summary: `${names}, /state ${COMPLETED.update}` }, [input]),
  publishFailed: (input: PublishFailedInput) =>
    publishFailed.executeWithOptions({ summary: `/state ${FAILED[input.action ?? 'create']}` }, [input]),
  publishKept: (input: GatewayVersion) =>
    publishKept.executeWithOptions({ summary: '/state, of an earlier run' }, [input]),
  publishNothing: (input: GatewayVersion) =>
    publishNothing.executeWithOptions({ summary: `/state ${COMPLETED.delete}` }, [input]),
} as const;
