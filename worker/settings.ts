import { WATCH_TIMES } from '../gateway/config-watch.ts';
import type { WorkerOptions as SdkOptions } from '@temporalio/worker';
import { HEARTBEAT_MS } from '../gateway/policies.ts';
import type { WorkerOptions } from './options.ts';

/** How much a worker takes on at once, and how it ends. */
export const WORKER_SETTINGS = {
  /** A gateway that waits for VRRP takes up a slot, and costs almost nothing meanwhile. */
  maxConcurrentActivityTaskExecutions: 1_000,
  /** A cached workflow takes 0.3 to 1 MB. */
  maxCachedWorkflows: 500,
  /**
   * How long a task may compute in a workflow before its virtual machine is interrupted, in ms. Node can't go on after that: it aborts ("async hook stack has
   * become corrupted", nodejs/node#38503, temporalio/sdk-typescript#939). The SDK's 5 s pass on a machine that has too much to do. An option that
   * the SDK takes and does not document.
   */
  isolateExecutionTimeout: 60_000,
  /** How long a step may go on when the worker shuts down, before it is left to another worker, in ms. */
  shutdownGraceTime: 5_000,
  /** A worker learns of a cancel from the reply to a heartbeat. If heartbeats were throttled for longer, it would learn of it late. */
  maxHeartbeatThrottleInterval: HEARTBEAT_MS,
} as const;

/** How often a worker that serves metrics tells what no event tells, in ms. */
export const METRICS_TIMES = {
  /** What stands in etcd. */
  collectMs: 15_000,
  /** What the worker knows by itself. */
  showMs: 5_000,
} as const;

/** Of the worker that serves the watch over `/config`. */
export const WATCH_SETTINGS = {
  maxConcurrentActivityTaskExecutions: 1,
  /** The activity learns that its worker ends only when this time is over. It has nothing to finish. */
  shutdownGraceTime: 0,
  maxHeartbeatThrottleInterval: WATCH_TIMES.beatMs,
} as const;

/**
 * Of a worker that serves as a version of a Worker Deployment. Every workflow is pinned: to carry a run on with other code than began it would need
 * patches. The workflows that live long move between two runs (`workflows/continuing.ts`).
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
