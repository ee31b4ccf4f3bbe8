import type { Policy } from '../../../gateway/policies.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import { MINUTE_MS } from './schedule.ts';

/**
 * The workers' policy. With it, deadlines pass while work is still going on. `checkPolicy` would refuse such a policy, because it guarantees that
 * work ends in time. This harness tests the promises that hold without that.
 */
export const CHAOS_POLICY: Policy = {
  ...DEFAULT_POLICY,
  vrrpIntervalMs: 150,
  vrrpLimitMs: 4_000,
  // Shorter than the longest outage: some outages are survived, some are not.
  patienceMs: 4_000,
  confirmMinutes: 8,
  minuteMs: MINUTE_MS,
  confirmMarginMs: 1_500,
  fallbackGraceMs: 3_000,
  settlePatienceMs: 20_000,
};

/**
 * All has come to rest within this many ms after the last fault. That is the time for a worker that is found dead twice (2 × 6.5 s), the patience
 * for a router (4 s), the patience for settling (20 s) and its last attempt (9 s), a request that is sent again (6 s), a pair that lingers (8 s),
 * a step that is attempted again (2 × 3 s); and as much again for reservations that wait for each other on a machine with two cores.
 */
export const REST_MS = 120_000;
