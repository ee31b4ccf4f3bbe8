/** Compares the claims of gateways with what their plan records say. Pure. */
import { claimsOf, claimsOnlyOf, isUnreadableHolder } from '../etcd/claims.ts';
import type { Inventory } from '../etcd/inventory.ts';
import { isKept, settledRecord, withoutBefore, withoutChange } from '../etcd/plan-record.ts';
import type { PlanRecord } from '../etcd/plan-record.ts';
import { hasEnded } from '../etcd/state.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import type { Finding } from './doctor-family.ts';
import type { GatewayRecords } from './doctor-records.ts';

/** What is known of a gateway, with what stands of it in etcd. */
interface GatewayFacts extends GatewayRecords {
  /** `/state` says that it stands. */
  readonly isCreated: boolean;
  /** A router carries something of it. */
  readonly stands: boolean;
  /** A router owes a change of it. */
  readonly isOwed: boolean;
}

export function claimFindings(
  gateway: GatewayRef,
  { isCreated, stands, isOwed, plan, state, claims: held }: GatewayFacts,
  {
    claims,
    textOf,
  }: {
    /** Those of all gateways. */
    readonly claims: Inventory['claims'];
    readonly textOf: (gateway: GatewayRef) => string;
  },
): readonly Finding[] {
  const wanted = new Set(plan === undefined ? [] : claimsOf(plan).map(({ key }) => key));
  const { resourceType, resourceId } = gateway;
  const value = JSON.stringify({ resourceType, resourceId });
  const isOver = plan !== undefined && !isOwed && isPublished(plan, state);
  const left = (isOver ? unneededOf(plan) : []).filter((key) => held.has(key));
  const missing = isCreated ? [...wanted].filter((key) => !held.has(key)) : [];
  const isUnexplained = !stands && !(isCreated && plan === undefined);
  const surplus = isUnexplained ? [...held].filter((key) => !wanted.has(key)) : [];
  return [
    ...missing.map((key) => ({
      what: `${textOf(gateway)}: it stands, and does not have the claim ${key}${holderText(claims.get(key), textOf)}`,
      mend: `etcdctl put '${key}' '${value}'`,
    })),
    ...surplus.map((key) => ({
      what: `${textOf(gateway)}: it has the claim ${key}, which no plan record and no /state explains`,
      mend: `etcdctl del '${key}'`,
    })),
    ...(left.length === 0
      ? []
      : [
          {
            what: `${textOf(gateway)}: it has ${left.length} claims that it does not need any more, the first one ${left[0]}; nobody else gets these stanzas`,
            mend: `they go with its next change: write it with a higher version, then: gateway-saga apply ${resourceType} ${resourceId}`,
          },
        ]),
  ];
}

/** Whether `/state` has the outcome of the change, and it is known what stands since. */
function isPublished(plan: PlanRecord, state: GatewayRecords['state']): boolean {
  const isKnown = isKept(plan) || !(plan.mayBeApplied || plan.disputed === true);
  return isKnown && hasEnded(state, plan.gateway.version, plan.replaces);
}

/**
 * The claims that only the end of the change needed that does not stand. If there are few, the write of `/state` removes them. If there are many, they are
 * removed after it, unless the run was terminated and its worker killed in between.
 */
function unneededOf(plan: PlanRecord): readonly string[] {
  const next = settledRecord((isKept(plan) ? withoutBefore : withoutChange)(plan));
  return claimsOnlyOf(plan, next).map(({ key }) => key);
}

function holderText(holder: GatewayRef | undefined, textOf: (gateway: GatewayRef) => string): string {
  if (holder === undefined) return '';
  return isUnreadableHolder(holder) ? ", which can't be read" : `, which ${textOf(holder)} has`;
}
