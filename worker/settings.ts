import { WATCH_TIMES } from '../gateway/config-watch.ts';
import type { WorkerOptions as SdkOptions } from '@temporalio/worker';
import { HEARTBEAT_MS } from '../gateway/policies.ts';
import type { WorkerOptions } from './options.ts';

/** How much a worker takes on at once, and how it ends. */
export const WORKER_SETTINGS = {
  /** A gateway that waits for VRRP takes up one slot, and costs almost nothing meanwhile. */
  maxConcurrentActivityTaskExecutions: 1_000,
  /** A cached workflow takes 0.3 to 1 MB. */
  maxCachedWorkflows: 500,
  /**
   * Two of the forty pollers ask for tasks that any worker may take, such as the first task of each workflow. The others ask for tasks of workflows that this
   * worker has begun. So when thousands of sagas start at once, those under way go on: a task that is not taken within 10 s joins the queue of the first tasks.
   */
  maxConcurrentWorkflowTaskPolls: 40,
  nonStickyToStickyPollRatio: 0.05,
  /**
   * How long a workflow task may compute before its virtual machine is interrupted, in ms. Node can't go on after an interruption: it aborts ("async
   * hook stack has become corrupted", nodejs/node#38503, temporalio/sdk-typescript#939). On a machine that has too much to do, a task may take longer
   * than the SDK's default of 5 s. The SDK takes this option and does not document it.
   */
  isolateExecutionTimeout: 60_000,
  /** How long a step may go on when the worker shuts down, before it is left to another worker, in ms. */
  shutdownGraceTime: 5_000,
  /** A worker learns of a cancel from the reply to a heartbeat. If heartbeats were throttled for longer, it would learn of it late. */
  maxHeartbeatThrottleInterval: HEARTBEAT_MS,
} as const;

/** How often a worker that serves metrics tells the facts that no event tells, in ms. */
export const METRICS_TIMES = {
  /** Facts that stand in etcd. */
  collectMs: 15_000,
  /** Facts that the worker knows by itself. */
  showMs: 5_000,
} as const;

/** The settings of the worker that serves the watch over `/config`. */
export const WATCH_SETTINGS = {
  maxConcurrentActivityTaskExecutions: 1,
  /** The activity learns that its worker ends only when this time is over. It has nothing to finish, so the time is 0. */
  shutdownGraceTime: 0,
  maxHeartbeatThrottleInterval: WATCH_TIMES.beatMs,
} as const;

/**
 * The settings of a worker that serves as a version of a Worker Deployment. Every workflow is pinned: other code than that which began a run could carry
 * the run on only with patches. The workflows that live long move between two runs (`workflows/continuing.ts`).
 */
export function deploymentOf({
  deployment,
}: Pick<WorkerOptions, 'deployment'>): Pick<SdkOptions, 'workerDeploymentOptions'> {
  if (deployment === undefined) return {};
  return {
    workerDeploymentOptions: {
      version: deployment,
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'PINNED',
    },
  };
}
