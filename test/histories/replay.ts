/** Replays histories with the workflows of this checkout. */
import assert from 'node:assert/strict';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../../local/workflow-bundle.ts';
import { sinksOf } from '../../worker/sinks.ts';
import type { Story } from './stories.ts';

export interface History {
  readonly events: {
    readonly eventType: string;
    readonly workflowExecutionStartedEventAttributes?: { readonly workflowId: string };
    readonly workflowExecutionSignaledEventAttributes?: {
      readonly signalName: string;
      /** `data` in Base64. */
      readonly input: { readonly payloads: { readonly data: string }[] };
    };
  }[];
}

/** Whatever outlives a release (`../histories/upgrade-story.ts`), and what a pair did for all stories. */
const LONG = [
  'pair',
  'waited',
  'pair-continued',
  'pair-continuing',
  'watch-continued',
  'watch-continuing',
] as const;
export const ENDS: Record<Story | (typeof LONG)[number], string | undefined> = {
  created: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  failed: 'EVENT_TYPE_WORKFLOW_EXECUTION_FAILED',
  cancelled: 'EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED',
  locked: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  updated: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  unchanged: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  superseded: 'EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
  superseding: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  deleted: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  waited: 'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
  'pair-continued': 'EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
  'watch-continued': 'EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
  // These were running.
  pair: undefined,
  'pair-continuing': undefined,
  'watch-continuing': undefined,
};

export interface Replayed {
  readonly error: Error | undefined;
  /** What the worker was told. */
  readonly told: readonly unknown[];
}

/** Replays them in their order, with one worker. */
export async function replay(...histories: readonly History[]): Promise<readonly Replayed[]> {
  const told: unknown[] = [];
  const listener = (what: unknown) => void told.push(what);
  const sinks = sinksOf({ changes: [listener], pairs: [listener] });
  const options = { workflowBundle: { codePath: await workflowBundle() }, sinks };
  const named = histories.map((history) => ({
    history,
    workflowId: history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? 'unnamed',
  }));
  const replayed: Replayed[] = [];
  for await (const { error } of Worker.runReplayHistories(options, named))
    replayed.push({ error, told: told.splice(0) });
  assert.equal(replayed.length, histories.length);
  return replayed;
}

export function assertReplays({ error, told }: Replayed = assert.fail('it was not replayed')): void {
  if (error !== undefined) throw error;
  assert.deepEqual(told, [], 'a replay tells the worker what it has told before');
}
