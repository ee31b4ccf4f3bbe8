/** The gateway workflows over scripted activities, on a real server, and what may happen to them. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowClient, WorkflowHandle } from '@temporalio/client';
import { APPLY_SIGNAL, PROGRESS_QUERY } from '../../gateway/messages.ts';
import type { Progress } from '../../gateway/messages.ts';
import type { GatewayResult } from '../../gateway/plan.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';
import { Scripts } from './scripted.ts';
import type { Script } from './scripted.ts';
import type { Event } from './superseding-phases.ts';

export class SupersedingScene {
  readonly #scene: WorkflowScene;
  readonly #scripts: Scripts;

  private constructor(scene: WorkflowScene, scripts: Scripts) {
    this.#scene = scene;
    this.#scripts = scripts;
  }

  static async open(workflows = 'quick-gateways.ts'): Promise<SupersedingScene> {
    const scripts = new Scripts();
    return new SupersedingScene(await openWorkflows(workflows, scripts.activities), scripts);
  }

  get client(): WorkflowClient {
    return this.#scene.client;
  }

  /** A gateway whose configuration has version 1, and of which nothing stands. */
  add(): Script {
    return this.#scripts.add({ resourceType: 'vpn_gateway', resourceId: randomUUID() });
  }

  start({ gateway }: Script, type = 'applyGateway', input: object = {}) {
    const { client, taskQueue } = this.#scene;
    const workflowId = workflowIdOf(gateway);
    return client.start(type, { taskQueue, workflowId, args: [{ ...gateway, ...input }] });
  }

  /** Asks for a version as a client does: starts a workflow, or joins the one that runs, and signals. */
  ask({ gateway }: Script, version: number, input: object = { version }, type = 'applyGateway') {
    const { client, taskQueue } = this.#scene;
    return client.signalWithStart(type, {
      taskQueue,
      workflowId: workflowIdOf(gateway),
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ ...gateway, ...input }],
      signal: APPLY_SIGNAL,
      signalArgs: [{ version }],
    });
  }

  /** Signals that this version is wanted, or whichever the configuration has. */
  ring(handle: WorkflowHandle, version?: number): Promise<void> {
    return handle.signal(APPLY_SIGNAL, ...(version === undefined ? [] : [{ version }]));
  }

  /** Resolves once the server has the answer of the last look at the configuration. */
  async looked(script: Script, handle: WorkflowHandle): Promise<void> {
    for (;;) {
      const pending = (await handle.describe()).raw.pendingActivities ?? [];
      const isLooking = pending.some(({ activityType }) => activityType?.name === 'configVersion');
      if (script.count('configVersion') > 0 && !isLooking) return;
    }
  }

  async happen(event: Event, script: Script, handle: WorkflowHandle): Promise<void> {
    switch (event) {
      case 'newer version':
        script.config = { version: 2 };
        return this.ring(handle, 2);
      case 'tombstone':
        script.config = { version: 2, markedForDeletion: true };
        return this.ring(handle, 2);
      case 'vanished':
        script.config = undefined;
        return this.ring(handle);
      case 'put again':
        return this.ring(handle, 1);
      case 'no change':
        return this.ring(handle);
      case 'cancel':
        await handle.cancel();
        return;
      case 'newer version and cancel':
        await this.happen('newer version', script, handle);
        await this.happen('cancel', script, handle);
    }
  }

  progress(handle: WorkflowHandle, runId?: string): Promise<Progress> {
    return this.client.getHandle(handle.workflowId, runId).query<Progress>(PROGRESS_QUERY);
  }

  async result(handle: WorkflowHandle): Promise<GatewayResult> {
    return (await handle.result()) as GatewayResult;
  }

  /** The cause of the workflow's failure. */
  async failure(handle: WorkflowHandle): Promise<Error | undefined> {
    try {
      await handle.result();
    } catch (error) {
      assert.ok(error instanceof WorkflowFailedError, String(error));
      return error.cause;
    }
    return assert.fail('expected a failure');
  }

  close(): Promise<void> {
    return this.#scene.close();
  }
}
