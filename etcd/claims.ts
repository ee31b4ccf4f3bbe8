/** Claims: which gateway owns which stanza on which router. The configuration of a router does not show the owner. */
import { ownedBy } from '../gateway/change.ts';
import type { Entry, EtcdClient } from './client.ts';
import { parseObject } from './envelope.ts';
import { KEYS } from './keys.ts';
import { isSameGateway } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import type { NewPlanRecord } from './plan-record.ts';

/** `/gateway-saga/claims/<edge router id>/<stanza>`. */
export interface Claim {
  readonly key: string;
  readonly routerId: string;
  readonly stanza: readonly string[];
}

/** One claim per router and stanza that either end of the change owns. */
export function claimsOf(record: Pick<NewPlanRecord, 'routers'>): Claim[] {
  const claims = Object.values(record.routers).flatMap(({ id, ...change }) =>
    ownedBy(change).map((stanza) => ({ key: KEYS.claim(id, stanza), routerId: id, stanza })),
  );
  return [...new Map(claims.map((claim) => [claim.key, claim])).values()];
}

/** The claims of this record that `next`, the record in its place, does not need. `next` is `undefined`: all of them. */
export function claimsOnlyOf(
  record: Pick<NewPlanRecord, 'routers'>,
  next: Pick<NewPlanRecord, 'routers'> | undefined,
): Claim[] {
  const needed = new Set(next === undefined ? [] : claimsOf(next).map(({ key }) => key));
  return claimsOf(record).filter(({ key }) => !needed.has(key));
}

/** Stands for the gateway of a claim that can't be read. */
const UNREADABLE: GatewayRef = { resourceType: 'unknown', resourceId: 'unknown' };

export function claimValue({ resourceType, resourceId }: GatewayRef): GatewayRef {
  return { resourceType, resourceId };
}

/** The gateway that has the claim; `undefined` if there is no claim. A claim that can't be read counts as held by an unknown gateway. */
export function holderOf(entry: Entry | undefined): GatewayRef | undefined {
  if (entry?.value === undefined) return undefined;
  const value = parseObject(entry.value);
  const { resourceType, resourceId } = typeof value === 'string' ? {} : value;
  return typeof resourceType === 'string' && typeof resourceId === 'string'
    ? { resourceType, resourceId }
    : UNREADABLE;
}

/** Whether `holderOf` could not read the claim. */
export function isUnreadableHolder(holder: GatewayRef): boolean {
  return isSameGateway(holder, UNREADABLE);
}

/** Those of the claims that the gateway really has in etcd. */
export async function claimsHeldBy(
  client: EtcdClient,
  operation: string,
  gateway: GatewayRef,
  claims: readonly Claim[],
): Promise<readonly Entry[]> {
  const keys = claims.map(({ key }) => key);
  return (await client.read(operation, keys)).filter((entry) => isSameGateway(holderOf(entry), gateway));
}
