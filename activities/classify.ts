/**
 * The only place that sorts errors into failures: it decides whether an activity fails for good, or is tried again while its time limit allows that.
 * People read a failure's message, and the workflow's history keeps it. So the message never holds configuration or credentials.
 */
import { ApplicationFailure, CancelledFailure, activityInfo, cancellationSignal } from '@temporalio/activity';
import { LENGTHS, oneLine } from '../gateway/display.ts';
import { ANSWER_ATTEMPTS, AUTHENTICATION_ATTEMPTS } from '../gateway/policies.ts';
import { FAILURES } from '../gateway/failures.ts';
import type { FailureType } from '../gateway/failures.ts';
import {
  AlgorithmError,
  AuthenticationError,
  ContentionError,
  HostKeyError,
  MissingCapabilityError,
  NetconfError,
  RpcFailedError,
} from '../netconf/errors.ts';
import {
  StoreCorruptError,
  StoreNewerError,
  StoreRefusedError,
  StoreUnavailableError,
} from '../etcd/errors.ts';
import { NotNowError, RefusedError } from './refused.ts';

export interface ClassifyOptions {
  /** For reverts: a refused host key or login is tried again, too, because somebody may mend it meanwhile. */
  readonly waitsForLogin?: boolean;
}

/**
 * Runs an activity's body. Any error that it throws becomes an `ApplicationFailure`, or a `CancelledFailure` if the activity was cancelled.
 */
export async function classified<T>(
  body: () => Promise<T>,
  { waitsForLogin = false }: ClassifyOptions = {},
): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof CancelledFailure || error instanceof ApplicationFailure) throw error;
    const { type, again: canBeMended } = failureOf(error);
    const again = canBeMended || (waitsForLogin && isOfLogin(type));
    if (again && cancellationSignal().aborted)
      throw new CancelledFailure('cancelled while waiting to try again', [], causeOf(error));
    throw ApplicationFailure.create({
      type,
      message: oneLine(asError(error).message, LENGTHS.message),
      nonRetryable: !again,
      ...(again && type === FAILURES.RouterBusy ? { nextRetryDelay: jitter() } : {}),
      cause: causeOf(error),
    });
  }
}

/** Whether the failure is about the host key or the login: somebody may mend those on the router, or in its record. */
export function isOfLogin(type: FailureType): boolean {
  return type === FAILURES.HostKeyRejected || type === FAILURES.AuthenticationFailed;
}

/** Whether no further attempt could mend the error. */
export function isNonRetryable(error: unknown): boolean {
  return !failureOf(error).again;
}

/** Whether a router has shown a host key that does not come to be known by itself. */
export function isRejectedHostKey(error: unknown): boolean {
  return error instanceof HostKeyError && !error.mayPass;
}

/** The failure type of an error, and whether another attempt could mend it. */
export function failureOf(
  error: unknown,
  attempt: () => number = () => activityInfo().attempt,
): { readonly type: FailureType; readonly again: boolean } {
  if (error instanceof RefusedError) return { type: error.type, again: false };
  if (error instanceof NotNowError) return { type: error.type, again: true };
  if (isRejectedHostKey(error)) return { type: FAILURES.HostKeyRejected, again: false };
  if (error instanceof AuthenticationError) {
    const again = error.reason === undefined && attempt() < AUTHENTICATION_ATTEMPTS;
    return { type: FAILURES.AuthenticationFailed, again };
  }
  if (
    error instanceof RpcFailedError ||
    error instanceof MissingCapabilityError ||
    error instanceof AlgorithmError
  )
    return { type: FAILURES.RouterRefused, again: false };
  if (error instanceof ContentionError) return { type: FAILURES.RouterBusy, again: true };
  if (error instanceof NetconfError) return { type: FAILURES.RouterUnreachable, again: true };
  if (error instanceof StoreUnavailableError) return { type: FAILURES.StoreUnavailable, again: true };
  if (error instanceof StoreRefusedError && error.canBeMended)
    return { type: FAILURES.StoreUnavailable, again: true };
  if (error instanceof StoreNewerError) return { type: FAILURES.StoreNewer, again: true };
  if (error instanceof StoreCorruptError) return { type: FAILURES.StoreCorrupt, again: false };
  const isAnswer = error instanceof Error && error.name === 'ActivityCompletionError';
  return {
    type: FAILURES.Internal,
    again: isAnswer ? attempt() < ANSWER_ATTEMPTS : isOfTemporal(error),
  };
}

/** gRPC's codes after which a later call may succeed: those after which Temporal's SDK repeats a call, and those of a call that was cut off. */
const PASSING_CODES: readonly unknown[] = [1, 2, 4, 8, 10, 11, 13, 14, 15];

/** Whether Temporal has not taken a call of its client, and may take the next one. */
function isOfTemporal(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'ServiceError') return false;
  return error.cause instanceof Error && 'code' in error.cause && PASSING_CODES.includes(error.cause.code);
}

/** A random delay of 0.2 to 1.2 s, so that two activities that met at a lock don't meet again. */
function jitter(): number {
  return 200 + Math.floor(Math.random() * 1_000);
}

/** How many causes of an error a failure tells, and how many lines of each one's stack. */
const CAUSES = 3;
const STACK_LINES = 10;

/** The error as the failure's cause, with its own causes. Each message and stack travels with the failure, so each is cut. */
export function causeOf(given: unknown, causes = CAUSES): Error {
  const { name, message: whole, stack, cause } = asError(given);
  const message = oneLine(whole, LENGTHS.message);
  const isTold = cause !== undefined && causes > 1;
  const error = new Error(message, isTold ? { cause: causeOf(cause, causes - 1) } : {});
  const places = (stack ?? '').split('\n').filter((line) => /^ {4}at .{1,500}$/.test(line));
  error.name = name;
  error.stack = [`${name}: ${message}`, ...places.slice(0, STACK_LINES)].join('\n');
  return error;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** The words of whatever was thrown, as a reason. A router's words may be megabytes. */
export function messageOf(error: unknown): string {
  return oneLine(asError(error).message);
}
