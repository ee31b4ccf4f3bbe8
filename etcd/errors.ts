/** Thrown when etcd gave no answer in time, or can't be reached. What was asked may or may not have happened. */
export class StoreUnavailableError extends Error {
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super(`etcd did not answer (${operation}): ${reasonOf(cause)}`, { cause });
    this.name = 'StoreUnavailableError';
    this.operation = operation;
  }
}

/** Thrown when etcd refused the request itself: credentials, permissions, size. Asking again changes nothing. */
export class StoreRefusedError extends Error {
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super(`etcd refused the request (${operation}): ${reasonOf(cause)}`, { cause });
    this.name = 'StoreRefusedError';
    this.operation = operation;
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
