import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { FAILURES } from '../../gateway/failures.ts';
import { PROGRESS_QUERY } from '../../gateway/messages.ts';
import type { Progress } from '../../gateway/messages.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

describe('a saga whose plan can not be read, because etcd refuses or is away', function () {
  this.timeout(30_000);
  let scene: WorkflowScene;
  let attempts = 0;
  let tried: () => void;
  before(async () => {
    scene = await openWorkflows('plain-workflows.ts', {
      plan: () => {
        attempts += 1;
        if (attempts === 2) tried();
        throw ApplicationFailure.retryable('etcd did not answer', FAILURES.StoreUnavailable);
      },
    });
  });
  after(() => scene.close());

  it('ends when it is cancelled, without waiting for etcd', async () => {
    const twice = new Promise<void>((resolve) => (tried = resolve));
    const resourceId = randomUUID();
    const { taskQueue, client } = scene;
    const handle = await client.start('createGateway', {
      taskQueue,
      workflowId: `vpn_gateway:${resourceId}`,
      args: [{ resourceType: 'vpn_gateway', resourceId }],
    });
    await twice;
    await handle.cancel();
    await assert.rejects(handle.result(), (error: unknown) => {
      assert.ok(
        error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure,
        String(error),
      );
      return true;
    });
    assert.equal((await handle.query<Progress>(PROGRESS_QUERY)).outcome, 'cancelled');
  });
});
