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

/** What `read` returns, or the error if the record can't be read. */
export function readable<T>(read: () => T): T | StoreCorruptError {
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

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
