import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import {
  CONFIG_WATCH,
  WATCH_REPORT_SIGNAL,
  WATCH_STATUS_QUERY,
  WATCH_SWITCH_SIGNAL,
} from '../../gateway/config-watch.ts';
import type { WatchReport, WatchStatus } from '../../gateway/config-watch.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

const report = (asked: number, ...lines: string[]): WatchReport => ({
  worker: '1@host',
  since: '2026-11-22T03:19:53.670Z',
  listed: null,
  revision: '7',
  gateways: 3,
  asked,
  differing: 0,
  inFlight: 0,
  silent: { count: 0, first: [] },
  unreadable: { count: 1, first: ['/config/v2.0/vpn_gateways/x: no JSON'] },
  waits: null,
  lines,
});

describe('the workflow of the watch, after more reports than its history should hold', function () {
  this.timeout(240_000);
  /** From so many events on a server suggests to continue as new. */
  const REPORTS = 4_200;
  const AT_ONCE = 50;
  let scene: WorkflowScene;
  before(async () => {
    scene = await openWorkflows('../../workflows/index.ts', {}, { isLate: true });
  });
  after(() => scene.close());

  it('continues as new, and knows all that it knew: the stop, the last report, the log book', async () => {
    const workflowId = `config_watch-${randomUUID()}`;
    const handle = scene.client.getHandle(workflowId);
    const first = await scene.client.signalWithStart(CONFIG_WATCH, {
      workflowId,
      taskQueue: scene.taskQueue,
      args: [],
      signal: WATCH_SWITCH_SIGNAL,
      signalArgs: ['stop'],
    });
    for (const to of ['start', 'stop']) await handle.signal(WATCH_SWITCH_SIGNAL, to);
    await handle.signal(WATCH_REPORT_SIGNAL, report(1, 'the oldest line'));
    for (let from = 0; from < REPORTS; from += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, () => handle.signal(WATCH_REPORT_SIGNAL, report(2))));
    await handle.signal(WATCH_REPORT_SIGNAL, report(42, 'one line', 'another line'));
    await scene.startWorker();
    for (;;) {
      const { runId } = await handle.describe();
      if (runId !== first.signaledRunId) break;
      await setTimeout(100);
    }
    const status = await handle.query<WatchStatus>(WATCH_STATUS_QUERY);
    assert.deepEqual(status.report, report(42));
    assert.notEqual(status.stopped, null);
    assert.equal(status.active, false);
    assert.deepEqual(status.book.slice(0, 2), ['another line', 'one line']);
    // Said once, however often it is reported.
    assert.equal(status.book.filter((line) => line.includes("can't be read")).length, 1);
    const { historyLength } = await handle.describe();
    assert.ok(historyLength < 100, `its new history has ${historyLength} events`);
    await handle.terminate();
  });
});

describe('the workflow of the watch, after a takeover', () => {
  let scene: WorkflowScene;
  before(async () => {
    scene = await openWorkflows('../../workflows/index.ts', {});
  });
  after(() => scene.close());

  it('does not say again what could not be read before, and says what is new', async () => {
    const workflowId = `config_watch-${randomUUID()}`;
    const handle = scene.client.getHandle(workflowId);
    await scene.client.signalWithStart(CONFIG_WATCH, {
      workflowId,
      taskQueue: scene.taskQueue,
      args: [],
      signal: WATCH_SWITCH_SIGNAL,
      signalArgs: ['stop'],
    });
    const [x, y] = ['x', 'y'].map((id) => `/config/v2.0/vpn_gateways/${id}: no JSON`) as [string, string];
    const unreadable = (...first: string[]) => ({ unreadable: { count: first.length, first } });
    const listed = '2026-11-22T03:19:53.670Z';
    for (const told of [
      { listed, ...unreadable(x) },
      // Another worker has taken over, and has not listed yet.
      { listed: null, ...unreadable() },
      { listed, ...unreadable(x, y) },
      { listed, ...unreadable(y) },
      { listed, ...unreadable(x, y) },
    ])
      await handle.signal(WATCH_REPORT_SIGNAL, { ...report(1), ...told });
    const { book } = await handle.query<WatchStatus>(WATCH_STATUS_QUERY);
    const said = book.flatMap((line) => / can't be read: (.*)/.exec(line)?.[1] ?? []);
    // A value that could be read meanwhile is said again.
    assert.deepEqual(said, [x, y, x]);
    await handle.terminate();
  });
});
