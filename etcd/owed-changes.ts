/**
 * Owed changes ("owed change", T7). Each has a key of its own beside its router's key. Every write of an owed change also writes the router's record again,
 * with the same content, which gives that record a new revision. So a write that arrives late finds another revision there, and fails.
 */
import { ownedBy } from '../gateway/change.ts';
import type { OwedChange } from '../pair/router-record.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { Entry, EtcdClient, Transaction } from './client.ts';
import { claimsToFree } from './free-claims.ts';
import { decisionBy, decisionOf, takenBack } from './owed-decision.ts';
import type { OwedDecision } from './owed-decision.ts';
import { done } from './transact.ts';
import { KEYS, isOwedChangeOf } from './keys.ts';
import type { OweRefusal, PlanRecord } from './plan-record.ts';
import { inParts } from './request-size.ts';
import { owedChangeKey, owedChangeOf, recordPut } from './router-record.ts';
import type { RouterEntry } from './router-record.ts';
import { assertOf, fenced } from './fence.ts';
import type { Fence } from './fence.ts';

type Owed = Pick<OwedChange, 'gateway' | 'change' | 'deletion'>;

/** Most owed changes in one transaction, in which etcd takes 128 operations. Large ones go into several transactions. */
const AT_ONCE = 32;

export async function addOwedChanges(
  client: EtcdClient,
  fence: Fence,
  routerId: string,
  owedChanges: readonly OwedChange[],
): Promise<boolean> {
  assertOf(fence, routerId);
  const byKey = [
    ...new Map(owedChanges.map((owedChange) => [owedChangeKey(routerId, owedChange), owedChange])),
  ];
  for (const some of inParts(byKey, AT_ONCE)) {
    const added = await changeOwedChanges(
      client,
      'add owed changes',
      fence,
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

/**
 * Removes an owed change that was made. If it was the last one of its gateway, the same transaction frees the claims that nobody needs any more: a worker
 * that dies afterwards leaves nothing behind that nobody would free. If the owed change was to decide a deletion, the same transaction makes the other
 * router owe the deletion. If nothing tells any more which router is to owe it, this router owes the inverse instead, which puts back what stood.
 */
export function payOwedChange(
  client: EtcdClient,
  fence: Fence,
  routerId: string,
  owedChange: Owed,
): Promise<boolean> {
  return changeOwedChanges(
    client,
    'pay owed change',
    fence,
    routerId,
    [owedChangeKey(routerId, owedChange)],
    async ([entry]) => {
      if (entry?.value === undefined) return {};
      const paid = [entry.key];
      if (owedChange.deletion === 'deciding') {
        const decision = await decisionBy(client, routerId, owedChange);
        if (decision.kind === 'unknown') return {};
        if (decision.kind === 'forgotten') return forgottenBy(routerId, entry, decision.plan);
        return { ...decisionOf(decision), remove: paid };
      }
      const { unchanged, put, remove } = await claimsToFree(client, owedChange.gateway, paid);
      return { unchanged, put, remove: [...paid, ...remove] };
    },
  );
}

/**
 * Whether this owed change, which was to decide a deletion, still does. If nothing tells any more which router is to owe the deletion, this router owes the
 * inverse instead, which puts back what stood. `undefined`: the token is void.
 */
export async function lookAtDecision(
  client: EtcdClient,
  fence: Fence,
  routerId: string,
  owedChange: Owed,
): Promise<OwedDecision['kind'] | undefined> {
  const key = owedChangeKey(routerId, owedChange);
  let kind: OwedDecision['kind'] = 'unknown';
  const isCurrent = await changeOwedChanges(
    client,
    'look at owed deletion',
    fence,
    routerId,
    [key],
    async ([entry]) => {
      const decision = await decisionBy(client, routerId, owedChange);
      ({ kind } = decision);
      if (entry?.value === undefined || decision.kind !== 'forgotten') return {};
      return forgottenBy(routerId, entry, decision.plan);
    },
  );
  return isCurrent ? kind : undefined;
}

/** What is written if the plan record of the deletion is gone: the inverse takes the place of the owed change. */
function forgottenBy(routerId: string, entry: Entry, plan: Entry): Partial<Transaction> {
  const inverse = takenBack(owedChangeOf(entry), 'the plan record of the deletion is gone');
  return {
    unchanged: [plan],
    put: [{ key: owedChangeKey(routerId, inverse), value: inverse }],
    remove: [entry.key],
  };
}

/**
 * Gives up a deletion that this owed change was to decide, because a look found that the router has not made it. Then neither router owes the deletion, and
 * the plan record says why. Does nothing if the owed change decides no deletion.
 */
export function giveUpOwedDeletion(
  client: EtcdClient,
  fence: Fence,
  routerId: string,
  owedChange: Owed,
  refused: OweRefusal,
): Promise<boolean> {
  const key = owedChangeKey(routerId, owedChange);
  return changeOwedChanges(client, 'give up owed deletion', fence, routerId, [key], async ([entry]) => {
    if (entry?.value === undefined || owedChange.deletion !== 'deciding') return {};
    const decision = await decisionBy(client, routerId, owedChange);
    if (decision.kind !== 'decides') return {};
    const { plan, record } = decision;
    const next = { ...record, mayBeApplied: false, owe: { ...record.owe, refused } };
    return { unchanged: [plan], put: [{ key: plan.key, value: next }], remove: [key] };
  });
}

/** What the router no longer owes once the gateway is kept: the owed changes of this version and of older ones, if all their stanzas belong to the plan. */
export async function owedNoMore(
  client: EtcdClient,
  operation: string,
  routerId: string,
  gateway: GatewayVersion,
  { routers }: Pick<PlanRecord, 'routers'>,
): Promise<readonly Entry[]> {
  const planned = Object.values(routers).filter(({ id }) => id === routerId);
  const owned = new Set(planned.flatMap((change) => ownedBy(change).map(stanzaWord)));
  const owed = await client.readPrefix(operation, KEYS.owedChanges(routerId));
  // Records of other gateways that can't be read are no matter here.
  const ofGateway = owed.filter(({ key }) => isOwedChangeOf(key, gateway));
  return ofGateway.filter((entry) => {
    const { gateway: owing, change } = owedChangeOf(entry);
    return (
      owing.version <= gateway.version &&
      ownedBy(change)
        .map(stanzaWord)
        .every((stanza) => owned.has(stanza))
    );
  });
}

function changeOwedChanges(
  client: EtcdClient,
  operation: string,
  fence: Fence,
  routerId: string,
  keys: readonly string[],
  change: (entries: readonly Entry[]) => Partial<Transaction> | Promise<Partial<Transaction>>,
): Promise<boolean> {
  assertOf(fence, routerId);
  return fenced<boolean>(client, operation, fence, false, async (pair) => {
    const entries = await client.read(operation, keys);
    const { unchanged = [], put = [], remove = [] } = await change(entries);
    if (put.length + remove.length === 0) return done(true);
    const own = pair.find(({ id }) => id === routerId) as RouterEntry;
    // No entry is compared twice: etcd takes 128 comparisons.
    const isOther = ({ key, modRevision }: Entry) =>
      !pair.some(({ entry }) => entry.key === key && entry.modRevision === modRevision);
    return {
      kind: 'write',
      outcome: true,
      transaction: {
        unchanged: [...pair.map(({ entry }) => entry), ...entries, ...unchanged.filter(isOther)],
        put: [...put, recordPut(own, own.record)],
        remove,
      },
    };
  });
}

/**
 * Adds the reservations under which the owed change may be on trial, and changes nothing else. `undefined`: nothing is to be written, because
 * none of them is new, or because the record's own reservations are not known.
 */
function withReservations(owed: OwedChange, { reservations = [] }: OwedChange): OwedChange | undefined {
  const { reservations: known } = owed;
  if (known === undefined || reservations.every((reservation) => known.includes(reservation)))
    return undefined;
  return { ...owed, reservations: [...new Set([...known, ...reservations])] };
}

function stanzaWord(stanza: readonly string[]): string {
  return JSON.stringify(stanza);
}

function first<T>([value]: readonly [T, ...unknown[]]): T {
  return value;
}
