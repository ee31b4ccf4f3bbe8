import { WATCH_TIMES } from '../gateway/config-watch.ts';
import { HEARTBEAT_MS } from '../gateway/policies.ts';

/** How much a worker takes on at once, and how it ends. */
export const WORKER_SETTINGS = {
  /** A gateway that waits for VRRP takes up a slot, and costs almost nothing meanwhile. */
  maxConcurrentActivityTaskExecutions: 1_000,
  /** A cached workflow takes 0.3 to 1 MB. */
  maxCachedWorkflows: 500,
  /** How long a step may go on when the worker shuts down, before it is left to another worker, in ms. */
  shutdownGraceTime: 5_000,
  /** A worker learns of a cancel from the reply to a heartbeat. If heartbeats were throttled for longer, it would learn of it late. */
  maxHeartbeatThrottleInterval: HEARTBEAT_MS,
} as const;

/** Of the worker that serves the watch over `/config`. */
export const WATCH_SETTINGS = {
  maxConcurrentActivityTaskExecutions: 1,
  /** The activity learns that its worker ends only when this time is over. It has nothing to finish. */
  shutdownGraceTime: 0,
  maxHeartbeatThrottleInterval: WATCH_TIMES.beatMs,
} as const;
