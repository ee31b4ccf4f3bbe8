import { LENGTHS, oneLine } from '../gateway/display.ts';
import { FAILURES } from '../gateway/failures.ts';
import type { FailureType } from '../gateway/failures.ts';
import { ContentionError, ProtocolError, RpcFailedError } from '../netconf/errors.ts';
import type { Session } from '../netconf/session.ts';

/** Thrown when a step can't succeed, however often it is tried. The message becomes one line for a person, without a secret. */
export class RefusedError extends Error {
  readonly type: FailureType;

  constructor(type: FailureType, message: string, options?: ErrorOptions) {
    super(oneLine(message, LENGTHS.message), options);
    this.name = 'RefusedError';
    this.type = type;
  }
}

/**
 * The router's refusal of a load, of a check or of the diff. A reply that is neither a success nor an error counts as one, too, so that it concerns only the
 * gateways that were asked for. `undefined`: it is another error.
 */
export function refusalIn(error: unknown, { isOpen }: Pick<Session, 'isOpen'>): Error | undefined {
  if (error instanceof RpcFailedError) return error;
  // After any other breach of the protocol, the session has ended.
  if (!(error instanceof ProtocolError && isOpen)) return undefined;
  return new RefusedError(FAILURES.RouterRefused, error.message, { cause: error });
}

/**
 * A router that somebody else uses, and what is in the way there. `contention`: the router refused a load, a check or a commit under our lock,
 * because somebody else, or its other routing engine, had the configuration.
 */
export interface Taken {
  /** Router id. */
  readonly router: string;
  readonly holder: 'lock' | 'edits' | 'pending commit' | 'contention';
}

/** What the error says of a router that somebody else uses. `undefined`: the error is of another kind. */
export function takenOf(error: unknown): Taken | undefined {
  if (error instanceof ContentionError) return { router: error.peer.id, holder: 'contention' };
  return error instanceof NotNowError ? error.taken : undefined;
}

/** Thrown when a step can't be done now, but may be a little later. */
export class NotNowError extends Error {
  readonly type: FailureType;
  /** Absent: somebody else is not the reason. */
  readonly taken: Taken | undefined;

  constructor(
    type: FailureType,
    message: string,
    options?: ErrorOptions & { readonly taken?: Taken | undefined },
  ) {
    super(oneLine(message, LENGTHS.message), options);
    this.name = 'NotNowError';
    this.type = type;
    this.taken = options?.taken;
  }
}
