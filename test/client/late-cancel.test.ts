/** A cancel that comes after the end, although the run was seen running before. */
import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { workflowIdOf } from '../../client/index.ts';
import { Temporal } from '../../client/temporal.ts';
import { VersionRun } from '../../client/version-run.ts';
import { created, openScene, type Scene } from './scene.ts';

describe('a change that ends while its cancel is under way', () => {
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
  });
  after(() => scene.close());

  it('is untouched, and the cancel is not taken', async () => {
    const gateway = scene.gateway();
    const started = await scene.client.create(gateway);
    const { workflow, workflowService, options } = scene.temporal;
    const late = async (request: object) => {
      await scene.end(gateway, created(gateway));
      await started.result();
      return workflowService.requestCancelWorkflowExecution(request);
    };
    const client = { workflow, options, workflowService: { requestCancelWorkflowExecution: late } };
    const { runId } = await workflow.getHandle(workflowIdOf(gateway)).describe();
    const run = { workflowId: workflowIdOf(gateway), runId };
    const temporal = new Temporal(client as unknown as Client, async () => {});
    const answer = await new VersionRun(temporal, run, gateway, 'create').cancel({});
    assert.deepEqual(answer, { isTaken: false, isRepeated: false });
    assert.equal((await started.result()).kind, 'created');
  });
});
