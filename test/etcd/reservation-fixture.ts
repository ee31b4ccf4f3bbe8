/** Routers, reservations and members of their own for each test. */
import { inverseOf } from '../../gateway/change.ts';
import type { Fence } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import type { OwedChange, PermittedMember } from '../../pair/router-record.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { newGateway, requestFor } from './fixture.ts';

let count = 0;

/** A name that no other test of the file has. */
export function fresh(what: string): string {
  count += 1;
  return `${what}-${count}`;
}

export const SINCE = '2026-01-02T03:04:05.000Z';

/** What the pair of these two routers requests. */
export function requestOf(routers: readonly [string, string], reservation = fresh('reservation')) {
  const pair = `router_pair:${[...routers].sort().join('+')}`;
  return { pair, routers, reservation, since: SINCE };
}

export function newRouters(): readonly [string, string] {
  return [fresh('router'), fresh('router')];
}

export function newMembers(length: number): PermittedMember[] {
  return Array.from({ length }, () => ({ gateway: newGateway(), run: fresh('run') }));
}

/** Reserves the routers for their pair, and issues the first fencing token. */
export async function newFence(store: Store, routers: readonly [string, string]): Promise<Fence> {
  const request = requestOf(routers);
  await store.reserve(request);
  const issued = await store.issueToken(request, {});
  if (issued.kind !== 'issued') throw new Error(`not issued: ${issued.kind}`);
  return issued.fence;
}

/** The ids of the reservations that these routers' records name; `null`: none. */
export function reservationIds(store: Store, routers: readonly string[]): Promise<(string | null)[]> {
  return Promise.all(routers.map(async (id) => (await store.router(id)).reservation?.id ?? null));
}

/** What would be owed of a gateway. Its stanzas follow from `unit`. */
export function owedChangeFor(gateway: GatewayVersion, unit?: string): OwedChange {
  const { planRecord } = requestFor(gateway, '0', unit === undefined ? {} : { unit });
  const { id: _, ...change } = planRecord.routers.primary;
  return { gateway, role: 'primary', change: inverseOf(change), since: SINCE, reason: 'the router was away' };
}

/** Writes down that the gateway is kept, and that `router` owes that change. Resolves to whether the attempt's token still counted. */
export function keepOwing(
  store: Pick<Store, 'markSettled'>,
  fence: Fence,
  router: string,
  gateway: GatewayVersion,
): Promise<boolean> {
  return store.markSettled(fence, { kept: [{ gateway, run: 'run-1', owing: [router] }] });
}
