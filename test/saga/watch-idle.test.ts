import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import {
  CONFIG_WATCH_ID,
  DEFAULT_WATCH_POLICY,
  WATCH_STATUS_QUERY,
  WATCH_SWITCH_SIGNAL,
} from '../../gateway/config-watch.ts';
import type { WatchReport } from '../../gateway/config-watch.ts';
import { startWorker } from '../../local/worker-process.ts';
import { openWatchSite } from './watch-scene.ts';
import type { WatchSite } from './watch-scene.ts';

/** More than the time between two reports, so that none tells of two listings. */
const policy = { watch: { ...DEFAULT_WATCH_POLICY, relistSeconds: 3 } };
const LISTINGS = 3;
/** The signal, and a workflow task that is scheduled, started and completed. */
const EVENTS_OF_A_REPORT = 4;

describe('the watch over /config, while nothing is written', function () {
  this.timeout(60_000);
  let site: WatchSite;
  before(async () => {
    site = await openWatchSite(0);
    await startWorker(site.stack, { watch: true, policy });
  });
  after(() => site.close());

  it('fills its history by one report at each listing, and by nothing else', async () => {
    const handle = site.temporal.workflow.getHandle(CONFIG_WATCH_ID);
    const first = await site.untilStatus(({ report }) => typeof report?.listed === 'string');
    const { historyLength: before } = await handle.describe();
    let { report } = first;
    for (let listings = 0; listings < LISTINGS; listings += 1) {
      const listed = report?.listed;
      ({ report } = await site.untilStatus((one) => one.report?.listed !== listed));
    }
    // The report that was told last has all its events: it was the answer to a query.
    const events = ((await handle.fetchHistory()).events ?? []).slice(before);
    const told = events.flatMap(({ workflowExecutionSignaledEventAttributes: signaled }) => {
      const data = signaled?.input?.payloads?.[0]?.data;
      return data === undefined || data === null
        ? []
        : [JSON.parse(Buffer.from(data).toString()) as WatchReport];
    });
    const listings = new Set(told.map(({ listed }) => listed));
    assert.equal(listings.size, told.length, JSON.stringify(told));
    assert.equal(told.length, LISTINGS);
    assert.equal(events.length, LISTINGS * EVENTS_OF_A_REPORT);
  });

  it('stays stopped if its workflow is terminated, and the next worker that starts begins it anew', async () => {
    const handle = site.temporal.workflow.getHandle(CONFIG_WATCH_ID);
    await handle.signal(WATCH_SWITCH_SIGNAL, 'stop');
    const before = await site.untilStatus(({ stopped, active }) => stopped !== null && !active);
    const { runId } = await handle.describe();
    await handle.terminate();
    await startWorker(site.stack, { watch: true, policy, name: 'worker-2' });
    while ((await handle.describe()).runId === runId) await setTimeout(100);
    assert.deepEqual(await handle.query(WATCH_STATUS_QUERY), before);
  });
});
