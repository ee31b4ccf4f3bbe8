/** What an earlier registration of a gateway means for the next one. */
import { isDeepStrictEqual } from 'node:util';
import { changesNothing, isUnchanged } from '../gateway/change.ts';
import { ROLES, isSameGateway } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { claimsOf, holderOf } from './claims.ts';
import type { Entry, EtcdClient } from './client.ts';
import { fencesUnlessOwing } from './free-claims.ts';
import { KEYS } from './keys.ts';
import { isKept, isUndecided, standingOf } from './plan-record.ts';
import type { NewPlanRecord, PlanRecord, Standing } from './plan-record.ts';

/** Whether the same run registers again, because the first answer was lost. */
export function isSameRegistration(record: PlanRecord, asked: NewPlanRecord): boolean {
  return (
    record.gateway.version === asked.gateway.version &&
    record.run === asked.run &&
    isDeepStrictEqual(record.jobs, asked.jobs)
  );
}

/** Whether the plan was made from what stands. */
export function isPlannedOn(
  { standing: version, routers }: NewPlanRecord,
  standing: Standing | undefined,
): boolean {
  if (standing === undefined) return version === null;
  return (
    version === standing.version &&
    ROLES.every((role) => isUnchanged({ before: routers[role].before, after: standing.configurations[role] }))
  );
}

/**
 * The records of both routers, for the transaction to compare, if the change changes nothing, or follows a kept deletion that one router was to owe;
 * otherwise an empty list. `undefined`: a router owes a change of the gateway, so something else may stand there, and the claims must stay.
 */
export async function unowedRouters(
  client: EtcdClient,
  record: NewPlanRecord,
  earlier: PlanRecord | undefined,
): Promise<readonly Entry[] | undefined> {
  if (earlier?.owe !== undefined && isKept(earlier)) return fencesUnlessOwing(client, earlier);
  return changesNothing(record.routers) ? fencesUnlessOwing(client, record) : [];
}

/** Whether the record is of the same version and has the same changes. Then this run takes over the record of the earlier run, which has ended. */
export function isSamePlan(record: PlanRecord, asked: NewPlanRecord): boolean {
  return (
    record.gateway.version === asked.gateway.version &&
    isDeepStrictEqual(record.routers, JSON.parse(JSON.stringify(asked.routers)))
  );
}

/**
 * Entries of an earlier registration that this one does not use: claims, and job records without a lease. The claims of a disputed gateway
 * stay: something may stand in its stanzas.
 */
export async function replacedBy(
  client: EtcdClient,
  earlier: PlanRecord,
  asked: NewPlanRecord,
): Promise<Entry[]> {
  const kept = new Set(claimsOf(asked).map(({ key }) => key));
  const claimKeys = (earlier.disputed === true ? [] : claimsOf(earlier))
    .map(({ key }) => key)
    .filter((key) => !kept.has(key));
  const asking: readonly string[] = Object.values(asked.jobs);
  const jobKeys = Object.values(earlier.jobs)
    .filter((id) => !asking.includes(id))
    .map(KEYS.job);
  const entries = await client.read('register', [...claimKeys, ...jobKeys]);
  return entries.filter((entry, index) =>
    index < claimKeys.length
      ? isSameGateway(holderOf(entry), asked.gateway)
      : entry.value !== undefined && entry.lease === '0',
  );
}

/** What the new registration is, as far as the earlier one counts for it. */
interface Registering {
  /** It takes over the earlier one's plan: `isSamePlan`. */
  readonly same: boolean;
  /** The run has registered before, and its records are gone. */
  readonly again: boolean;
}

/** The new plan record, with what goes on of the earlier one. */
export function recordOf(
  asked: NewPlanRecord & Pick<PlanRecord, 'config'>,
  earlier: PlanRecord | undefined,
  { same, again }: Registering,
): PlanRecord {
  const standing = standingOf(earlier);
  const taken = same ? earlier : undefined;
  const secrets = same ? earlier?.secrets : standing?.secrets;
  return {
    ...asked,
    ...parentsOf(asked, standing === undefined ? undefined : earlier),
    mayBeApplied: again || taken?.mayBeApplied === true,
    ...((again || taken?.restored === true) && { restored: true }),
    ...(earlier?.disputed === true && { disputed: true }),
    // A deletion that a router may still make goes on as it has begun.
    ...(isUndecided(taken) && { owe: taken.owe }),
    ...(secrets !== undefined && { secrets }),
  };
}

/** The parents that only earlier versions had: a gateway refers to them until it is deleted. `recorded`: those in the plan record of what stands. */
export function earlierParents(
  parents: readonly GatewayRef[],
  recorded: readonly GatewayRef[] = [],
): readonly GatewayRef[] {
  return recorded.filter((one) => !parents.some((other) => isSameGateway(one, other)));
}

/** The parents of both ends: `before` may lie in other resources than `after`. */
function parentsOf(
  { parents = [] }: NewPlanRecord,
  standing: PlanRecord | undefined,
): Pick<PlanRecord, 'parents'> {
  const all = [...parents, ...earlierParents(parents, standing?.parents)];
  return all.length > 0 ? { parents: all } : {};
}
