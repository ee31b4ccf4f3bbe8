/**
 * For tests and measurements: on the simulated routers a minute lasts a second, so VRRP with the default timers elects within 60 ms. The policy
 * has as many more minutes, so the deadline of a trial stays as long as it is by default.
 */
import { DEFAULT_POLICY } from '../gateway/policies.ts';

const minuteMs = 1_000;

export const SHORT_MINUTES = {
  device: { minute: minuteMs },
  policy: { minuteMs, confirmMinutes: (DEFAULT_POLICY.confirmMinutes * DEFAULT_POLICY.minuteMs) / minuteMs },
} as const;
