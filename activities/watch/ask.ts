/** A call to Temporal that asks for a gateway. */
import { WATCH_TIMES } from '../../gateway/config-watch.ts';
import { LENGTHS, oneLine } from '../../gateway/display.ts';
import { APPLY_GATEWAY, APPLY_SIGNAL, TASK_QUEUE } from '../../gateway/messages.ts';
import type { WantedVersion } from '../../gateway/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import type { Client } from '../executions.ts';

/** Starts the gateway's saga, or tells the one that runs. */
export async function askFor(
  client: Client,
  { resourceType, resourceId }: GatewayRef,
  version: number,
): Promise<void> {
  const wanted: WantedVersion = { version };
  await client.withDeadline(Date.now() + WATCH_TIMES.callMs, () =>
    client.workflow.signalWithStart(APPLY_GATEWAY, {
      workflowId: workflowIdOf({ resourceType, resourceId }),
      taskQueue: TASK_QUEUE,
      args: [{ resourceType, resourceId }],
      signal: APPLY_SIGNAL,
      signalArgs: [wanted],
      staticSummary: oneLine(`apply ${resourceType} ${resourceId}`, LENGTHS.summary),
      staticDetails: 'Asked for by the watch over `/config`, the workflow `config_watch`.',
    }),
  );
}

/** Whether Temporal refuses the request itself (gRPC's INVALID_ARGUMENT). Then no other answer will come. */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === 3) || isRefused(error.cause);
}
