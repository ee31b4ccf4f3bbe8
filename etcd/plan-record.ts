import type { RouterConfiguration } from '../gateway/kind.ts';
import { ROLES } from '../gateway/resource.ts';
import type { GatewayVersion, Role } from '../gateway/resource.ts';
import type { Entry } from './client.ts';
import { isFields, parseObject } from './envelope.ts';
import type { Fields } from './envelope.ts';
import { StoreCorruptError, readable } from './errors.ts';
import { isGatewayVersion, isRouterConfiguration, isText } from './shape.ts';

/** What one router is to carry, and which router that is. */
export interface RecordedRouter {
  /** Id of the `edge_router` record. */
  readonly id: string;
  readonly configuration: RouterConfiguration;
}

/** What a saga registers about itself. Holds no secret. */
export interface NewPlanRecord {
  readonly gateway: GatewayVersion;
  /** Token of the run that owns the record. Fixed in the workflow's history, so that it survives a reset. */
  readonly run: string;
  /**
   * When the last of the saga's calls that was heard (register, push, an undo) was scheduled, by the server's clock, in ms since the
   * epoch. A gateway has one run at a time: whose call is older is gone, be it by a reset. Absent: not known.
   */
  readonly scheduled?: number;
  readonly tenant: string | null;
  readonly jobs: { readonly provisioning: string; readonly monitoring: string };
  readonly kind: { readonly source: 'etcd' | 'folder'; readonly digest: string };
  readonly routers: Readonly<Record<Role, RecordedRouter>>;
}

/** `/gateway-saga/plans/<plural>/<id>`: what may stand on the routers for one gateway, and who may still change it. */
export interface PlanRecord extends NewPlanRecord {
  /** The number of the last attempt begun or voided. Whoever holds an older one may commit nothing. */
  readonly attempt: number;
  /** Routers that may carry the gateway: it was asked for, and they were not seen without it since. */
  readonly mayCarry: readonly Role[];
  /** It was made permanent on both routers, and seen so; what is left to do is to say so in `/state`. */
  readonly kept?: boolean;
  /** It was kept, and is being taken away: it is ours, but `/state` must not promise it any more. */
  readonly reverting?: boolean;
}

export type BeginOutcome =
  | { readonly kind: 'begun'; readonly record: PlanRecord }
  /** The configuration's version moved on (`null`: vanished, or unreadable). */
  | { readonly kind: 'superseded'; readonly version: number | null }
  /** There is no plan record of this version and run. */
  | { readonly kind: 'void' };

/** `undefined`: there is none. Throws a `StoreCorruptError` when it can't be read. */
export function planRecordOf(entry: Entry): PlanRecord | undefined {
  if (entry.value === undefined) return undefined;
  const value = parseObject(entry.value);
  if (typeof value === 'string') throw new StoreCorruptError(entry.key, `it ${value}`);
  const whole =
    isGatewayVersion(value['gateway']) &&
    isText(value['run']) &&
    (value['scheduled'] === undefined || Number.isSafeInteger(value['scheduled'])) &&
    (value['tenant'] === null || isText(value['tenant'])) &&
    Number.isSafeInteger(value['attempt']) &&
    isRoles(value['mayCarry']) &&
    isFields(value['jobs']) &&
    isText(value['jobs']['provisioning']) &&
    isText(value['jobs']['monitoring']) &&
    isFields(value['kind']) &&
    isText(value['kind']['digest']) &&
    isFields(value['routers']) &&
    ROLES.every((role) => isRouter((value['routers'] as Fields)[role]));
  if (!whole) throw new StoreCorruptError(entry.key, 'it is not a whole plan record');
  return value as unknown as PlanRecord;
}

/** The same, where one that can't be read is nobody's, and is left as it is. */
export function readablePlanRecord(entry: Entry): PlanRecord | undefined {
  const record = readable(() => planRecordOf(entry));
  return record instanceof StoreCorruptError ? undefined : record;
}

/** The record of this very version and run. */
export function ownedBy(
  record: PlanRecord | undefined,
  gateway: GatewayVersion,
  run: string | null,
): record is PlanRecord {
  return record !== undefined && record.gateway.version === gateway.version && record.run === run;
}

/** A younger call of this version, of whichever run, was heard before the one that is looked at: `undefined` where that is not known. */
export function isNewer(
  record: PlanRecord | undefined,
  { version }: GatewayVersion,
  scheduled: number | undefined,
): boolean | undefined {
  if (record?.gateway.version !== version) return false;
  if (record.scheduled === undefined || scheduled === undefined) return undefined;
  return record.scheduled > scheduled;
}

/** Permanent on both routers, and to stay. */
export function isKept(record: PlanRecord | undefined): boolean {
  return record?.kept === true && record.reverting !== true;
}

function isRoles(value: unknown): boolean {
  return Array.isArray(value) && value.every((role) => ROLES.includes(role as Role));
}

function isRouter(value: unknown): boolean {
  return isFields(value) && isText(value['id']) && isRouterConfiguration(value['configuration']);
}
