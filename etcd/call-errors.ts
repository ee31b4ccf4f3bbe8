/** What a failed call of etcd3 means: etcd has refused it, or did not answer. */
import {
  EtcdAuthenticationFailedError,
  EtcdInvalidAuthTokenError,
  EtcdPermissionDeniedError,
  GRPCFailedPreconditionError,
  GRPCInvalidArgumentError,
  GRPCNotImplementedError,
  GRPCResourceExhastedError,
  GRPCUnauthenticatedError,
} from 'etcd3';
import { StoreRefusedError, StoreUnavailableError } from './errors.ts';

/** The error for a call that was given up. */
export function storeErrorOf(operation: string, cause: unknown): Error {
  // A write that etcd answers with "out of space" may have been carried out. So `write` returns `unknown`, and its caller reads the keys
  // again before it gives up and comes here.
  if (isRefusal(cause) || cause instanceof GRPCResourceExhastedError) {
    const isMalformed = MALFORMED.some((type) => cause instanceof type) && !String(cause).includes(NO_LOGIN);
    const isFinal = isMalformed || String(cause).includes(TOO_LARGE);
    return new StoreRefusedError(operation, cause, !isFinal);
  }
  return new StoreUnavailableError(operation, cause);
}

/**
 * Part of gRPC's error text for a message that is larger than gRPC's own limit. The error has the code `RESOURCE_EXHAUSTED`, as "out of space" has, but gRPC
 * refuses the same request every time.
 */
const TOO_LARGE = 'larger than max';
/**
 * Part of etcd's error text for a call without a login, if etcd wants one. The error has the code `INVALID_ARGUMENT`, but an operator can give the program a
 * login, or end that etcd wants one.
 */
const NO_LOGIN = 'user name is empty';
const MALFORMED = [GRPCInvalidArgumentError, GRPCNotImplementedError];
const REFUSALS = [
  EtcdAuthenticationFailedError,
  EtcdInvalidAuthTokenError,
  EtcdPermissionDeniedError,
  GRPCFailedPreconditionError,
  GRPCUnauthenticatedError,
  ...MALFORMED,
];

/**
 * Part of etcd's error text for a call during which users or roles changed. The error has the code `INVALID_ARGUMENT`, but etcd has done nothing, and the
 * call may be made again.
 */
const PASSING = 'revision of auth store is old';
/** Most tries of a read that fails because users or roles changed during the call. Each change may hit another try. */
export const PASSING_TRIES = 8;

/** Whether etcd has done nothing because users or roles changed during the call, and the call may be made again. */
export function isPassing(error: unknown): boolean {
  return String(error).includes(PASSING);
}

/** Whether this error says that etcd has not carried out the request, and will not. */
export function isRefusal(error: unknown): boolean {
  return REFUSALS.some((type) => error instanceof type) && !isPassing(error);
}
