import type { Change } from '../gateway/change.ts';
import type { GatewayVersion, Role } from '../gateway/resource.ts';
import type { Entry } from './client.ts';
import { StoreCorruptError, readable } from './errors.ts';
import { PLAN_SCHEMA, parseRecord } from './record-schemas.ts';

/** One router, and the gateway's change on it. */
export interface RecordedRouter extends Change {
  /** Id of the `edge_router` record. */
  readonly id: string;
}

/** What a saga registers about itself. Holds no secret. */
export interface NewPlanRecord {
  readonly gateway: GatewayVersion;
  /** Id of the saga's run that owns the record. It stands in the workflow's history, so that it survives a reset. */
  readonly run: string;
  /**
   * When the last call that counted (register, a request to apply or to revert) was scheduled, by the server's clock, in ms since the
   * epoch. A gateway has one run at a time: a call that was scheduled earlier comes from a run that is gone, or from before a reset.
   * Absent: not known.
   */
  readonly scheduled?: number;
  readonly tenant: string | null;
  readonly jobs: { readonly provisioning: string; readonly monitoring: string };
  readonly kind: { readonly source: 'etcd' | 'folder'; readonly digest: string };
  readonly routers: Readonly<Record<Role, RecordedRouter>>;
}

/** `/gateway-saga/plans/<plural>/<id>`: the change of one gateway, and how far it may have come. */
export interface PlanRecord extends NewPlanRecord {
  /** The change was requested of the pair, and the routers were not seen without it since. */
  readonly mayBeApplied: boolean;
  /** `after` was made permanent on both routers, and seen so. What is left to do is to say so in `/state`. */
  readonly kept?: boolean;
  /** It was kept and is being reverted: it is still ours, but `/state` must not promise it any more. */
  readonly reverting?: boolean;
}

export type PermitApplyOutcome =
  | { readonly kind: 'permitted' }
  /** The configuration's version moved on (`null`: vanished, or unreadable). */
  | { readonly kind: 'superseded'; readonly version: number | null }
  /** There is no plan record of this version and run, or a later call was heard. */
  | { readonly kind: 'void' };

/** `undefined`: there is none. Throws a `StoreCorruptError` if it can't be read. */
export function planRecordOf(entry: Entry): PlanRecord | undefined {
  return entry.value === undefined ? undefined : parseRecord(entry, PLAN_SCHEMA);
}

/** The same, but a record that can't be read counts as none: it belongs to no run. */
export function readablePlanRecord(entry: Entry): PlanRecord | undefined {
  const record = readable(() => planRecordOf(entry));
  return record instanceof StoreCorruptError ? undefined : record;
}

/** The record of this very version and run. */
export function isOwnedBy(
  record: PlanRecord | undefined,
  gateway: GatewayVersion,
  run: string | null,
): record is PlanRecord {
  return record !== undefined && record.gateway.version === gateway.version && record.run === run;
}

/** Whether a call of this version that was scheduled later, of whichever run, was heard before. `undefined`: not known. */
export function isLaterCall(
  record: PlanRecord | undefined,
  { version }: GatewayVersion,
  scheduled: number | undefined,
): boolean | undefined {
  if (record?.gateway.version !== version) return false;
  if (record.scheduled === undefined || scheduled === undefined) return undefined;
  return record.scheduled > scheduled;
}

/** Permanent on both routers, and not being reverted. */
export function isKept(record: PlanRecord | undefined): boolean {
  return record?.kept === true && record.reverting !== true;
}
