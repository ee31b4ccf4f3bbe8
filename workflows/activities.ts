/**
 * The activities as the saga calls them: each with its time-outs and the words that the Web UI shows on its bar, and none
 * abandoned while it may still act.
 */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { PollInput, PublishFailedInput, SeenInput, StepInput } from '../gateway/outcomes.ts';
import type { CreateGatewayInput, Plan } from '../gateway/plan.ts';
import { ACTIVITY_TIMES } from '../gateway/policies.ts';
import type { AskInput } from '../activities/pair/ask.ts';
import type { Activities } from '../activities/index.ts';

const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
const store = proxyActivities<Activities>({ ...ACTIVITY_TIMES.store, cancellationType });
/** Answered by the pair: a cancel is told to it by an ask of its own, not by ending this one. */
const asks = proxyActivities<Activities>({
  ...ACTIVITY_TIMES.ask,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});
const polls = proxyActivities<Activities>({ ...ACTIVITY_TIMES.poll, cancellationType });

const { push, keep, drop } = asks;
const { poll } = polls;
const { plan, register, forget, recordStack, recordMonitoring, publishCreated, publishFailed } = store;

export const activities = {
  plan: (input: CreateGatewayInput) => plan.executeWithOptions({ summary: 'read, resolve, render' }, [input]),
  register: (input: Plan) => register.executeWithOptions({ summary: 'claims, jobs, job_state' }, [input]),
  forget: (input: StepInput) => forget.executeWithOptions({ summary: 'what an earlier run left' }, [input]),
  push: (input: AskInput) => push.executeWithOptions({ summary: `to ${input.names.join(', ')}` }, [input]),
  keep: (input: AskInput) => keep.executeWithOptions({ summary: `on ${input.names.join(', ')}` }, [input]),
  drop: (input: AskInput) => drop.executeWithOptions({ summary: `from ${input.names.join(', ')}` }, [input]),
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
