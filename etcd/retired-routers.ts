/**
 * Retired routers: a person says that a router is dead. What it owes is dropped, because nobody can ever make it, and the router is refused until it is
 * readmitted. The transaction that drops the owed changes also writes the router's record. So every write under an earlier fencing token finds another
 * revision of that record, and fails ("fencing token", T3).
 */
import { isSameGateway } from '../gateway/resource.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { Freed, Retirement, RouterRecord } from '../pair/router-record.ts';
import type { EtcdClient } from './client.ts';
import { droppedOf } from './dropped.ts';
import { freeClaims } from './free-claims.ts';
import { KEYS } from './keys.ts';
import { readEntry, readOwing, readRouter, recordPut } from './router-record.ts';
import { done, transact } from './transact.ts';

/** Who retires the router, why, and when. */
export type RetireRequest = Omit<Retirement, 'dropped' | 'more'>;

export type RetireOutcome =
  | { readonly kind: 'retired'; readonly retired: Retirement; readonly record: RouterRecord }
  | { readonly kind: 'not held' }
  /** Something may be under way there: the pair settles it first. */
  | { readonly kind: 'reserved'; readonly pair: string };

const RETIRE = 'retire router';
const READMIT = 'readmit router';

export async function retireRouter(
  client: EtcdClient,
  routerId: string,
  request: RetireRequest,
): Promise<RetireOutcome> {
  type Refusal = Exclude<RetireOutcome, { kind: 'retired' }>;
  // Also those that the record has no room for. Remembered from the look before a write of which no answer came.
  let dropped: readonly GatewayVersion[] = [];
  const outcome = await transact<Retirement | Refusal>(client, RETIRE, async () => {
    const [router] = await readOwing(client, RETIRE, [routerId]);
    if (router === undefined) throw new TypeError('Expected a router');
    const { record, owedChanges } = router;
    if (record.retired) {
      dropped = gatewaysOf([...dropped, ...record.retired.dropped]);
      return done(record.retired);
    }
    if (!record.maintenance) return done({ kind: 'not held' });
    if (record.reservation) return done({ kind: 'reserved', pair: record.reservation.pair });
    dropped = gatewaysOf(owedChanges.map(({ gateway }) => gateway));
    const retired = { ...request, ...droppedOf(dropped) };
    return {
      kind: 'write',
      outcome: retired,
      transaction: {
        // Every write of an owed change writes the router's record, too. So it is enough to compare that record.
        unchanged: [router.entry],
        put: [recordPut(router, { ...record, retired })],
        removeUnder: [KEYS.owedChanges(routerId)],
      },
    };
  });
  if ('kind' in outcome) return outcome;
  // If the process dies here, the person retires the router once more: the router's record names the gateways. The claims of those that it does not name
  // stay until the gateway's next change, and `doctor` tells of them.
  for (const gateway of dropped) await freeClaims(client, gateway);
  return { kind: 'retired', retired: outcome, record: await readRouter(client, routerId) };
}

/** Resolves to the retirement that has ended; `null`: there was none. `by`: who readmits the router, and when. Absent: the record does not say so. */
export async function readmitRouter(
  client: EtcdClient,
  routerId: string,
  by?: Omit<Freed, 'from'>,
): Promise<Retirement | null> {
  // Remembered from the first look. If the answer to the write is lost, the second look finds it readmitted.
  let ended: Retirement | null = null;
  await transact(client, READMIT, async () => {
    const router = await readEntry(client, READMIT, routerId);
    const { retired, ...record } = router.record;
    if (retired === undefined) return done(undefined);
    ended = retired;
    const freed = by && { from: 'retirement' as const, ...by };
    const transaction = { unchanged: [router.entry], put: [recordPut(router, { ...record, freed })] };
    return { kind: 'write', outcome: undefined, transaction };
  });
  return ended;
}

/** Each gateway once, with its newest version. */
function gatewaysOf(all: readonly GatewayVersion[]): readonly GatewayVersion[] {
  const newest = [...all].sort((one, other) => other.version - one.version);
  return newest
    .filter((one, index) => newest.findIndex((other) => isSameGateway(one, other)) === index)
    .map(({ resourceType, resourceId, version }) => ({ resourceType, resourceId, version }));
}
