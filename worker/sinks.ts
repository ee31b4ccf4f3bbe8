/** The worker's side of what workflows tell. It passes everything on to the log and the metrics. */
import type { InjectedSinks } from '@temporalio/worker';
import type { ChangeEnd, StepEnd } from '../gateway/change-end.ts';
import type { QueueSizes } from '../pair/queue.ts';
import type { WorkflowSinks } from '../workflows/sinks.ts';

/** Who hears what workflows tell. If a listener throws, the others hear it all the same, and the SDK logs the error. */
export interface SinkListeners {
  /** They hear of each run's end once. */
  readonly changes?: readonly ((end: ChangeEnd, steps: readonly StepEnd[], runId: string) => void)[];
  /** They hear of a pair's queue after each of the pair's workflow tasks that this worker has done. */
  readonly pairs?: readonly ((sizes: QueueSizes) => void)[];
}

/** How many ended runs are remembered, so that none is told twice. A run that repeats its end does so in its next workflow task. */
const REMEMBERED = 1_000;

/** None of the sinks is called during replay. */
export function sinksOf({ changes = [], pairs = [] }: SinkListeners = {}): InjectedSinks<WorkflowSinks> {
  const ended = new Set<string>();
  return {
    changes: {
      ended: {
        fn({ runId }, end, steps = []) {
          if (ended.has(runId)) return;
          ended.add(runId);
          for (const oldest of ended) {
            if (ended.size <= REMEMBERED) break;
            ended.delete(oldest);
          }
          tellAll(changes, end, steps, runId);
        },
      },
    },
    pairs: {
      queue: {
        fn(_info, sizes) {
          tellAll(pairs, sizes);
        },
      },
    },
  };
}

function tellAll<Told extends unknown[]>(
  listeners: readonly ((...told: Told) => void)[],
  ...told: Told
): void {
  const errors: unknown[] = [];
  for (const listener of listeners)
    try {
      listener(...told);
    } catch (error) {
      errors.push(error);
    }
  if (errors.length > 0) throw errors[0];
}
