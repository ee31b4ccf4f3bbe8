/**
 * T7: removals that are owed, each under a key of its own beside its router's. Every change writes the router's record too,
 * unchanged: its revision is what fences one that arrives late.
 */
import { createHash } from 'node:crypto';
import { ownedBy } from '../gateway/change.ts';
import type { OwedChange } from '../pair/transactions.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { Entry, EtcdClient, Transaction } from './client.ts';
import { transact, done } from './transact.ts';
import { KEYS } from './keys.ts';
import { planRecordOf } from './plan-record.ts';
import { owedChangeOf, readPair, recordPut } from './router-record.ts';
import type { RouterEntry, Fence } from './router-record.ts';
import { assertOf, isCurrent } from './fencing-token.ts';

type Owed = Pick<OwedChange, 'gateway' | 'change'>;

/** A request to etcd has at most 1.5 MB by default: so many debts leave 45 kB for each. */
const AT_ONCE = 32;

export async function addOwedChanges(
  client: EtcdClient,
  attempt: Fence,
  routerId: string,
  owedChanges: readonly OwedChange[],
): Promise<boolean> {
  assertOf(attempt, routerId);
  const byKey = [...new Map(owedChanges.map((owedChange) => [keyOf(routerId, owedChange), owedChange]))];
  for (let from = 0; from < byKey.length; from += AT_ONCE) {
    const some = byKey.slice(from, from + AT_ONCE);
    const added = await changeOwedChanges(
      client,
      'add owed changes',
      attempt,
      routerId,
      some.map(first),
      (entries) => ({
        put: entries.flatMap(({ value }, index) => {
          const [key, owedChange] = some[index] ?? [];
          if (key === undefined || owedChange === undefined) return [];
          const merged =
            value === undefined
              ? owedChange
              : withReservations(owedChangeOf(entries[index] as Entry), owedChange);
          return merged === undefined ? [] : [{ key, value: merged }];
        }),
      }),
    );
    if (!added) return false;
  }
  return true;
}

export function payOwedChange(
  client: EtcdClient,
  attempt: Fence,
  routerId: string,
  owedChange: Owed,
): Promise<boolean> {
  return changeOwedChanges(
    client,
    'pay owed change',
    attempt,
    routerId,
    [keyOf(routerId, owedChange)],
    (entries) => ({
      remove: entries.filter(({ value }) => value !== undefined).map(({ key }) => key),
    }),
  );
}

export function cancelOwedChanges(
  client: EtcdClient,
  attempt: Fence,
  routerId: string,
  gateway: GatewayVersion,
): Promise<readonly OwedChange[] | undefined> {
  assertOf(attempt, routerId);
  const operation = 'cancel owed changes';
  return transact<readonly OwedChange[] | undefined>(client, operation, async () => {
    const pair = await readPair(client, operation, attempt.routers);
    if (!isCurrent(attempt, pair)) return done(undefined);
    const router = pair.find(({ id }) => id === routerId) as RouterEntry;
    const [plan] = await client.read(operation, [KEYS.plan(gateway)] as const);
    const record = planRecordOf(plan);
    if (!record || record.gateway.version < gateway.version) return done([]);
    const planned = Object.values(record.routers).filter(({ id }) => id === routerId);
    const owned = new Set(planned.flatMap(({ after }) => (after?.owns ?? []).map(stanzaWord)));
    const owed = await client.readPrefix(operation, KEYS.owedChanges(routerId));
    const over = owed
      .map((entry) => ({ entry, owedChange: owedChangeOf(entry) }))
      .filter(
        ({ owedChange }) =>
          isOf(owedChange, gateway) &&
          ownedBy(owedChange.change)
            .map(stanzaWord)
            .every((stanza) => owned.has(stanza)),
      );
    if (over.length === 0) return done([]);
    return {
      kind: 'write',
      outcome: over.map(({ owedChange }) => owedChange),
      transaction: {
        unchanged: [...pair.map(({ entry }) => entry), plan, ...over.map(({ entry }) => entry)],
        put: [recordPut(router, router.record)],
        remove: over.map(({ entry }) => entry.key),
      },
    };
  });
}

function changeOwedChanges(
  client: EtcdClient,
  operation: string,
  attempt: Fence,
  routerId: string,
  keys: readonly string[],
  change: (entries: readonly Entry[]) => Partial<Pick<Transaction, 'put' | 'remove'>>,
): Promise<boolean> {
  assertOf(attempt, routerId);
  return transact<boolean>(client, operation, async () => {
    const pair = await readPair(client, operation, attempt.routers);
    if (!isCurrent(attempt, pair)) return done(false);
    const entries = await client.read(operation, keys);
    const { put = [], remove = [] } = change(entries);
    if (put.length + remove.length === 0) return done(true);
    const own = pair.find(({ id }) => id === routerId) as RouterEntry;
    return {
      kind: 'write',
      outcome: true,
      transaction: {
        unchanged: [...pair.map(({ entry }) => entry), ...entries],
        put: [...put, recordPut(own, own.record)],
        remove,
      },
    };
  });
}

/** What is owed already stays as it is, but for the turns it may be on trial by. `undefined`: nothing is new. */
function withReservations(owed: OwedChange, { reservations = [] }: OwedChange): OwedChange | undefined {
  const { reservations: known } = owed;
  if (known === undefined || reservations.every((reservation) => known.includes(reservation)))
    return undefined;
  return { ...owed, reservations: [...new Set([...known, ...reservations])] };
}

/** The same removal is owed once, whoever finds that it is. */
function keyOf(routerId: string, { gateway, change }: Owed): string {
  const ends = [change.before, change.after].map(
    (end) => end && [end.create, end.arrange, end.remove, end.owns],
  );
  const digest = createHash('sha256').update(JSON.stringify(ends));
  return KEYS.owedChange(routerId, gateway, digest.digest('hex').slice(0, 16));
}

function isOf({ gateway }: OwedChange, { resourceType, resourceId, version }: GatewayVersion): boolean {
  return (
    gateway.resourceType === resourceType && gateway.resourceId === resourceId && gateway.version <= version
  );
}

function stanzaWord(stanza: readonly string[]): string {
  return JSON.stringify(stanza);
}

function first<T>([value]: readonly [T, ...unknown[]]): T {
  return value;
}
