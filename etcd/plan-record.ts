import { changesNothing } from '../gateway/change.ts';
import type { Action, Change } from '../gateway/change.ts';
import type { FailureType } from '../gateway/failures.ts';
import type { KindSource, OweRequest } from '../gateway/plan.ts';
import type { ChangeLimits } from '../gateway/policies.ts';
import type { RouterConfiguration } from '../gateway/kind.ts';
import type { GatewayRef, GatewayVersion, Role } from '../gateway/resource.ts';
import type { Entry } from './client.ts';
import { StoreCorruptError, readable } from './errors.ts';
import type { PlannedConfig } from './planned-config.ts';
import { PLAN_SCHEMA, parseRecord } from './record-schemas.ts';

/** One router, and the gateway's change on it. */
export interface RecordedRouter extends Change {
  /** Id of the `edge_router` record. */
  readonly id: string;
}

/** The facts that a saga registers about itself. Holds no secret: the texts have placeholders, and `secrets.ts` has what they stand for. */
export interface NewPlanRecord {
  readonly gateway: GatewayVersion;
  readonly action: Action;
  /** The version that `before` was made permanent at. `null`: nothing stands. */
  readonly standing: number | null;
  /** Of another attempt at a failed version: `mod_revision` of the `/state` that reports the failure. Only that `/state` may be replaced. */
  readonly replaces?: string | undefined;
  /** Id of the saga's run that owns the record. It stands in the workflow's history, so that it survives a reset. */
  readonly run: string;
  /**
   * When the last call that counted was scheduled, by the server's clock, in ms since the epoch. Registering counts, and so do a request
   * to apply or to revert, and publishing a clean failure. A gateway has one run at a time: a call that was scheduled earlier comes from a
   * run that has ended, or from before a reset. Absent: not known.
   */
  readonly scheduled?: number;
  readonly tenant: string | null;
  /** Ids of the jobs, in their order. */
  readonly jobs: readonly string[];
  readonly kind: KindSource;
  /** The limits of the change, as they were planned. */
  readonly limits: ChangeLimits;
  readonly routers: Readonly<Record<Role, RecordedRouter>>;
  /** The parents: the gateways that this gateway's parameters are read through. Absent: none. */
  readonly parents?: readonly GatewayRef[];
}

/** Digests of secrets as the routers store them, by role of the router. */
export type RoutersSecrets = Readonly<Partial<Record<Role, string>>>;

/** `/gateway-saga/plans/<plural>/<id>`: the change of one gateway, and how far it may have come. */
export interface PlanRecord extends NewPlanRecord {
  readonly config: PlannedConfig;
  /** The saga may have requested the pair to apply the change, and since then the routers were not both seen without it. */
  readonly mayBeApplied: boolean;
  /**
   * `after` was seen permanent on both routers, so it is what stands. Final for its version: it is never reverted nor planned anew, and only
   * its publication in `/state` is left to do.
   */
  readonly kept?: boolean;
  /** The change has failed, and `/state` does not say so, because the configuration had vanished. */
  readonly failed?: boolean;
  /** The deletion was made, and `/state` does not say so, because the configuration had vanished. A router owes it still. */
  readonly published?: boolean;
  /**
   * Digests of the forms in which the routers stored the secrets of `after` when it was kept. Absent: there are none, or they are not known.
   * Then any form counts as ours.
   */
  readonly secrets?: RoutersSecrets;
  /**
   * A look found configuration in the gateway's stanzas that may be its own, although no record says so: records were lost. Its claims stay
   * until a look finds nothing there, or finds the whole gateway.
   */
  readonly disputed?: boolean;
  /**
   * The record was gone, and the run that had written it has written it again. What that run has put on the routers before is known from
   * their commit histories only.
   */
  readonly restored?: boolean;
  /** Set if one router makes the deletion and the other one owes it: `router` is the one that owes it. Absent: the change is made on both. */
  readonly owe?: RecordedOwe;
}

export interface OweRefusal {
  readonly type: FailureType;
  /** One line for a person. */
  readonly why: string;
  /**
   * The router that was to make the deletion was not seen for too long: it owes the inverse, which puts back what stood. Absent: that router was seen with
   * what stood.
   */
  readonly owed?: true;
}

export interface RecordedOwe extends OweRequest {
  /** ISO time. */
  readonly since: string;
  /** Why the router that was to make the deletion has not made it: the deletion has failed. */
  readonly refused?: OweRefusal;
  /** The router that was to owe the deletion was retired when the deletion was decided, so it owes nothing. */
  readonly dropped?: true;
}

export type PermitApplyOutcome =
  | { readonly kind: 'permitted' }
  /** The configuration was written again at the same version with another body. */
  | { readonly kind: 'rewritten' }
  /** The configuration has another version (`null`: none, or none that can be read), or asks for another action: `supersededBy`. */
  | { readonly kind: 'superseded'; readonly version: number | null }
  | NotOwned;

/** Why a run's call changes nothing. */
export type NotOwned =
  /** The plan record is of another version or run, or a later call has counted. */
  | { readonly kind: 'void' }
  /** There is no plan record, although the run has registered. */
  | { readonly kind: 'gone' };

export function notOwned({ value }: Pick<Entry, 'value'>): NotOwned {
  return { kind: value === undefined ? 'gone' : 'void' };
}

/** The plan record; `undefined` if there is none. Throws a `StoreCorruptError` if it can't be read. */
export function planRecordOf(entry: Entry): PlanRecord | undefined {
  return entry.value === undefined ? undefined : parseRecord(entry, PLAN_SCHEMA);
}

/** The plan record; `undefined` also if it can't be read, because then it belongs to no run. */
export function readablePlanRecord(entry: Entry): PlanRecord | undefined {
  const record = readable(() => planRecordOf(entry));
  return record instanceof StoreCorruptError ? undefined : record;
}

/** Whether the record is of this very version and run. */
export function isOwnedBy(
  record: PlanRecord | undefined,
  gateway: GatewayVersion,
  run: string | null,
): record is PlanRecord {
  return record !== undefined && record.gateway.version === gateway.version && record.run === run;
}

/** Whether a later call of this version, by any run, has counted already. `undefined`: not known. */
export function isLaterCall(
  record: PlanRecord | undefined,
  { version }: GatewayVersion,
  scheduled: number | undefined,
): boolean | undefined {
  if (record?.gateway.version !== version) return false;
  if (record.scheduled === undefined || scheduled === undefined) return undefined;
  return record.scheduled > scheduled;
}

/** What stands for good on the routers, at which version. */
export interface Standing {
  readonly version: number;
  readonly configurations: Readonly<Record<Role, RouterConfiguration>>;
  /** Digests of what the routers have in place of secrets. */
  readonly secrets?: RoutersSecrets | undefined;
}

/**
 * What stands when a newer change begins on top of this record. If the record's change was kept, that is its `after`. Otherwise it is its `before`, because
 * a change that is not settled is reverted first. `undefined`: nothing stands.
 */
export function standingOf(record: PlanRecord | undefined): Standing | undefined {
  if (record === undefined) return undefined;
  const isAfter = isKept(record);
  const end = isAfter ? 'after' : 'before';
  const [primary, secondary] = [record.routers.primary[end], record.routers.secondary[end]];
  const version = isAfter ? record.gateway.version : record.standing;
  if (primary === null || secondary === null || version === null) return undefined;
  const { secrets } = isAfter ? record : withKnownForms(record);
  return { version, configurations: { primary, secondary }, ...(secrets && { secrets }) };
}

/**
 * The record without digests of forms that may be out of date: a router to which a secret is given back stores it in a new form.
 */
function withKnownForms(record: PlanRecord): PlanRecord {
  if (record.secrets === undefined || changesNothing(record.routers)) return record;
  const { secrets: _, ...rest } = record;
  return rest;
}

/** The record once its change is reverted, or was refused: both of its ends are what stood before. */
export function withoutChange(record: PlanRecord): PlanRecord {
  const narrowed = ({ id, before }: RecordedRouter): RecordedRouter => ({ id, before, after: before });
  const { primary, secondary } = record.routers;
  const { owe: _, ...rest } = withKnownForms(record);
  return {
    ...rest,
    mayBeApplied: false,
    kept: false,
    routers: { primary: narrowed(primary), secondary: narrowed(secondary) },
  };
}

/** The record of a made change: both of its ends are what stands now. */
export function withoutBefore(record: PlanRecord): PlanRecord {
  const narrowed = ({ id, after }: RecordedRouter): RecordedRouter => ({ id, before: after, after });
  const { primary, secondary } = record.routers;
  return {
    ...record,
    standing: record.gateway.version,
    routers: { primary: narrowed(primary), secondary: narrowed(secondary) },
  };
}

/** The record once its change is published as made; `undefined`: nothing stands. That of a creation stays as it is. */
export function madeRecord(record: PlanRecord): PlanRecord | undefined {
  return record.action === 'create' ? record : settledRecord(withoutBefore(record));
}

/** The record of a change that has ended; `undefined`: nothing stands, and there is no record any more. */
export function settledRecord(record: PlanRecord): PlanRecord | undefined {
  const { primary, secondary } = record.routers;
  return primary.after === null && secondary.after === null ? undefined : record;
}

/**
 * Whether the record is of a deletion that one router is to owe, and that is not decided: the other router may still make it. Only `giveUpOwedDeletion` and
 * `takeBackOwedDeletion` take it back.
 */
export function isUndecided(
  record: PlanRecord | undefined,
): record is PlanRecord & { readonly owe: RecordedOwe } {
  return record?.owe !== undefined && record.mayBeApplied && !isKept(record);
}

/** Whether the change is permanent on both routers, or on one while the other owes it. */
export function isKept(record: PlanRecord | undefined): boolean {
  return record?.kept === true;
}

/** Whether the change of this version is kept, as `isKept` says. Then this version is never reverted nor planned anew. */
export function isKeptAt(record: PlanRecord | undefined, { version }: GatewayVersion): boolean {
  return isKept(record) && record?.gateway.version === version;
}
