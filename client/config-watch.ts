/** The watch over `/config`, for whoever starts, stops or asks it. */
import { WorkflowNotFoundError } from '@temporalio/client';
import {
  CONFIG_WATCH,
  CONFIG_WATCH_ID,
  WATCH_STATUS_QUERY,
  WATCH_SWITCH_SIGNAL,
} from '../gateway/config-watch.ts';
import type { WatchStatus, WatchSwitch } from '../gateway/config-watch.ts';
import { TASK_QUEUE } from '../gateway/messages.ts';
import { query } from './query.ts';
import type { Temporal } from './temporal.ts';

/** `answer`: `null` while no worker answers. */
export type WatchState =
  { readonly kind: 'running'; readonly answer: WatchStatus | null } | { readonly kind: 'not running' };

/** How long a worker may take to answer, in ms. */
const ANSWER_MS = 3_000;

/**
 * Starts or stops the watch. Its workflow runs on in both cases, because it remembers a stop: otherwise the next worker that starts would start the
 * watch again.
 */
export async function switchWatch(temporal: Temporal, to: WatchSwitch): Promise<void> {
  await temporal.call(() =>
    temporal.client.workflow.signalWithStart(CONFIG_WATCH, {
      workflowId: CONFIG_WATCH_ID,
      taskQueue: TASK_QUEUE,
      args: [],
      signal: WATCH_SWITCH_SIGNAL,
      signalArgs: [to],
      staticSummary: 'asks for gateways whose configuration differs from /state',
    }),
  );
}

export async function watchState(temporal: Temporal): Promise<WatchState> {
  const handle = temporal.client.workflow.getHandle(CONFIG_WATCH_ID);
  try {
    const { status } = await temporal.call(() => handle.describe());
    if (status.name !== 'RUNNING') return { kind: 'not running' };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'not running' };
    throw error;
  }
  const answer = await query<WatchStatus>(temporal, handle, WATCH_STATUS_QUERY, { timeoutMs: ANSWER_MS });
  return { kind: 'running', answer };
}
