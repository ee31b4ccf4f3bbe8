import assert from 'node:assert/strict';
import { Client, type Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import { GatewayClient, SEARCH_ATTRIBUTES, type GatewayRun } from '../../client/index.ts';
import { encodeSearchAttributeIndexedValueType as indexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { created, failed, openScene, type Scene } from './scene.ts';

describe('GatewayClient.create', () => {
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('with attributes');
    await scene.startWorker();
  });
  after(() => scene.close());

  const runIdOf = async (run: GatewayRun) =>
    (await scene.temporal.workflow.getHandle(run.workflowId).describe()).runId;

  it('starts the workflow under the one id that the gateway may have, and says what it is for', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create({ ...gateway, version: 4 });
    assert.equal(run.workflowId, `vpn_gateway:${gateway.resourceId}`);
    const description = await scene.temporal.workflow.getHandle(run.workflowId).describe();
    assert.equal(description.type, 'createGateway');
    assert.equal(description.taskQueue, 'gateways');
    assert.equal(await description.staticSummary(), `create vpn_gateway ${gateway.resourceId}`);
    assert.match((await description.staticDetails()) ?? '', /Version: 4/);
    assert.equal(description.raw.executionConfig?.workflowExecutionTimeout?.seconds?.toString() ?? '0', '0');
    await scene.end(gateway, created({ ...gateway, version: 4 }));
  });

  it('sets the search attributes that are known at the start', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create({ ...gateway, version: 4 });
    const { typedSearchAttributes } = await scene.temporal.workflow.getHandle(run.workflowId).describe();
    const found = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value] as const);
    assert.deepEqual(Object.fromEntries(found), {
      GatewayType: 'vpn_gateway',
      GatewayId: gateway.resourceId,
      GatewayAction: 'create',
      GatewayVersion: 4,
    });
    await scene.end(gateway, created({ ...gateway, version: 4 }));
  });

  it('comes back with the typed outcome of a success', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    const routers = {
      primary: { id: 'r1', vrrp: 'MASTER' },
      secondary: { id: 'r2', vrrp: 'BACKUP' },
    };
    await scene.end(gateway, {
      kind: 'made',
      result: { ...gateway, version: 1, outcome: 'created', alreadyEnded: false, routers },
    });
    assert.deepEqual(await run.result(), {
      kind: 'created',
      gateway: { ...gateway, version: 1 },
      alreadyEnded: false,
      routers,
    });
  });

  it('joins a creation that runs', async () => {
    const gateway = scene.gateway();
    const first = await scene.client.create(gateway);
    const runId = await runIdOf(first);
    const second = await scene.client.create(gateway);
    assert.equal(await runIdOf(second), runId);
    await scene.end(gateway, created(gateway));
    assert.deepEqual(await second.result(), await first.result());
  });

  it('starts anew once the creation before has ended', async () => {
    const gateway = scene.gateway();
    const first = await scene.client.create(gateway);
    const runId = await runIdOf(first);
    await scene.end(gateway, created(gateway));
    await first.result();
    const second = await scene.client.create(gateway);
    assert.notEqual(await runIdOf(second), runId);
    await scene.end(gateway, created(gateway));
    assert.equal((await second.result()).kind, 'created');
  });

  const superseded = (gateway: { resourceType: string; resourceId: string }, version: number) =>
    failed({
      type: 'Superseded',
      gateway: { ...gateway, version },
      message: `version ${version + 1} stands in /config`,
      compensation: [],
    });

  it('starts again when it had joined an older version that then was superseded', async () => {
    const gateway = scene.gateway();
    let starts = 0;
    const counting: WorkflowClientInterceptor = {
      signalWithStart: (input, next) => {
        starts += 1;
        return next(input);
      },
    };
    const { connection } = scene.temporal;
    const client = await GatewayClient.connect({
      client: new Client({
        connection,
        namespace: scene.namespace,
        interceptors: { workflow: [counting] },
      }),
    });
    const older = await client.create({ ...gateway, version: 1 });
    const newer = await client.create({ ...gateway, version: 2 });
    const watched: (number | null)[] = [];
    const watching = (async () => {
      for await (const progress of newer.watch({ intervalMs: 20 })) {
        watched.push(progress.gateway.version);
        if (progress.gateway.version === 2 && progress.name === 'stub' && progress.outcome === 'running')
          await scene.end(gateway, created({ ...gateway, version: 2 }));
      }
    })();
    const outcome = newer.result();
    await scene.end(gateway, superseded(gateway, 1));
    const first = await older.result();
    assert(first.kind === 'failed' && first.type === 'Superseded');
    await watching;
    const last = await outcome;
    assert(last.kind === 'created');
    assert.equal(last.gateway.version, 2);
    assert.equal(watched.at(-1), 2);
    assert.equal(starts, 3, 'the watcher and the one who waits follow to the same run');
  });

  it('takes a superseded outcome for the answer when no newer version was requested', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create({ ...gateway, version: 1 });
    await scene.end(gateway, superseded(gateway, 1));
    const outcome = await run.result();
    assert(outcome.kind === 'failed' && outcome.type === 'Superseded');
  });

  it('does not start again what an operator has cancelled', async () => {
    const gateway = scene.gateway();
    await scene.client.create({ ...gateway, version: 1 });
    const newer = await scene.client.create({ ...gateway, version: 2 });
    await scene.onCancel(gateway, {
      type: 'Cancelled',
      gateway: { ...gateway, version: 1 },
      message: 'cancelled',
      compensation: [],
    });
    await newer.cancel();
    assert.equal((await newer.result()).kind, 'cancelled');
  });

  it('sends nothing of an invalid request', async () => {
    await assert.rejects(scene.client.create({ resourceType: 'a/b', resourceId: '1' }), {
      name: 'InvalidRequestError',
      field: 'resourceType',
    });
    await assert.rejects(scene.client.status({ resourceType: 'vpn_gateway', resourceId: '' }), {
      name: 'InvalidRequestError',
      field: 'resourceId',
    });
  });
});

describe('GatewayClient.create, where search attributes are refused,', () => {
  it('works without them when none is registered', async () => {
    const scene = await openScene('without attributes');
    const gateway = scene.gateway();
    const run = await scene.client.create({ ...gateway, version: 1 });
    const { typedSearchAttributes } = await scene.temporal.workflow.getHandle(run.workflowId).describe();
    assert.deepEqual(typedSearchAttributes.getAll(), []);
    await scene.close();
  });

  it('works without them when one is registered with another type', async () => {
    const scene = await openScene('without attributes');
    await (scene.temporal.connection as Connection).operatorService.addSearchAttributes({
      namespace: scene.namespace,
      searchAttributes: { [SEARCH_ATTRIBUTES.type.name]: indexedValueType('INT')! },
    });
    const gateway = scene.gateway();
    const run = await scene.client.create({ ...gateway, version: 1 });
    const { typedSearchAttributes } = await scene.temporal.workflow.getHandle(run.workflowId).describe();
    assert.deepEqual(typedSearchAttributes.getAll(), []);
    await scene.close();
  });

  it('still reports what else the server has against the start', async () => {
    const scene = await openScene('without attributes');
    const stray = await GatewayClient.connect({
      connection: scene.temporal.connection,
      namespace: 'nowhere',
    });
    await assert.rejects(stray.create(scene.gateway()), /nowhere|Namespace/);
    await scene.close();
  });
});
