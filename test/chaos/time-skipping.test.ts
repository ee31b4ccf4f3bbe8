import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';
import { msToTs } from '@temporalio/common/lib/time.js';
import { TASK_QUEUE } from '../../gateway/messages.ts';
import { openRun } from '../../local/run.ts';
import type { Run } from '../../local/run.ts';
import { harness } from './harness.ts';
import { FollowingClock } from './time-skipping/clock.ts';
import { startServer } from './time-skipping/server.ts';
import type { TimeSkippingServer } from './time-skipping/server.ts';
import { isImpossible, RealTemporal } from './time-skipping/temporal.ts';

const { CommandType } = proto.temporal.api.enums.v1;
const MAIN = fileURLToPath(new URL('./time-skipping/main.ts', import.meta.url));
/** How many seeds; each takes some seconds. */
const SEEDS = Number(process.env['TIME_SKIPPING_SEEDS'] ?? 5);

describe('real workflows on a server that skips time', function () {
  this.timeout(240_000 + SEEDS * 30_000);

  it(`break none of the nine promises, whatever goes wrong, with ${SEEDS} seeds`, async () => {
    const { code, lines } = await harness(MAIN, '--seeds', `1..${SEEDS}`);
    assert.deepEqual(lines, []);
    assert.equal(code, 0);
  });
});

describe('a server that skips time', function () {
  this.timeout(60_000);

  let folder: Run;
  let server: TimeSkippingServer;
  before(async () => {
    folder = await openRun();
    server = await startServer(`${folder.logs}/temporal-test-server.log`);
  });
  after(async () => {
    await server.stop();
    await folder.close();
  });

  it('is idle while workflows only wait, not while one has a task, and never skips to the end of their time', async () => {
    const { workflow, workflowService } = server.client;
    const temporal = new RealTemporal(server.client, () => undefined);
    assert.deepEqual([await temporal.isQuiet(), await temporal.isIdle()], [true, true]);
    const began = await server.now();
    const handle = await workflow.start('blocked', { workflowId: 'blocked', taskQueue: TASK_QUEUE });
    assert.deepEqual([await temporal.isQuiet(), await temporal.isIdle()], [false, false]);
    const by = { namespace: 'default', identity: 'nobody' };
    const task = await workflowService.pollWorkflowTaskQueue({ ...by, taskQueue: { name: TASK_QUEUE } });
    assert.equal(await temporal.isIdle(), false);
    await workflowService.respondWorkflowTaskCompleted({ ...by, taskToken: task.taskToken });
    assert.equal(await temporal.isIdle(), true);
    await server.skips(true);
    while ((await server.now()) - began <= 2_000) await sleep(50);
    await server.skips(false);
    const skipped = (await server.now()) - began;
    assert.ok(skipped < 24 * 60 * 60_000, `${skipped} ms were skipped`);
    assert.equal((await handle.describe()).status.name, 'RUNNING');
    await handle.terminate();
    assert.equal(await temporal.isQuiet(), true);
  });

  it('forgets an activity that fails after a cancel was requested, and its workflow is known to be at a stand', async () => {
    const { workflow, workflowService } = server.client;
    const realTemporal = new RealTemporal(server.client, () => undefined);
    const by = { namespace: 'default', identity: 'nobody' };
    const taskQueue = { name: TASK_QUEUE };
    const handle = await workflow.start('cancelling', { workflowId: 'cancelling', taskQueue: TASK_QUEUE });
    const answer = async (command: temporal.api.command.v1.ICommand): Promise<void> => {
      const { taskToken } = await workflowService.pollWorkflowTaskQueue({ ...by, taskQueue });
      await workflowService.respondWorkflowTaskCompleted({ ...by, taskToken, commands: [command] });
    };
    await answer({
      commandType: CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
      scheduleActivityTaskCommandAttributes: {
        activityId: '1',
        activityType: { name: 'failing' },
        taskQueue,
        startToCloseTimeout: msToTs(60_000),
      },
    });
    const { taskToken } = await workflowService.pollActivityTaskQueue({ ...by, taskQueue });
    await handle.signal('cancel');
    const scheduledEventId = (await handle.fetchHistory()).events?.find(
      (event) => event.activityTaskScheduledEventAttributes,
    )?.eventId;
    await answer({
      commandType: CommandType.COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK,
      requestCancelActivityTaskCommandAttributes: { scheduledEventId: scheduledEventId ?? null },
    });
    assert.equal(await realTemporal.isAtStand(true), false);
    const failure = { message: 'out of order', applicationFailureInfo: {} };
    await workflowService.respondActivityTaskFailed({ ...by, taskToken, failure });
    assert.deepEqual(await realTemporal.pending(), []);
    assert.deepEqual(
      [await realTemporal.isAtStand(false), await realTemporal.isAtStand(true)],
      [false, true],
    );
    await handle.terminate();
  });
});

describe('a history', () => {
  const scheduled = { workflowTaskScheduledEventAttributes: {} };
  const started = { workflowTaskStartedEventAttributes: {} };
  const completed = { workflowTaskCompletedEventAttributes: {} };
  const timedOut = { workflowTaskTimedOutEventAttributes: {} };

  it('is impossible if a task of the workflow began while another one was under way', () => {
    const done = { activityTaskCompletedEventAttributes: {} };
    assert.equal(isImpossible({ events: [scheduled, started, done, scheduled, started, timedOut] }), true);
  });

  it('is possible if each task had ended before, or had timed out', () => {
    const tasks = [scheduled, started, timedOut, scheduled, started, completed, scheduled, started];
    assert.equal(isImpossible({ events: tasks }), false);
    assert.equal(isImpossible({ events: [] }), false);
  });
});

describe("a clock that follows the server's", () => {
  let clock: FollowingClock;
  beforeEach(() => (clock = new FollowingClock()));
  afterEach(() => clock.restore());

  it('moves the clock of the whole process, and never goes back', () => {
    const shown = Date.now() + 3_600_000;
    clock.follow(shown);
    clock.follow(shown - 1_800_000);
    assert.ok(Date.now() >= shown && Date.now() < shown + 60_000);
    assert.ok(new Date().getTime() >= shown);
    assert.equal(new Date(5).getTime(), 5);
    clock.restore();
    assert.ok(Date.now() < shown);
  });

  it('runs at once, in order, what came due by a jump, and nothing else', async () => {
    const made: string[] = [];
    clock.after(60_000, () => made.push('later'));
    clock.after(30_000, () => made.push('sooner'));
    clock.after(90_000, () => made.push('not yet'));
    clock.after(20_000, () => made.push('taken back'))();
    clock.jump(70_000);
    assert.deepEqual(made, []);
    await sleep(20);
    assert.deepEqual(made, ['sooner', 'later']);
    clock.jump(70_000);
    await sleep(20);
    assert.deepEqual(made, ['sooner', 'later', 'not yet']);
  });
});
