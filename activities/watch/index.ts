/** The activity of the workflow `config_watch`. It has a task queue of its own, with one slot at each worker. */
import { hostname } from 'node:os';
import {
  ApplicationFailure,
  CancelledFailure,
  Context,
  activityInfo,
  getClient,
  heartbeat,
} from '@temporalio/activity';
import { WATCH_REPORT_SIGNAL, WATCH_TIMES } from '../../gateway/config-watch.ts';
import type { WatchBeat, WatchInput, WatchReport } from '../../gateway/config-watch.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { WatchStore } from '../../etcd/watch-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { serverClock } from '../server-clock.ts';
import { ConfigWatch } from './config-watch.ts';
import { Reports } from './reports.ts';
import { WatchMeter } from './watch-meter.ts';

export type WatchDependencies = Pick<Dependencies, 'store' | 'kinds' | 'policy' | 'meter'> & {
  readonly watched: WatchStore;
};

export function createWatchActivities(deps: WatchDependencies) {
  return { watchConfig: watching(deps) };
}

export type WatchActivities = ReturnType<typeof createWatchActivities>;

/**
 * Watches until it is cancelled, or its worker ends: then another worker goes on at once.
 *
 * An attempt that was frozen may have lost the watch to another worker without having heard of it. If it finds that its own heartbeat is later than
 * Temporal waits for one, it ends instead of acting.
 */
function watching({ store, kinds, policy, watched, meter }: WatchDependencies) {
  return async ({ asked }: WatchInput): Promise<never> => {
    const info = activityInfo();
    const client = getClient();
    const now = serverClock(info);
    const before = info.heartbeatDetails as WatchBeat | undefined;
    const since = new Date(now()).toISOString();
    const over = new AbortController();
    let beatAt = performance.now();
    const fresh = () => {
      if (performance.now() - beatAt <= WATCH_TIMES.activity.heartbeatTimeout) return;
      const late = ApplicationFailure.create({
        type: FAILURES.Internal,
        message: 'this worker was frozen, and may have lost the watch to another one',
      });
      over.abort(late);
      throw late;
    };
    const { workflowExecution } = info;
    if (workflowExecution === undefined) throw new TypeError('Expected a workflow that watches');
    const { workflowId, runId } = workflowExecution;
    const reports = new Reports(
      (lines): WatchReport => ({
        worker: `${process.pid}@${hostname()}`,
        since,
        ...watch.facts,
        lines,
      }),
      async (report) => client.workflow.getHandle(workflowId, runId).signal(WATCH_REPORT_SIGNAL, report),
      () => new Date(now()),
    );
    const watch = new ConfigWatch({
      store,
      watched,
      kinds,
      policy: policy.watch,
      client,
      asked: Math.max(asked, before?.asked ?? 0),
      fresh,
      tell: (line) => reports.tell(line),
      now,
    });
    const shown = new WatchMeter(meter);
    const beat = () => {
      fresh();
      beatAt = performance.now();
      heartbeat(watch.beat);
      shown.tell(watch.facts);
    };
    const timer = setInterval(() => {
      try {
        beat();
      } catch {
        // `over` has the reason.
      }
    }, WATCH_TIMES.beatMs);
    const context = Context.current();
    const { cancellationSignal } = context;
    // Called outside the activity's own asynchronous context.
    const cancel = () => over.abort(endOf(context.cancellationDetails?.workerShutdown === true));
    cancellationSignal.addEventListener('abort', cancel, { once: true });
    if (cancellationSignal.aborted) cancel();
    if (before !== undefined) reports.tell(`taken over at revision ${before.revision ?? 'unknown'}`);
    try {
      await watch.run(over.signal);
      throw over.signal.reason;
    } finally {
      watch.end();
      reports.end();
      clearInterval(timer);
      shown.end();
      cancellationSignal.removeEventListener('abort', cancel);
      heartbeat(watch.beat);
    }
  };
}

/** A worker that ends leaves the watch to another one, at once. Otherwise somebody wants it to end. */
function endOf(isShutdown: boolean): Error {
  if (!isShutdown) return new CancelledFailure('the watch was cancelled');
  return ApplicationFailure.create({
    type: 'WorkerShutdown',
    // It says nothing of a failure, so the SDK need not log one.
    category: 'BENIGN',
    message: 'the worker ends, and leaves the watch to another one',
    nextRetryDelay: 1,
  });
}
