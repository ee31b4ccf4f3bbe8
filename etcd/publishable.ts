/** What the records say about an outcome that is to be published: whether it still counts, and what is left of an earlier run. */
import { changesNothing } from '../gateway/change.ts';
import type { Action } from '../gateway/change.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { Entry } from './client.ts';
import type { Completed, Failed } from './endings.ts';
import { configVersion, supersededBy } from './envelope.ts';
import { isKept, isKeptAt, isLaterCall } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
import { endedState, isComplete, isStanding, stateOf } from './state.ts';
import type { StateFacts } from './state.ts';

/** Whether nothing is left that tells of a deletion: its own write has removed it all, and the answer was lost. */
export function isForgotten({ action }: Completed, ...records: readonly Entry[]): boolean {
  return action === 'delete' && records.every(({ value }) => value === undefined);
}

/**
 * Whether nobody asks for this failure any more. That is so if the configuration has a lower version: the gateway was removed, and its id has begun another
 * life. It is also so if the configuration has a higher version and there is no plan record: nobody knows what the run has done, and the newer version has
 * an outcome of its own.
 */
export function isOfOtherLife(
  { version }: GatewayVersion,
  record: PlanRecord | undefined,
  config: Entry,
  { registered }: Failed,
): boolean {
  const now = configVersion(config) ?? version;
  return now < version || (now > version && registered && record === undefined);
}

/**
 * Whether `/state` says that the change was made. A newer version that has ended in `/state` without a plan record of its own says so, too: then what was
 * kept before it still stands.
 */
export function isPublishedAsMade(
  record: PlanRecord | undefined,
  state: StateFacts,
  gateway: GatewayVersion,
): boolean {
  return isComplete(state, gateway) || (state.version !== gateway.version && isKeptAt(record, gateway));
}

/** What the version was to do, if its plan record is gone. Judged by its configuration, and by what stands according to `/state`. */
export function likelyAction(gateway: GatewayVersion, config: Entry, state: Entry): Action {
  if (supersededBy(gateway, 'delete', config) === undefined) return 'delete';
  return isStanding(stateOf(state)) ? 'update' : 'create';
}

/** Whether both routers carry `after`: it was kept, or stood there before. */
export function isCarried(record: PlanRecord | undefined): boolean {
  return isKept(record) || (record !== undefined && changesNothing(record.routers));
}

/**
 * Whether a later call has counted, by a newer version, by another run, or by this run after a reset. Then the later one publishes the
 * outcome. If the times of the calls are not known, a run that had registered is late if the plan record is another run's.
 */
export function isLate(
  record: PlanRecord | undefined,
  gateway: GatewayVersion,
  isOurs: boolean,
  { registered, scheduled }: Failed,
): boolean {
  if (registered && record !== undefined && record.gateway.version > gateway.version) return true;
  return isLaterCall(record, gateway, scheduled) ?? (registered && !isOurs);
}

/** The record, if it is of an earlier run whose outcome is not published. Its workflow has ended, because a gateway has one run at a time. */
export function unpublishedOf(
  record: PlanRecord | undefined,
  { version }: GatewayVersion,
  state: Entry,
): PlanRecord | undefined {
  // What is kept stands, also if its outcome is not published.
  if (record === undefined || record.gateway.version > version || isKept(record)) return undefined;
  // The configuration had vanished, so the record says instead of `/state` that the run has failed.
  if (record.failed === true) return undefined;
  return endedState(state, record.gateway.version, record.replaces) === undefined ? record : undefined;
}
