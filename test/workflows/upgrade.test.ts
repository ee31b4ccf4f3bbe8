/** The workflows that live long, between two versions of the workers. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import type { WorkflowClient, WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { CARRIED_SCHEMAS } from '../../gateway/carried.ts';
import { CONFIG_WATCH, WATCH_STATUS_QUERY, WATCH_SWITCH_SIGNAL } from '../../gateway/config-watch.ts';
import type { WatchStatus } from '../../gateway/config-watch.ts';
import { APPLY_GATEWAY } from '../../gateway/messages.ts';
import { workflowBundle } from '../../local/workflow-bundle.ts';
import { ROUTER_PAIR } from '../../pair/messages.ts';
import { emptyPair } from '../../pair/state.ts';
import { deploymentOf } from '../../worker/settings.ts';
import { installQuietRuntime } from '../world/quiet-runtime.ts';
import { sharedStack } from '../world/stack.ts';

describe('a workflow that lives long, and two versions of the workers', function () {
  this.timeout(60_000);
  const taskQueue = `upgrade-${randomUUID()}`;
  const deploymentName = `upgrade-${randomUUID()}`;
  const workers: Worker[] = [];
  const runs: Promise<void>[] = [];
  let native: NativeConnection;
  let workflow: WorkflowClient;
  before(async () => {
    installQuietRuntime();
    native = await NativeConnection.connect({ address: (await sharedStack()).temporal.address });
    workflow = new Client({ connection: native }).workflow;
    await startVersion('1');
  });
  after(async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(runs);
    await native.close();
  });

  const gateway = { resourceType: 'vpn_gateway', resourceId: randomUUID() };
  const cases: readonly [keyof typeof CARRIED_SCHEMAS, string, string, (schema: number) => unknown[]][] = [
    [
      'router pair',
      ROUTER_PAIR,
      'router_pair:a+b',
      (schema) => [{ schema, routers: ['a', 'b'], state: emptyPair('t') }],
    ],
    ['config watch', CONFIG_WATCH, 'config_watch', (schema) => [{ schema, stopped: null }]],
    [
      'newer version',
      APPLY_GATEWAY,
      `vpn_gateway:${gateway.resourceId}`,
      (schema) => [gateway, { superseding: true, schema, ends: [], searchAttributes: [] }],
    ],
  ];
  for (const [what, type, name, args] of cases)
    it(`leaves what a newer version has carried over to a worker that can read it: ${what}`, async () => {
      const newer = CARRIED_SCHEMAS[what] + 1;
      const workflowId = type === APPLY_GATEWAY ? name : `${name}-${randomUUID()}`;
      const handle = await workflow.start(type, {
        taskQueue,
        workflowId,
        args: args(newer),
      });
      for (;;) {
        const events = await eventsOf(handle);
        const failed = events.find((event) => event.workflowTaskFailedEventAttributes);
        if (failed === undefined) {
          await setTimeout(50);
          continue;
        }
        const reads = CARRIED_SCHEMAS[what];
        assert.equal(
          failed.workflowTaskFailedEventAttributes?.failure?.message,
          `${what}: the run before this one carried over schema ${newer}, and this version of gateway-saga reads up to ${reads}: a worker of a newer version has to go on`,
        );
        break;
      }
      // The workflow has done nothing, and has not ended.
      const { status } = await handle.describe();
      assert.equal(status.name, 'RUNNING');
      const done = (await eventsOf(handle)).filter(
        (event) =>
          !event.workflowExecutionStartedEventAttributes &&
          !event.workflowTaskScheduledEventAttributes &&
          !event.workflowTaskStartedEventAttributes &&
          !event.workflowTaskFailedEventAttributes,
      );
      assert.deepEqual(done, []);
      await handle.terminate();
    });

  for (const [how, to, next] of [
    ['stopped', 'stop', '2'],
    ['running', 'start', '3'],
  ] as const)
    it(`that is a ${how} watch looks by itself whether another version is current, and goes on there, ${how}`, async () => {
      const workflowId = `config_watch-${randomUUID()}`;
      const handle = workflow.getHandle(workflowId);
      const { signaledRunId } = await workflow.signalWithStart(CONFIG_WATCH, {
        workflowId,
        taskQueue,
        args: [],
        signal: WATCH_SWITCH_SIGNAL,
        signalArgs: [to],
      });
      const { stopped } = await handle.query<WatchStatus>(WATCH_STATUS_QUERY);
      const timers = (await eventsOf(handle)).flatMap(({ timerStartedEventAttributes: timer }) =>
        timer ? [Number(timer.startToFireTimeout?.seconds)] : [],
      );
      assert.deepEqual(timers, [300]);
      await startVersion(next);
      // Any workflow task does what the timer would do.
      for (let runId = signaledRunId; runId === signaledRunId; { runId } = await handle.describe()) {
        await handle.signal(WATCH_SWITCH_SIGNAL, to);
        await setTimeout(50);
      }
      const status = await handle.query<WatchStatus>(WATCH_STATUS_QUERY);
      assert.equal(stopped === null, how === 'running');
      assert.equal(status.stopped, stopped);
      const { raw } = await handle.describe();
      const info = raw.workflowExecutionInfo?.versioningInfo;
      assert.equal(info?.deploymentVersion?.buildId, next);
      await handle.terminate();
    });

  /** A worker of this version, which becomes the current one. */
  async function startVersion(buildId: string): Promise<void> {
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: { codePath: await workflowBundle() },
      ...deploymentOf({ deployment: { deploymentName, buildId } }),
    });
    workers.push(worker);
    runs.push(worker.run());
    const request = { namespace: 'default', deploymentName, buildId };
    const isCurrent = () =>
      native.workflowService.setWorkerDeploymentCurrentVersion(request).then(
        () => true,
        () => false,
      );
    while (!(await isCurrent())) await setTimeout(100);
  }
});

async function eventsOf(handle: WorkflowHandle) {
  return (await handle.fetchHistory()).events ?? [];
}
