/** The decision of a deletion that one router makes and the other one is to owe (`owed-deletion.ts`). */
import { isDeepStrictEqual } from 'node:util';
import type { OweRequest } from '../gateway/plan.ts';
import { ROLES, isSameGateway } from '../gateway/resource.ts';
import type { OwedChange } from '../pair/router-record.ts';
import type { Entry, EtcdClient, Transaction } from './client.ts';
import { droppedOf } from './dropped.ts';
import { KEYS } from './keys.ts';
import { isUndecided, readablePlanRecord } from './plan-record.ts';
import type { PlanRecord, RecordedOwe } from './plan-record.ts';
import { owedChangeKey, readEntry, recordPut } from './router-record.ts';
import type { RouterEntry } from './router-record.ts';

const LOOK = 'owed deletion';

export interface Decided {
  readonly plan: Entry;
  readonly record: PlanRecord & { readonly owe: RecordedOwe };
  /** The router that is to owe the deletion. */
  readonly named: RouterEntry;
}

export type OwedDecision =
  | ({ readonly kind: 'decides' } & Decided)
  /** Nobody knows until somebody has mended the plan record. */
  | { readonly kind: 'unknown' }
  /** The plan record is gone, or is of something else: nothing would make the other router owe the deletion. */
  | { readonly kind: 'forgotten'; readonly plan: Entry };

/** What an owed change that was to decide a deletion decides once it is made. */
export async function decisionBy(
  client: EtcdClient,
  routerId: string,
  { gateway, change }: Pick<OwedChange, 'gateway' | 'change'>,
): Promise<OwedDecision> {
  const [plan] = await client.read(LOOK, [KEYS.plan(gateway)] as const);
  const record = readablePlanRecord(plan);
  const forgotten = { kind: 'forgotten', plan } as const;
  if (record === undefined) return plan.value === undefined ? forgotten : { kind: 'unknown' };
  const own = ROLES.map((role) => record.routers[role]).find(({ id }) => id === routerId);
  const isOfIt =
    record.gateway.version === gateway.version &&
    isDeepStrictEqual({ before: own?.before, after: own?.after }, change);
  if (!isOfIt) return forgotten;
  if (!isUndecided(record) || routerId === record.owe.router) return forgotten;
  return { kind: 'decides', plan, record, named: await readEntry(client, LOOK, record.owe.router) };
}

/**
 * The inverse of an owed change: it puts back what stood. It has no digest of secrets, because the form in which the router has them is not known any more.
 */
export function takenBack(owed: OwedChange, reason: string): OwedChange {
  const { change, deletion: _, secrets: __, ...facts } = owed;
  return { ...facts, change: { before: change.after, after: change.before }, reason };
}

/** The writes of the decision: the deletion is kept, and the named router owes its removal, or drops it because it is retired. */
export function decisionOf({ plan, record, named }: Decided): Pick<Transaction, 'unchanged' | 'put'> {
  const { gateway, owe } = record;
  const { retired } = named.record;
  const kept = { ...record, kept: true, disputed: undefined, restored: undefined };
  const removal = owedBy(record, named.id, owe, 'decided');
  const others = retired?.dropped.filter((one) => !isSameGateway(one, gateway)) ?? [];
  return {
    unchanged: [plan, named.entry],
    put: retired
      ? [
          { key: plan.key, value: { ...kept, owe: { ...owe, dropped: true } } },
          recordPut(named, {
            ...named.record,
            retired: { ...retired, ...droppedOf([...others, gateway], retired.more) },
          }),
        ]
      : [
          { key: plan.key, value: kept },
          { key: owedChangeKey(named.id, removal), value: removal },
          // Every write of an owed change writes the router's record, too.
          recordPut(named, named.record),
        ],
  };
}

/** What this router owes of the deletion. */
export function owedBy(
  { gateway, routers, secrets, parents }: PlanRecord,
  id: string,
  { reason, by, since }: OweRequest & Pick<RecordedOwe, 'since'>,
  deletion: NonNullable<OwedChange['deletion']>,
): OwedChange {
  const role = ROLES.find((one) => routers[one].id === id) ?? 'primary';
  const { before, after } = routers[role];
  const digest = secrets?.[role];
  return {
    gateway,
    role,
    change: { before, after },
    ...(digest !== undefined && { secrets: digest }),
    since,
    reason: `asked for by ${by}: ${reason}`,
    ...(parents && { parents }),
    reservations: [],
    deletion,
  };
}
