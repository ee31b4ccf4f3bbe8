/**
 * The schema of what a run of a workflow carries over to the next one. A worker of another version may carry out the next run: of a newer version after
 * an upgrade, of an older one after a step back.
 */

/** The schema that this version writes, by workflow. What carries no number has schema 1. A version that writes schema N reads N − 1, too. */
export const CARRIED_SCHEMAS = { 'router pair': 1, 'config watch': 1, 'newer version': 1 } as const;

export interface Carried {
  readonly schema?: number;
}

/**
 * Thrown for what a newer version has carried over. In a workflow it fails the workflow task and nothing else: the server hands the task out again, until
 * a worker of a version that reads it goes on.
 */
export class NewerSchemaError extends Error {
  readonly found: number;
  readonly reads: number;

  constructor(what: string, found: number, reads: number) {
    super(
      `${what}: the run before this one carried over schema ${found}, and this version of gateway-saga reads up to ${reads}: a worker of a newer version has to go on`,
    );
    this.name = 'NewerSchemaError';
    this.found = found;
    this.reads = reads;
  }
}

/** Throws a `NewerSchemaError` if this version can't read the schema. Must be called before anything else is done. */
export function assertReadable(what: keyof typeof CARRIED_SCHEMAS, { schema = 1 }: Carried): void {
  const reads = CARRIED_SCHEMAS[what];
  if (schema > reads) throw new NewerSchemaError(what, schema, reads);
}
