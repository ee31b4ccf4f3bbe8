/** A job record: `/jobs/all/<id>` holds `value` as JSON. */
export interface JobRecord {
  readonly id: string;
  readonly value: readonly [handler: string, job: Readonly<Record<string, unknown>>, zero: 0];
}
