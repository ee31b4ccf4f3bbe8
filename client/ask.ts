import {
  QueryNotRegisteredError,
  QueryRejectedError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { PROGRESS_QUERY, type Progress } from '../gateway/messages.ts';
import { cancellable } from './cancellable.ts';
import { GRPC, grpcErrorIn } from './grpc.ts';

const NOBODY_ANSWERS: ReadonlySet<number> = new Set([
  GRPC.cancelled,
  GRPC.deadlineExceeded,
  GRPC.resourceExhausted,
  GRPC.failedPrecondition,
  GRPC.unavailable,
]);

/**
 * Asks a run for its progress. Only a worker can answer: `null` if none did in time, which says nothing about the creation itself;
 * `null` too once the signal is aborted.
 */
export async function askProgress(
  client: Client,
  handle: WorkflowHandle,
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<Progress | null> {
  const { timeoutMs, signal } = options;
  try {
    return await client.withDeadline(Date.now() + timeoutMs, () =>
      cancellable(client, signal, () => handle.query<Progress>(PROGRESS_QUERY)),
    );
  } catch (error) {
    if (signal?.aborted || isUnanswered(error)) return null;
    throw error;
  }
}

function isUnanswered(error: unknown): boolean {
  // Not registered: the run has not come to its first line yet, or a worker of another version has it.
  if (error instanceof QueryNotRegisteredError || error instanceof QueryRejectedError) return true;
  const answer = grpcErrorIn(error);
  return answer !== null && NOBODY_ANSWERS.has(answer.code);
}
