import { QueryNotRegisteredError, QueryRejectedError, type WorkflowHandle } from '@temporalio/client';
import { PROGRESS_QUERY, type Progress } from '../gateway/messages.ts';
import { GRPC, grpcErrorIn } from './grpc.ts';
import { until, type Temporal } from './temporal.ts';

/** Codes of errors that only say that no worker answered in time. */
const NOBODY_ANSWERS: ReadonlySet<number> = new Set([
  GRPC.cancelled,
  GRPC.deadlineExceeded,
  GRPC.resourceExhausted,
  GRPC.failedPrecondition,
  GRPC.unavailable,
]);

/** How long to wait for an answer, and what ends the wait earlier. */
export interface QueryOptions {
  readonly timeoutMs: number;
  /** Once aborted, the call stops waiting but does not withdraw the query: a worker that has it already would log an error. */
  readonly leave?: AbortSignal;
  /** Once aborted, the query is withdrawn too. */
  readonly signal?: AbortSignal;
}

/** Queries a change's run for its progress. Throws a `ChangeNotFoundError` if Temporal knows nothing of the change any more. */
export function queryProgress(
  temporal: Temporal,
  handle: WorkflowHandle,
  options: QueryOptions,
): Promise<Progress | null> {
  const asked = () => query<Progress>(temporal, handle, PROGRESS_QUERY, options);
  return temporal.callAbout(handle.workflowId, asked);
}

/**
 * Queries a run, which only a worker can answer. `null` if no worker answered in time, which says nothing about the run itself, or if a
 * signal was aborted.
 */
export async function query<T>(
  temporal: Temporal,
  handle: WorkflowHandle,
  name: string,
  { timeoutMs, leave, signal }: QueryOptions,
): Promise<T | null> {
  const query = () => temporal.client.withDeadline(Date.now() + timeoutMs, () => handle.query<T>(name));
  try {
    return await until(leave ? [leave] : [], () => temporal.call(query, signal));
  } catch (error) {
    if (leave?.aborted || signal?.aborted || isUnanswered(error)) return null;
    throw error;
  }
}

function isUnanswered(error: unknown): boolean {
  // Not registered: the workflow has not run its first line yet, or a worker of another version runs it.
  if (error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError) return true;
  const answer = grpcErrorIn(error);
  return answer !== null && NOBODY_ANSWERS.has(answer.code);
}
