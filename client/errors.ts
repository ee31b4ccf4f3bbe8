/** The errors that the client throws: for misuse, an absent server, an unknown change. Outcomes of a change are values, see `outcome.ts`. */
import { messageOf } from '../gateway/display.ts';

/** Thrown when a request is wrong, before anything is sent. It names the field, the expected value and the given one. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError';
  readonly field: string;
  readonly expected: string;
  /** The given value, as JSON in printable ASCII. */
  readonly got: string;

  constructor(field: string, expected: string, got: unknown) {
    const shown = show(got);
    super(`${field}: expected ${expected}, got ${shown}`);
    this.field = field;
    this.expected = expected;
    this.got = shown;
  }
}

/** Thrown when no Temporal server answers at the address, or it refuses the connection. */
export class TemporalUnavailableError extends Error {
  override readonly name = 'TemporalUnavailableError';
  readonly address: string;
  /** Whether something answers at the address, but TLS refuses the connection. */
  readonly refused: boolean;

  constructor(address: string, cause: unknown, reason?: string) {
    const why = reason ?? messageOf(cause);
    super(`Temporal at ${address} can't be reached: ${why}`, { cause });
    this.address = address;
    this.refused = reason !== undefined;
  }
}

/** Thrown by calls that still wait when the client is closed. The changes themselves go on. */
export class ClientClosedError extends Error {
  override readonly name = 'ClientClosedError';

  constructor() {
    super('the client was closed before the answer came; the change itself goes on');
  }
}

/** Thrown when Temporal knows no change of the gateway, neither a creation nor any other. */
export class ChangeNotFoundError extends Error {
  override readonly name: string = 'ChangeNotFoundError';
  readonly workflowId: string;
  readonly namespace: string;

  constructor(workflowId: string, namespace: string) {
    super(
      `no change of ${workflowId} is known in the Temporal namespace ${namespace}: never started, or past its retention time`,
    );
    this.workflowId = workflowId;
    this.namespace = namespace;
  }
}

/** @deprecated The former name of `ChangeNotFoundError`. */
export const CreationNotFoundError = ChangeNotFoundError;
/** @deprecated The former name of `ChangeNotFoundError`. */
export type CreationNotFoundError = ChangeNotFoundError;

/** Thrown when a deletion that one router is to owe can't begin, because something runs for the gateway. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
  readonly workflowId: string;

  constructor(workflowId: string, cause: unknown) {
    super(`${workflowId} runs: wait until it has ended, or cancel it, and ask again`, { cause });
    this.workflowId = workflowId;
  }
}

/** Printable ASCII only, so that hostile input can't steer a terminal or forge a line of a log. */
function show(value: unknown): string {
  const json = typeof value === 'string' ? JSON.stringify(value) : String(value);
  const safe = json.replaceAll(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return safe.length > 120 ? `${safe.slice(0, 117)}...` : safe;
}
