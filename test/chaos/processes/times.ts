/**
 * Shortens the product's times: what takes minutes on a network takes seconds in this harness, in the same proportions. The worker loads this module
 * before anything else, and each workflow loads it before its own code, so that both go by the same numbers.
 */
import { PAIR_TIMES } from '../../../pair/times.ts';
import { WAIT_TIMES } from '../../../workflows/waiting.ts';
import { ACTIVITY_TIMES, ROUTER_DEADLINES } from '../../../gateway/policies.ts';

type Times<T> = { -readonly [name in keyof T]?: T[name] extends number ? number : Times<T[name]> };
const set = <T extends object>(times: T, shorter: Times<T>): void => void Object.assign(times, shorter);

/** A worker's heartbeat comes every 3 s, and that can't be set. Two heartbeats have to fit into this time. */
const HEARTBEAT_TIMEOUT_MS = 6_500;

set(PAIR_TIMES, { publicationCheckMs: 1_000, lingerMs: 8_000, stepAgainMs: 3_000, reservationWaitMs: 5_000 });
set(WAIT_TIMES, { firstMs: 6_000, mostMs: 12_000 });
set(ROUTER_DEADLINES, { connectMs: 3_000, requestMs: 4_000, commitMs: 5_000 });
set(ACTIVITY_TIMES.store, { startToCloseTimeout: 6_000 });
set(ACTIVITY_TIMES.store.retry, { maximumInterval: 2_000 });
set(ACTIVITY_TIMES.routers, { heartbeatTimeout: HEARTBEAT_TIMEOUT_MS });
set(ACTIVITY_TIMES.routers.retry, { initialInterval: 300, maximumInterval: 2_000 });
set(ACTIVITY_TIMES.request, { startToCloseTimeout: 6_000 });
set(ACTIVITY_TIMES.request.retry, { maximumInterval: 2_000 });
set(ACTIVITY_TIMES.reservation, { startToCloseTimeout: 15_000, heartbeatTimeout: HEARTBEAT_TIMEOUT_MS });
set(ACTIVITY_TIMES.reservation.retry, { maximumInterval: 2_000 });
set(ACTIVITY_TIMES.poll, { heartbeatTimeout: HEARTBEAT_TIMEOUT_MS });

/** Workflows load this file as a module of interceptors, so it has to export them. */
export const interceptors = () => ({});
