/**
 * Shortens the times after which other workers take over what a dead worker had, and after which the watch is started again: seconds instead of half
 * minutes. A worker loads this module before anything else, and each workflow loads it before its own code.
 */
import { WATCH_TIMES } from '../../gateway/config-watch.ts';
import { ACTIVITY_TIMES } from '../../gateway/policies.ts';
import { WORKER_SETTINGS } from '../../worker/settings.ts';

/** A worker's heartbeat comes every 3 s. Two heartbeats have to fit into this time. */
const heartbeatTimeout = 6_500;
const { store, routers, reservation, poll, request } = ACTIVITY_TIMES;

Object.assign(store, { startToCloseTimeout: 5_000 });
Object.assign(request, { startToCloseTimeout: 6_000 });
for (const times of [routers, reservation, poll]) Object.assign(times, { heartbeatTimeout });
for (const { retry } of [store, routers, reservation, request])
  Object.assign(retry, { maximumInterval: 2_000 });
Object.assign(WATCH_TIMES, { ensureMs: 4_000 });
Object.assign(WORKER_SETTINGS, { stickyQueueScheduleToStartTimeout: 2_000 });

export const interceptors = () => ({});
