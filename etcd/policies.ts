/** Policies that etcd3 applies to each call: no retries, and an endpoint that has just failed is avoided if there are others. */
import { GRPCDeadlineExceededError, isRecoverableError } from 'etcd3';
import type { IOptions } from 'etcd3';

type FaultPolicy = NonNullable<NonNullable<IOptions['faultHandling']>['global']>;

const SILENT = () => ({ dispose: () => undefined });

function policyOf(execute: FaultPolicy['execute']): FaultPolicy {
  // The first parameter is only a marker for the type: nothing reads it.
  return { _altReturn: undefined as never, onSuccess: SILENT, onFailure: SILENT, execute };
}

/** Makes each call once. With its default policy etcd3 would make some calls again, without reading the keys first. */
export const AS_IT_IS: FaultPolicy = policyOf(async (call, signal = new AbortController().signal) =>
  call({ signal }),
);

/** How long an endpoint that failed is avoided, in milliseconds. */
const AVOIDED_MS = 2_000;

/** Thrown in place of a call to an endpoint that failed a moment ago, so that etcd3 tries another endpoint. */
class KeptOffError extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'KeptOffError';
  }
}

interface Endpoint {
  failure?: { readonly error: Error; readonly until: number };
  /** Whether a call is trying the endpoint again: all other calls go on avoiding it. */
  tried: boolean;
}

/**
 * A policy for each of several endpoints. An endpoint that gave no answer is avoided for a while. Then one call tries it again, so that only
 * that call waits if the endpoint is still frozen. The policy throws `KeptOffError` in place of a call, and etcd3 goes on to the next
 * endpoint: no call is made twice. If all endpoints are to be avoided, none is, so that no call fails without having been made.
 */
export function avoidances(now: () => number = () => performance.now()): () => FaultPolicy {
  const all: Endpoint[] = [];
  const isOff = ({ failure, tried }: Endpoint): boolean =>
    failure !== undefined && (tried || now() < failure.until);
  return () => {
    const endpoint: Endpoint = { tried: false };
    all.push(endpoint);
    return policyOf(async (call, signal = new AbortController().signal) => {
      const { failure } = endpoint;
      if (failure && isOff(endpoint) && !all.every(isOff)) throw new KeptOffError(failure.error);
      if (failure) endpoint.tried = true;
      try {
        const answer = await call({ signal });
        delete endpoint.failure;
        return answer;
      } catch (error) {
        if (error instanceof Error && isAbsence(error))
          endpoint.failure = { error, until: now() + AVOIDED_MS };
        else delete endpoint.failure;
        throw error;
      } finally {
        if (failure) endpoint.tried = false;
      }
    });
  };
}

/** Whether the endpoint gave no answer. A refusal is an answer, and says nothing against the next call. */
function isAbsence(error: unknown): boolean {
  return error instanceof GRPCDeadlineExceededError || (error instanceof Error && isRecoverableError(error));
}
