import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { RequestedAction } from '../../client/request.ts';
import { failed, made, openScene, type Scene } from './scene.ts';

describe('GatewayClient.update, delete and apply', () => {
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
  });
  after(() => scene.close());

  const typeOf = async (workflowId: string) =>
    (await scene.temporal.workflow.getHandle(workflowId).describe()).type;

  for (const [asked, type, details] of [
    ['create', 'createGateway', /^Creates `vpn_gateway` `\S+` on both edge routers/],
    ['update', 'updateGateway', /^Updates `vpn_gateway` `\S+` on both edge routers/],
    ['delete', 'deleteGateway', /^Deletes `vpn_gateway` `\S+` from both edge routers/],
    ['apply', 'applyGateway', /^Creates, updates or deletes `vpn_gateway` `\S+`, whichever/],
  ] as const satisfies readonly (readonly [RequestedAction, string, RegExp])[])
    it(`${asked} starts the workflow ${type}, and says what it is for`, async () => {
      const gateway = scene.gateway();
      const run = await scene.client[asked](gateway);
      const description = await scene.temporal.workflow.getHandle(run.workflowId).describe();
      assert.equal(run.workflowId, `vpn_gateway:${gateway.resourceId}`);
      assert.equal(description.type, type);
      assert.equal(await description.staticSummary(), `${asked} vpn_gateway ${gateway.resourceId}`);
      assert.match((await description.staticDetails()) ?? '', details);
      await scene.end(gateway, made(gateway, 'created'));
    });

  for (const kind of ['created', 'updated', 'unchanged', 'deleted'] as const)
    it(`has ${kind} for an outcome of its own, and watches it to that end`, async () => {
      const gateway = scene.gateway();
      const run = await scene.client.apply(gateway);
      await scene.end(gateway, made({ ...gateway, version: 2 }, kind));
      const expected = { kind, gateway: { ...gateway, version: 2 }, alreadyEnded: false };
      assert.deepEqual(await run.result(), expected);
      const outcomes: string[] = [];
      for await (const { outcome, error } of run.watch()) outcomes.push(`${outcome} ${error ?? ''}`.trim());
      assert.equal(outcomes.at(-1), kind);
      const status = await scene.client.status(gateway);
      assert.deepEqual(status.kind === 'ended' && status.outcome, expected);
      assert.deepEqual(await scene.client.result(gateway), expected);
    });

  it('starts a deletion after the creation that it had joined', async () => {
    const gateway = scene.gateway();
    const creation = await scene.client.create(gateway);
    const deletion = await scene.client.delete(gateway);
    assert.equal(await typeOf(deletion.workflowId), 'createGateway');
    const outcome = deletion.result();
    await scene.end(gateway, made(gateway, 'created'));
    assert.equal((await creation.result()).kind, 'created');
    while ((await typeOf(deletion.workflowId)) !== 'deleteGateway') await setTimeout(20);
    await scene.end(gateway, made({ ...gateway, version: 2 }, 'deleted'));
    assert.equal((await outcome).kind, 'deleted');
  });

  it('starts an update after a creation that was refused, because that was not what it asked for', async () => {
    const gateway = scene.gateway();
    await scene.client.create(gateway);
    const update = await scene.client.update(gateway);
    const outcome = update.result();
    const message = 'create: expected update';
    await scene.end(gateway, failed({ type: 'InvalidRequest', gateway: null, message, compensation: [] }));
    while ((await typeOf(update.workflowId)) !== 'updateGateway') await setTimeout(20);
    await scene.end(gateway, made({ ...gateway, version: 2 }, 'updated'));
    assert.equal((await outcome).kind, 'updated');
  });

  it('takes the refusal of its own run for the answer', async () => {
    const gateway = scene.gateway();
    const update = await scene.client.update(gateway);
    const message = 'update: expected create';
    await scene.end(gateway, failed({ type: 'InvalidRequest', gateway: null, message, compensation: [] }));
    const outcome = await update.result();
    assert.deepEqual(outcome.kind === 'failed' && outcome.message, message);
  });

  it('says what became of a version that had ended before, although a deletion was asked for', async () => {
    const gateway = scene.gateway();
    const deletion = await scene.client.delete(gateway);
    await scene.end(gateway, made(gateway, 'created', true));
    assert.deepEqual(await deletion.result(), {
      kind: 'created',
      gateway: { ...gateway, version: 1 },
      alreadyEnded: true,
    });
  });
});
