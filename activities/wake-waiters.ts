/**
 * Wakes the gateways that wait for one whose change has ended. Called after each terminal write. A wake that comes twice does no harm: a gateway that
 * is woken looks again. If a wake is lost, because the worker dies before its retry, the waiter looks by itself after a while.
 *
 * Where many wait, a separate workflow wakes them. So the gateway that has ended has its outcome as soon as that workflow is started.
 */
import {
  cancellationDetails,
  cancellationSignal,
  getClient,
  heartbeat,
  log,
  sleep,
} from '@temporalio/activity';
import { oneLine } from '../gateway/display.ts';
import { partsOf } from '../gateway/lists.ts';
import { WAKE_SIGNAL, WAKE_WAITERS } from '../gateway/messages.ts';
import { workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { PAIR_LIMITS } from '../pair/limits.ts';
import { FEW_WAITERS, wakingMany } from '../pair/wakes.ts';
import type { Store } from '../etcd/store.ts';
import type { Waiter } from '../etcd/waiting.ts';
import { classified, isNonRetryable, messageOf } from './classify.ts';
import { heartbeating } from './heartbeat.ts';

type Needed = Pick<Store, 'waitersFor' | 'whoWait' | 'forgetWaiter'>;

/** How many are signalled at the same time. */
const AT_ONCE = 8;
/**
 * How many woken gateways may still have to register when further ones are woken: one batch. If ten thousand worked at the same time, their steps
 * would wait for one another longer than Temporal's time-outs, and be done again and again. And each gateway's saga would be gone from the worker's
 * cache.
 */
const AHEAD = PAIR_LIMITS.batch;
/** A waiter that has not gone on after this time, in ms, is not waited for any more: perhaps it waits for the same gateway again. */
const PATIENCE_MS = 10_000;
/** The pause between two looks at who still waits, in ms. */
const LOOK_MS = 200;

/**
 * Wakes all that wait for the gateway, also after the saga has cancelled the activity: the gateway has ended, as `/state` says. If a wake is refused for
 * good, or after such a cancel, which no further attempt follows, that is only logged.
 */
export async function wakeWaiters(store: Needed, gateway: GatewayRef): Promise<void> {
  try {
    await wakeOrLetWake(store, gateway);
  } catch (error) {
    const isFinal = isUnwanted() || (!cancellationSignal().aborted && isNonRetryable(error));
    if (!isFinal) throw error;
    const why = oneLine(messageOf(error));
    log.warn('who waits could not be woken, and looks by itself', { gateway: workflowIdOf(gateway), why });
  }
}

/** Whether the workflow has cancelled the activity. The signal alone may also say that the worker ends, or that another attempt has begun. */
function isUnwanted(): boolean {
  return cancellationDetails()?.cancelRequested === true;
}

async function wakeOrLetWake(store: Needed, gateway: GatewayRef): Promise<void> {
  const waiters = await store.waitersFor(gateway);
  if (waiters.length <= FEW_WAITERS) return wakeInOrder(store, gateway, waiters, isUnwanted);
  await getClient().workflow.signalWithStart(WAKE_WAITERS, wakingMany(gateway, waiters.length));
}

/** The activity of the workflow `WAKE_WAITERS`. A further attempt wakes those that still wait. */
export function wakingWaiters({ store }: { readonly store: Needed }) {
  return (gateway: GatewayRef): Promise<void> =>
    heartbeating(() => classified(async () => wakeInOrder(store, gateway, await store.waitersFor(gateway))));
}

/** `goesOn`: whether a cancel is ignored. */
async function wakeInOrder(
  store: Needed,
  awaited: GatewayRef,
  waiters: readonly Waiter[],
  goesOn: () => boolean = () => false,
): Promise<void> {
  let ahead: readonly Woken[] = [];
  for (const some of partsOf(waiters, AT_ONCE)) {
    // A worker that is told to end waits for its activities. So this one ends, and another worker wakes the rest.
    if (!goesOn()) cancellationSignal().throwIfAborted();
    while (ahead.length + some.length > AHEAD) {
      ahead = await stillWaiting(store, ahead);
      if (ahead.length + some.length > AHEAD) await sleep(LOOK_MS);
    }
    await Promise.all(some.map((waiter) => wake(store, awaited, waiter)));
    const at = performance.now();
    ahead = [...ahead, ...some.map((waiter) => ({ waiter, at }))];
    heartbeat();
  }
}

interface Woken {
  readonly waiter: Waiter;
  /** By the process's monotonic clock, in ms. */
  readonly at: number;
}

async function stillWaiting(
  store: Pick<Store, 'whoWait'>,
  woken: readonly Woken[],
): Promise<readonly Woken[]> {
  const since = performance.now() - PATIENCE_MS;
  const late = woken.filter(({ at }) => at > since);
  const waiting = new Set(await store.whoWait(late.map(({ waiter }) => waiter)));
  return late.filter(({ waiter }) => waiting.has(waiter));
}

async function wake(
  store: Pick<Store, 'forgetWaiter'>,
  { resourceType, resourceId }: GatewayRef,
  waiter: Waiter,
): Promise<void> {
  const handle = getClient().workflow.getHandle(workflowIdOf(waiter.gateway));
  try {
    await handle.signal(WAKE_SIGNAL, { resourceType, resourceId });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'WorkflowNotFoundError')) throw error;
    await store.forgetWaiter(waiter);
  }
}
