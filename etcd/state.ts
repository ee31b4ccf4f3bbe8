/** `/state` of one gateway, as far as it is readable. */
export interface StateFacts {
  /** `null`: there is a value, but no version can be read from it. */
  readonly version: number | null;
  readonly workerState: string;
  readonly error: string;
}
