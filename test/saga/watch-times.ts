/**
 * The times after which others take over what a dead worker had, and the watch is started again, in seconds instead of half minutes. Loaded by a worker
 * before anything else, and by each workflow before its code.
 */
import { WATCH_TIMES } from '../../gateway/config-watch.ts';
import { ACTIVITY_TIMES } from '../../gateway/policies.ts';
import { WORKER_SETTINGS } from '../../worker/settings.ts';

/** A worker's heartbeat comes every 3 s: two of them have to fit. */
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
