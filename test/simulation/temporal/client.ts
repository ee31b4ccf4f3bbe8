/** The Temporal client that activities find in their context. It has only what they use. */
import { ActivityNotFoundError } from '@temporalio/client';
import type { Calls } from './calls.ts';
import { payloadOf } from './execution.ts';
import type { Temporal } from './server.ts';

interface SignalWithStart {
  readonly workflowId: string;
  readonly args: readonly unknown[];
  readonly signal: string;
  readonly signalArgs: readonly unknown[];
}

interface ActivityIds {
  readonly workflowId: string;
  readonly runId?: string;
  readonly activityId: string;
}

export function clientOf(calls: Calls, temporal: Temporal) {
  return {
    workflow: {
      signalWithStart: (type: string, { workflowId, args, signal, signalArgs }: SignalWithStart) => {
        const [payloads, input] = [args.map(payloadOf), signalArgs.map(payloadOf)];
        return calls.call(`signal ${signal}`, () => {
          const { runId } = temporal.signalWithStart(type, workflowId, payloads, signal, input);
          return { workflowId, signaledRunId: runId };
        });
      },
      getHandle: (workflowId: string, runId?: string) => ({
        signal: (signal: string, ...args: readonly unknown[]) =>
          calls.call(`signal ${signal}`, () => temporal.signal(workflowId, signal, args.map(payloadOf))),
        describe: () =>
          calls.call('describe', () => {
            const { start, status, pending } = temporal.describe(workflowId, runId);
            return {
              workflowId,
              runId: start.runId,
              status: { name: STATUS[status] },
              raw: {
                workflowExecutionInfo: { firstRunId: start.firstRunId },
                pendingActivities: pending.map((activityId) => ({ activityId })),
              },
            };
          }),
      }),
    },
    activity: {
      complete: async (ids: ActivityIds, result: unknown): Promise<void> => {
        const payload = payloadOf(result);
        const isHeard = await calls.call('answer', () => temporal.completeActivity(ids, payload));
        if (!isHeard) throw new ActivityNotFoundError('not found');
      },
    },
  };
}

const STATUS = {
  running: 'RUNNING',
  completed: 'COMPLETED',
  failed: 'FAILED',
  canceled: 'CANCELLED',
  terminated: 'TERMINATED',
  'continued as new': 'CONTINUED_AS_NEW',
} as const;
