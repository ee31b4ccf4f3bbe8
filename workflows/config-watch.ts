/**
 * The watch over `/config`: one workflow in a namespace. Its activity does the work (`activities/watch/`). The workflow keeps the activity running, and
 * shows how the watch stands.
 *
 * 1. One activity runs at a time. The workflow cancels it when the watch is stopped or the workflow is to continue as new, and waits until the activity
 *    has ended. An activity that fails for good is followed by another one after a pause.
 * 2. The workflow remembers a stop, whichever workers come and go. A cancel of the workflow counts as a stop, so that a worker that starts does not
 *    begin the watch anew against somebody's will.
 * 3. Terminating the workflow loses no work: the activity of the next workflow lists everything, and finds what is left to do. The worker that starts
 *    the next workflow hands it what this one knew, so a stop and the log book are not forgotten either.
 */
import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  makeContinueAsNewFunc,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { CARRIED_SCHEMAS, assertReadable } from '../gateway/carried.ts';
import type { Carried } from '../gateway/carried.ts';
import {
  CONFIG_WATCH_ID,
  WATCH_REPORT_SIGNAL,
  WATCH_STATUS_QUERY,
  WATCH_SWITCH_SIGNAL,
  WATCH_TIMES,
} from '../gateway/config-watch.ts';
import type { WatchReport, WatchStatus, WatchSwitch } from '../gateway/config-watch.ts';
import type { WatchActivities } from '../activities/watch/index.ts';
import { BY_CURRENT_VERSION, VERSION_LOOK_MS, isToContinueAsNew, isVersioned } from './continuing.ts';
import { isCancelled, reasonOf } from './reason.ts';
import { watchPage } from './watch-page.ts';

export const reportSignal = defineSignal<[WatchReport]>(WATCH_REPORT_SIGNAL);
export const switchSignal = defineSignal<[WatchSwitch]>(WATCH_SWITCH_SIGNAL);
export const statusQuery = defineQuery<WatchStatus>(WATCH_STATUS_QUERY);

/** How many lines the log book has at most. */
const BOOK = 40;
/** The pause after the activity has failed for good, which is a defect, in ms. */
const AGAIN_MS = 30_000;

const { watchConfig } = proxyActivities<WatchActivities>({
  ...WATCH_TIMES.activity,
  taskQueue: CONFIG_WATCH_ID,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'lists, watches, asks',
});

/** What the run before this one carried over. */
export type ConfigWatchInput = Partial<WatchStatus> & Carried;

export async function configWatch({ schema, ...before }: ConfigWatchInput = {}): Promise<void> {
  assertReadable('config watch', { schema });
  let status: WatchStatus = {
    stopped: null,
    active: false,
    since: new Date(Date.now()).toISOString(),
    report: null,
    book: [],
    ...before,
  };
  // The page is written once for all signals that came together, because writing it takes a millisecond.
  let isDue = false;
  const show = () => {
    if (isDue) return;
    isDue = true;
    // If the worker cuts a task off, this runs after the task and fails. Nobody needs the page then, and a failure that nobody catches would end the worker.
    Promise.resolve()
      .then(() => {
        isDue = false;
        setCurrentDetails(watchPage(status));
      })
      .catch(() => undefined);
  };
  const note = (...lines: readonly string[]) => {
    status = { ...status, book: [...[...lines].reverse(), ...status.book].slice(0, BOOK) };
  };
  const switchTo = (stopped: string | null, why: string) => {
    if ((stopped === null) === (status.stopped === null)) return;
    status = { ...status, stopped };
    note(`${clock()} ${why}`);
    show();
  };
  show();
  setHandler(
    switchSignal,
    (to) => {
      if (to === 'stop') switchTo(new Date(Date.now()).toISOString(), 'stopped');
      if (to === 'start') switchTo(null, 'started');
    },
    { description: '"stop" stops the watch until "start", whichever workers start' },
  );
  setHandler(
    reportSignal,
    ({ lines, ...heard }) => {
      const report = { ...heard, unreadable: unreadableOf(heard, status.report) };
      note(
        ...lines,
        ...unreadableNow(report, status.report).map((line) => `${clock()} can't be read: ${line}`),
      );
      status = { ...status, report: { ...report, lines: [] } };
      show();
    },
    { description: 'How the watch stands, from its activity' },
  );
  setHandler(statusQuery, () => status, { description: 'How the watch stands' });
  CancellationScope.current().cancelRequested.catch(() =>
    switchTo(new Date(Date.now()).toISOString(), 'cancelled: stopped'),
  );

  await CancellationScope.nonCancellable(async () => {
    while (!isToContinueAsNew()) {
      if (status.stopped !== null) await until(() => status.stopped === null || isToContinueAsNew());
      else await watchUntil(() => status.stopped !== null || isToContinueAsNew());
    }
    await makeContinueAsNewFunc<typeof configWatch>(BY_CURRENT_VERSION)({
      ...status,
      schema: CARRIED_SCHEMAS['config watch'],
    });
  });

  /** The watch may get no signal for long, and learns only in a workflow task that another version is current. So it looks by a timer, too. */
  async function until(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      if (isVersioned()) await condition(isOver, VERSION_LOOK_MS);
      else await condition(isOver);
    }
  }

  async function watchUntil(isOver: () => boolean): Promise<void> {
    const scope = new CancellationScope();
    status = { ...status, active: true };
    const watching = scope.run(() => watchConfig({ asked: status.report?.asked ?? 0 }));
    let ended = false;
    const end = watching
      .catch(async (error: unknown) => {
        if (isCancelled(error)) return;
        note(`${clock()} failed: ${reasonOf(error)}`);
        show();
        await sleep(AGAIN_MS);
      })
      .finally(() => (ended = true));
    await until(() => ended || isOver());
    if (!ended) scope.cancel();
    await end;
    status = { ...status, active: false };
    show();
  }
}

/** The values that can't be read. Before a worker that has taken over lists for the first time, it knows of none: so what was known before is kept. */
function unreadableOf(
  { listed, unreadable }: Omit<WatchReport, 'lines'>,
  before: WatchReport | null,
): WatchReport['unreadable'] {
  return listed === null && before !== null ? before.unreadable : unreadable;
}

/** The values that can't be read now, and that the last report did not name: they could be read then, or were not there. */
function unreadableNow(report: Omit<WatchReport, 'lines'>, before: WatchReport | null): readonly string[] {
  const known = new Set(before?.unreadable.first);
  return report.unreadable.first.filter((line) => !known.has(line));
}

function clock(): string {
  return new Date(Date.now()).toISOString().slice(0, 19).replace('T', ' ');
}
