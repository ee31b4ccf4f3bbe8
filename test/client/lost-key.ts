/** A change whose end is encrypted with a key that is gone. */
import type { Client } from '@temporalio/client';
import { workflowIdOf, type GatewayRef } from '../../client/index.ts';

/** Starts a creation and ends it, without a worker. */
export async function endedUnderLostKey(temporal: Client, gateway: GatewayRef): Promise<void> {
  await startedWithoutWorker(temporal, gateway);
  await endUnderLostKey(temporal, gateway);
}

export async function startedWithoutWorker({ workflow }: Client, gateway: GatewayRef): Promise<void> {
  const workflowId = workflowIdOf(gateway);
  await workflow.start('createGateway', { workflowId, taskQueue: queueOf(gateway), args: [] });
}

/** Ends what `startedWithoutWorker` has started. */
export async function endUnderLostKey(temporal: Client, gateway: GatewayRef): Promise<void> {
  const { workflowService, options } = temporal;
  const { namespace } = options;
  const { taskToken } = await temporal.withDeadline(Date.now() + 30_000, () =>
    workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: queueOf(gateway) } }),
  );
  const metadata = { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from('lost') };
  const result = { payloads: [{ metadata, data: Buffer.from('?') }] };
  await workflowService.respondWorkflowTaskCompleted({
    namespace,
    taskToken,
    commands: [
      {
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION: the enum is no dependency of ours
        commandType: 4,
        completeWorkflowExecutionCommandAttributes: { result },
      },
    ],
  });
}

function queueOf({ resourceId }: GatewayRef): string {
  return `lost-${resourceId}`;
}
