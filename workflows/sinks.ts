/**
 * What workflows tell the worker that runs them, for its log and its metrics. A call adds nothing to the history. During a replay the worker leaves the
 * calls out.
 */
import { log, proxySinks, TemporalFailure, workflowInfo } from '@temporalio/workflow';
import type { Sinks } from '@temporalio/workflow';
import type { ChangeEnd, StepEnd } from '../gateway/change-end.ts';
import { displayName, oneLine } from '../gateway/display.ts';
import { FAILURES } from '../gateway/failures.ts';
import type { Progress, StepProgress } from '../gateway/messages.ts';
import type { QueueSizes } from '../pair/queue.ts';
import type { Ended } from './ends.ts';
import { failureIn, failureTypeOf, isCancelled, reasonOf } from './reason.ts';
import type { Work } from './wanted.ts';

export interface WorkflowSinks extends Sinks {
  readonly changes: {
    /**
     * Called once for each version that a saga works on, at the end of the run. The server may refuse the end, because a signal came at the last moment:
     * then the run calls again. `steps`: the steps that have ended. Absent: there were none.
     */
    ended(end: ChangeEnd, steps?: readonly StepEnd[]): void;
  };
  readonly pairs: {
    /** Called after each workflow task of a pair, whether anything has changed or not: another worker may have had the task before. */
    queue(sizes: QueueSizes): void;
  };
}

const { changes, pairs } = proxySinks<WorkflowSinks>();

interface ToldProgress {
  readonly progress: Pick<Progress, 'gateway' | 'name' | 'pair' | 'action'> &
    Partial<Pick<Progress, 'steps'>>;
  readonly pairNames?: readonly [string, string] | null;
}

/** Tells how the run ended. An error that only fails the workflow task does not end the run, so it is not told. Never throws. */
export function tellEnd(told: ToldProgress, work: Partial<Work> | undefined, ended: Ended): void {
  if (ended.kind === 'failed' && !(ended.error instanceof TemporalFailure)) return;
  safely('the end of a change', () => changes.ended(...copyOf(endOf(told, work, ended))));
}

/** Tells how long the queue of a pair is. Never throws. */
export function tellQueue(sizes: () => QueueSizes): void {
  safely('the queue of a pair', () => pairs.queue(copyOf(sizes())));
}

/** An error here would fail the workflow task again and again, and hold the run for ever. So it is logged instead. */
function safely(what: string, tell: () => void): void {
  try {
    tell();
  } catch (error) {
    log.error(`${what} could not be told`, { cause: error instanceof Error ? error.stack : typeof error });
  }
}

/**
 * Copies the data through JSON. A value that is no plain data would otherwise fail the workflow task later, when it leaves the workflow's thread, where
 * `safely` does not catch the error.
 */
function copyOf<T>(data: T): T {
  return JSON.parse(JSON.stringify(data)) as T;
}

function endOf(
  { progress: { gateway, name, pair, action, steps = [] }, pairNames = null }: ToldProgress,
  work: Partial<Work> | undefined,
  ended: Ended,
): Parameters<WorkflowSinks['changes']['ended']> {
  const resourceId = displayName(gateway.resourceId);
  // Copies the time that the SDK has made. Where a test replaces `Date`, what the SDK has made is no instance of it.
  const began = new Date(workflowInfo().runStartTime).getTime();
  const end: ChangeEnd = {
    resourceType: displayName(gateway.resourceType),
    resourceId,
    name: name ?? resourceId,
    version: gateway.version ?? work?.version ?? null,
    action: action ?? work?.action ?? null,
    pair: pair ?? null,
    pairNames,
    seconds: (Date.now() - began) / 1000,
    ...outcomeOf(ended),
  };
  return [end, steps.flatMap(stepEndOf)];
}

function stepEndOf({ step, status, since, until }: StepProgress): readonly StepEnd[] {
  if (status === 'running' || until === undefined) return [];
  const began = Date.parse(since);
  return [{ step, outcome: status, since: began, seconds: (Date.parse(until) - began) / 1000 }];
}

function outcomeOf(ended: Ended): Pick<ChangeEnd, 'outcome' | 'alreadyEnded' | 'failureType' | 'reason'> {
  if (ended.kind === 'made')
    return { outcome: 'complete', ...(ended.result.alreadyEnded && { alreadyEnded: true }) };
  const { error } = ended;
  const failureType = failureTypeOf(error);
  return { outcome: wordOf(error, failureType), failureType, reason: oneLine(reasonOf(error)) };
}

function wordOf(error: unknown, type: ChangeEnd['failureType']): ChangeEnd['outcome'] {
  if (isCancelled(error)) return 'cancelled';
  if (type === FAILURES.Superseded) return 'superseded';
  const isRefused = failureIn(error)?.gateway === null;
  return isRefused || type === FAILURES.InvalidRequest || type === FAILURES.AlreadyEnded
    ? 'refused'
    : 'failed';
}
