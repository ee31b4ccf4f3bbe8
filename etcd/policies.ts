/** What etcd3 does around each call: no retry ever, and with several endpoints, keeping off one that just failed. */
import { GRPCDeadlineExceededError, isRecoverableError } from 'etcd3';
import type { IOptions } from 'etcd3';

type Policy = NonNullable<NonNullable<IOptions['faultHandling']>['global']>;

const SILENT = () => ({ dispose: () => undefined });

function policyOf(execute: Policy['execute']): Policy {
  // The first is only a type's marker: nothing reads it.
  return { _altReturn: undefined as never, onSuccess: SILENT, onFailure: SILENT, execute };
}

/** Runs a call as it is: what etcd3 would otherwise retry, it would retry without looking first. */
export const AS_IT_IS: Policy = policyOf(async (call, signal = new AbortController().signal) =>
  call({ signal }),
);

/** How long an endpoint that failed is kept off, in milliseconds. */
const AVOIDED_MS = 2_000;

/**
 * For one of several endpoints. An error thrown without running the call makes etcd3 go on to the next endpoint, so that no
 * call is ever made twice.
 */
export function avoidance(now: () => number = Date.now): Policy {
  let failure: { readonly error: unknown; readonly until: number } | undefined;
  return policyOf(async (call, signal = new AbortController().signal) => {
    if (failure && now() < failure.until) throw failure.error;
    try {
      return await call({ signal });
    } catch (error) {
      if (isAbsence(error)) failure = { error, until: now() + AVOIDED_MS };
      throw error;
    }
  });
}

/** Whether the endpoint gave no answer. A refusal is one, and says nothing against the next call. */
function isAbsence(error: unknown): boolean {
  return error instanceof GRPCDeadlineExceededError || (error instanceof Error && isRecoverableError(error));
}
