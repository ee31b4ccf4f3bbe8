import assert from 'node:assert/strict';
import { ChangeNotFoundError, CreationNotFoundError } from '../../client/index.ts';
import { created, openScene, type Scene } from './scene.ts';

describe('GatewayClient.status', () => {
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
  });
  after(() => scene.close());

  it('says not found of what was never started', async () => {
    const gateway = scene.gateway();
    const status = await scene.client.status(gateway);
    assert.deepEqual(status, { kind: 'not found', workflowId: `vpn_gateway:${gateway.resourceId}` });
  });

  it('has the progress of what runs', async () => {
    const gateway = scene.gateway();
    await scene.client.create(gateway);
    const steps = [{ step: 'apply', status: 'running', since: '2026-01-01T00:00:00.000Z' } as const];
    await scene.step(gateway, steps);
    const status = await scene.client.status(gateway);
    assert(status.kind === 'running');
    assert.deepEqual(status.progress?.steps, steps);
  });

  it('has the outcome of what has ended', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    await scene.end(gateway, created(gateway));
    await run.result();
    const status = await scene.client.status(gateway);
    assert(status.kind === 'ended');
    assert.equal(status.outcome.kind, 'created');
    assert(status.endedAt >= status.startedAt);
  });
});

describe('a creation that was started elsewhere', () => {
  let scene: Scene;
  before(async () => {
    scene = await openScene('without attributes');
    await scene.startWorker();
  });
  after(() => scene.close());

  it('can be waited for, watched and found', async () => {
    const gateway = scene.gateway();
    await scene.temporal.workflow.start('createGateway', {
      taskQueue: 'gateways',
      workflowId: `vpn_gateway:${gateway.resourceId}`,
      args: [gateway],
    });
    assert.equal((await scene.client.find(gateway))?.workflowId, `vpn_gateway:${gateway.resourceId}`);
    const outcomes: string[] = [];
    const watching = (async () => {
      for await (const { outcome } of scene.client.watch(gateway, { intervalMs: 20 })) outcomes.push(outcome);
    })();
    const result = scene.client.result(gateway);
    await scene.end(gateway, created(gateway));
    assert.equal((await result).kind, 'created');
    await watching;
    assert.equal(outcomes.at(-1), 'created');
  });

  it('is distinguished from one that nobody started', async () => {
    const gateway = scene.gateway();
    assert.equal(await scene.client.find(gateway), null);
    await assert.rejects(scene.client.result(gateway), ChangeNotFoundError);
    await assert.rejects(scene.client.watch(gateway).next(), ChangeNotFoundError);
  });

  it('is still found missing by a program that knows the error by its former name', async () => {
    const error: unknown = await scene.client.result(scene.gateway()).catch((reason: unknown) => reason);
    const known = (reason: CreationNotFoundError): string => reason.workflowId;
    assert.ok(error instanceof CreationNotFoundError);
    assert.match(known(error), /^vpn_gateway:/);
  });
});
