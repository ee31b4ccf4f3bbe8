import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ChangeNotFoundError, GatewayRun, workflowIdOf } from '../../client/index.ts';
import { Temporal } from '../../client/temporal.ts';
import { VersionRun } from '../../client/version-run.ts';
import type { GatewayFailure, GatewayOutcome, GatewayRef } from '../../client/index.ts';
import { created, failed, openScene, type Scene } from './scene.ts';
import { reset } from '../world/reset.ts';
import type { Ending } from './stub-workflow.ts';

const taskCompleted: Parameters<typeof reset>[2] = (events) =>
  events.find(({ workflowTaskCompletedEventAttributes: done }) => done)?.eventId;

describe('the outcome of a creation', () => {
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
  });
  after(() => scene.close());

  const version = (gateway: GatewayRef) => ({ ...gateway, version: 1 });
  const table: [
    name: string,
    ending: (g: GatewayRef) => Ending,
    outcome: (g: GatewayRef) => GatewayOutcome,
  ][] = [
    [
      'failed, with both routers clean',
      (g) => failed({ type: 'NotConverged', gateway: version(g), message: 'MX-1: INIT', compensation: [] }),
      (g) => ({
        kind: 'failed',
        type: 'NotConverged',
        message: 'MX-1: INIT',
        gateway: version(g),
        compensation: [],
      }),
    ],
    [
      'failed, with an undo that failed beside it',
      (g) =>
        failed({ type: 'RouterRefused', gateway: version(g), message: 'no', compensation: ['MX-2: gone'] }),
      (g) => ({
        kind: 'failed',
        type: 'RouterRefused',
        message: 'no',
        gateway: version(g),
        compensation: ['MX-2: gone'],
      }),
    ],
    [
      'refused before it was tied to a version',
      () => failed({ type: 'NotFound', gateway: null, message: 'no such key', compensation: [] }),
      () => ({ kind: 'failed', type: 'NotFound', message: 'no such key', gateway: null, compensation: [] }),
    ],
    [
      'failed without details',
      () => ({ kind: 'failed', type: 'InvalidRequest', message: 'workflow id', details: [] }),
      () => ({
        kind: 'failed',
        type: 'InvalidRequest',
        message: 'workflow id',
        gateway: null,
        compensation: [],
      }),
    ],
    [
      'failed with details of another shape',
      () => ({ kind: 'failed', type: 'Conflict', message: 'clash', details: [{ message: 7, gateway: 'x' }] }),
      () => ({ kind: 'failed', type: 'Conflict', message: 'clash', gateway: null, compensation: [] }),
    ],
    [
      'failed in a way that this client does not know',
      () => ({ kind: 'failed', type: 'Newfangled', message: 'hm', details: [] }),
      () => ({
        kind: 'failed',
        type: 'Internal',
        message: 'hm (unknown failure type "Newfangled")',
        gateway: null,
        compensation: [],
      }),
    ],
    [
      'cancelled, reported as a failure of that type',
      (g) =>
        failed({ type: 'Cancelled', gateway: version(g), message: 'cancelled', compensation: ['MX-1: ?'] }),
      (g) => ({
        kind: 'cancelled',
        message: 'cancelled',
        gateway: version(g),
        compensation: ['MX-1: ?'],
      }),
    ],
  ];
  for (const [name, ending, outcome] of table)
    it(`is a value: ${name}`, async () => {
      const gateway = scene.gateway();
      const run = await scene.client.create(gateway);
      await scene.end(gateway, ending(gateway));
      assert.deepEqual(await run.result(), outcome(gateway));
    });

  it('is cancelled after a cancel that the workflow ended with', async () => {
    const run = await scene.client.create(scene.gateway());
    await run.cancel();
    const outcome = await run.result();
    assert.equal(outcome.kind, 'cancelled');
  });

  it('has the reason that was given for a cancel, also for who asks later, and after it has gone on', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    await scene.goOn(gateway, 2);
    await run.cancel({ reason: 'wrong VLAN', by: 'alice@jump-host' });
    const outcome = await run.result();
    const reason = 'wrong VLAN (alice@jump-host)';
    assert.deepEqual(outcome, {
      kind: 'cancelled',
      message: `by an operator: ${reason}; what had been done was undone`,
      reason,
      gateway: null,
      compensation: [],
    });
    assert.deepEqual(await scene.client.result(gateway), outcome);
    const status = await scene.client.status(gateway);
    assert.deepEqual(status.kind === 'ended' && status.outcome, outcome);
  });

  it('is cancelled after a cancel whose undo failed', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    const failure: GatewayFailure = {
      type: 'Cancelled',
      gateway: version(gateway),
      message: 'cancelled',
      compensation: ['MX-2: unreachable'],
    };
    await scene.onCancel(gateway, failure);
    await run.cancel();
    const { type: _type, ...rest } = failure;
    assert.deepEqual(await run.result(), { kind: 'cancelled', ...rest });
  });

  it('says, after a termination, that the pair reverts the change, or keeps it if it was confirmed', async () => {
    const run = await scene.client.create(scene.gateway());
    await scene.temporal.workflow.getHandle(run.workflowId).terminate('by mistake');
    const outcome = await run.result();
    assert(outcome.kind === 'failed');
    assert.equal(outcome.type, 'Internal');
    assert.match(outcome.message, /terminated: by mistake/);
    assert.match(
      outcome.compensation.join(),
      /^the workflow was terminated: its router pair reverts the change, or keeps it if it was confirmed/,
    );
  });

  it('is that of the run that an operator has made of it by a reset', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    const result = run.result();
    const { workflowId } = run;
    // It is in the middle of its work: the first task has ended.
    assert.notEqual(await run.progress(), null);
    const task = () => reset(scene.temporal, { workflowId }, taskCompleted);
    await task();
    assert.equal((await scene.client.status(gateway)).kind, 'running');
    await task();
    await scene.end(gateway, created(gateway));
    assert.equal((await result).kind, 'created');
    assert.equal((await run.result()).kind, 'created');
    // A run that is started after a termination is another one.
    const next = await scene.client.create(gateway);
    await scene.temporal.workflow.getHandle(workflowId).terminate('by mistake');
    await scene.client.create(gateway);
    assert.equal((await next.result()).kind, 'failed');
    await scene.end(gateway, created(gateway));
  });

  it('has the same said of a termination on the page of the Web UI, before anybody terminates it', async () => {
    const run = await scene.client.create(scene.gateway());
    const { staticDetails } = await scene.temporal.workflow.getHandle(run.workflowId).describe();
    const details = (await staticDetails()) ?? '';
    assert.match(
      details,
      /Terminating .* router pair: it reverts the change, or keeps it if it was confirmed/,
    );
    assert.match(
      details,
      /together with its router pair: nobody reverts .* until it is started again, or another gateway needs one of its routers/,
    );
    assert.match(details, /Once the confirm is requested, a cancel changes nothing/);
  });

  it('is untouched by a cancel that comes after the end', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    await scene.end(gateway, failed({ type: 'Conflict', gateway: null, message: 'no', compensation: [] }));
    const outcome = await run.result();
    assert.deepEqual(await run.cancel(), { isTaken: false, isRepeated: false });
    assert.deepEqual(await run.result(), outcome);
  });

  it('is not known any more once Temporal has forgotten the change, and neither can that be cancelled', async () => {
    const gateway = scene.gateway();
    const workflowId = workflowIdOf(gateway);
    // Temporal takes its time with a deletion, so this is the run of a workflow that never was. Temporal answers the same.
    const temporal = new Temporal(scene.temporal, async () => {});
    const version = new VersionRun(temporal, { workflowId, runId: randomUUID() }, gateway, 'create');
    const run = new GatewayRun(temporal, version, gateway, (outcome) => outcome);
    const isTold = (error: unknown) => {
      assert.ok(error instanceof ChangeNotFoundError, String(error));
      assert.equal(error.workflowId, workflowId);
      return true;
    };
    await assert.rejects(run.cancel(), isTold);
    await assert.rejects(run.result(), isTold);
    await assert.rejects(run.progress(), isTold);
    await assert.rejects(async () => {
      for await (const _ of run.watch());
    }, isTold);
  });

  it('can be waited for no longer than one likes', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    const leave = new AbortController();
    const waiting = run.result({ signal: leave.signal });
    leave.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    await assert.rejects(run.result({ signal: leave.signal }), /enough/);
    const status = await scene.client.status(gateway);
    assert.equal(status.kind, 'running');
  });
});
