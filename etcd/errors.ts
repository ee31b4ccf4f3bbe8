/** Thrown when etcd gave no answer in time, or can't be reached. The request may have been carried out. */
export class StoreUnavailableError extends Error {
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super(`etcd did not answer (${operation}): ${reasonOf(cause)}`, { cause });
    this.name = 'StoreUnavailableError';
    this.operation = operation;
  }
}

/** Thrown when etcd refused the request itself: credentials, permissions, space, size. */
export class StoreRefusedError extends Error {
  readonly operation: string;
  /** `true`: an operator can mend the cause, and then the same request succeeds. `false`: the request is malformed or too big. */
  readonly canBeMended: boolean;

  constructor(operation: string, cause: unknown, canBeMended = true) {
    super(`etcd refused the request (${operation}): ${reasonOf(cause)}`, { cause });
    this.name = 'StoreRefusedError';
    this.operation = operation;
    this.canBeMended = canBeMended;
  }
}

/** Thrown when a record that only gateway-saga writes can't be read. A person must mend the record before its gateway is touched. */
export class StoreCorruptError extends Error {
  readonly key: string;

  constructor(key: string, reason: string) {
    super(`The record at ${key} can't be read: ${reason}`);
    this.name = 'StoreCorruptError';
    this.key = key;
  }
}

/** Thrown when a newer version of gateway-saga has written a record in a form that this version does not know. The record is left alone. */
export class StoreNewerError extends StoreCorruptError {
  readonly found: number;

  constructor(key: string, found: number, reads: number) {
    super(
      key,
      `it has schema ${found}, and this version of gateway-saga reads up to ${reads}; a worker of a newer version has to go on`,
    );
    this.name = 'StoreNewerError';
    this.found = found;
  }
}

/**
 * What `read` returns, or the error if the record can't be read. Throws a `StoreNewerError` for a record that a newer version has written: only that version
 * knows what the record means for a decision.
 */
export function readable<T>(read: () => T): T | StoreCorruptError {
  const found = readableOrNewer(read);
  if (found instanceof StoreNewerError) throw found;
  return found;
}

/** As `readable`, but returns a `StoreNewerError`, too. For a reader that decides nothing by this record, and must not miss other records because of it. */
export function readableOrNewer<T>(read: () => T): T | StoreCorruptError {
  try {
    return read();
  } catch (error) {
    return corrupt(error);
  }
}

/** Returns a `StoreCorruptError`, and throws any other error. For a promise's `catch`. */
export function corrupt(error: unknown): StoreCorruptError {
  if (error instanceof StoreCorruptError) return error;
  throw error;
}

/** Whether etcd did not answer, or refused the request itself. A caller that can do without etcd then goes on. */
export function isStoreAway(error: unknown): error is StoreUnavailableError | StoreRefusedError {
  return error instanceof StoreUnavailableError || error instanceof StoreRefusedError;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? withoutEmptyNote(cause.message) : String(cause);
}

/** A message of gRPC without the words `Resolution note:` at its end. gRPC writes them even where no note follows. */
export function withoutEmptyNote(message: string): string {
  return message.replace(/\.?\s*Resolution note:\s*$/, '');
}
