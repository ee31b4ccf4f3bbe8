/**
 * A minute of the simulated routers that lasts a second, for tests and measurements: with the default timers VRRP elects within 60 ms. The
 * deadline of a trial stays as long as it is by default.
 */
import { DEFAULT_POLICY } from '../gateway/policies.ts';

const minuteMs = 1_000;

export const SHORT_MINUTES = {
  device: { minute: minuteMs },
  policy: { minuteMs, confirmMinutes: (DEFAULT_POLICY.confirmMinutes * DEFAULT_POLICY.minuteMs) / minuteMs },
} as const;
