/**
 * The activities as the saga calls them: each with its time-outs and the words that the Web UI shows on its bar, and none
 * abandoned while it may still act.
 */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { PollInput, PublishFailedInput, SeenInput, StepInput } from '../gateway/outcomes.ts';
import type { CreateGatewayInput, Plan } from '../gateway/plan.ts';
import { ACTIVITY_TIMES } from '../gateway/policies.ts';
import type { PairAnswer } from '../pair/messages.ts';
import type { RequestInput } from '../activities/requests/request.ts';
import type { Activities } from '../activities/index.ts';
import { untilAnswered } from './request-again.ts';

const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
const store = proxyActivities<Activities>({ ...ACTIVITY_TIMES.store, cancellationType });
/** Answered by the pair: a cancel is told to it by an ask of its own, not by ending this one. */
const asks = proxyActivities<Activities>({
  ...ACTIVITY_TIMES.request,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});
const polls = proxyActivities<Activities>({ ...ACTIVITY_TIMES.poll, cancellationType });

/** One that got no answer is asked again: its pair may be gone (M4). */
const asking =
  (ask: typeof asks.requestApply, where: string) =>
  (input: RequestInput): Promise<PairAnswer> =>
    untilAnswered((waitMs) =>
      ask.executeWithOptions(
        {
          summary: `${where} ${input.names.join(', ')}`,
          startToCloseTimeout: waitMs,
          scheduleToCloseTimeout: waitMs,
        },
        [input],
      ),
    );
const { poll } = polls;
const { plan, register, markReverted: forget, recordStack, recordMonitoring, publishCreated, publishFailed } = store;

export const activities = {
  plan: (input: CreateGatewayInput) => plan.executeWithOptions({ summary: 'read, resolve, render' }, [input]),
  register: (input: Plan) => register.executeWithOptions({ summary: 'claims, jobs, job_state' }, [input]),
  forget: (input: StepInput) => forget.executeWithOptions({ summary: 'what an earlier run left' }, [input]),
  push: asking(asks.requestApply, 'to'),
  keep: asking(asks.requestConfirm, 'on'),
  drop: asking(asks.requestRevert, 'from'),
  recordStack: (input: StepInput) =>
    recordStack.executeWithOptions({ summary: 'heat_stacks, heat_outputs' }, [input]),
  poll: (input: PollInput, name: string) =>
    poll.executeWithOptions({ summary: `${input.role} ${name}` }, [input]),
  recordMonitoring: (input: SeenInput) =>
    recordMonitoring.executeWithOptions({ summary: 'state_monitoring' }, [input]),
  publishCreated: (input: SeenInput) =>
    publishCreated.executeWithOptions({ summary: '/state CREATE_COMPLETED' }, [input]),
  publishFailed: (input: PublishFailedInput) =>
    publishFailed.executeWithOptions({ summary: '/state CREATE_FAILED' }, [input]),
} as const;
