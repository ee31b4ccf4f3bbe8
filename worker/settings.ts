import { HEARTBEAT_MS } from '../gateway/policies.ts';

/** How much a worker takes on at once, and how it ends. */
export const WORKER_SETTINGS = {
  /** A gateway that waits for VRRP holds a slot, and costs next to nothing meanwhile. */
  maxConcurrentActivityTaskExecutions: 1_000,
  /** A cached workflow takes 0.3 to 1 MB. */
  maxCachedWorkflows: 500,
  /** What a step in the air is given to end by itself before it is handed over, in milliseconds. */
  shutdownGraceTime: 5_000,
  /** A cancel comes back with a heartbeat: held back for longer, it would be noticed late. */
  maxHeartbeatThrottleInterval: HEARTBEAT_MS,
} as const;
