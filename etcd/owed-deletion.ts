/**
 * A deletion that one router makes and the other one, the named one, is to owe. Until the first has made it, only that router owes anything, so
 * both can still carry what stood. The transaction that finds it made there is the decision: it marks the plan record as kept and makes the named
 * router owe its removal. So there is no moment at which one router owes what the other may refuse.
 */
import { isDeepStrictEqual } from 'node:util';
import type { OweRequest } from '../gateway/plan.ts';
import { ROLES, isSameGateway } from '../gateway/resource.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { OwedChange } from '../pair/transactions.ts';
import type { Entry, EtcdClient, Transaction } from './client.ts';
import { supersededBy } from './envelope.ts';
import { KEYS } from './keys.ts';
import { isKept, isOwnedBy, isUndecided, notOwned, planRecordOf, readablePlanRecord } from './plan-record.ts';
import type { NotOwned, OweRefusal, PlanRecord, RecordedOwe } from './plan-record.ts';
import { isRewritten } from './planned-config.ts';
import { owedChangeKey, readEntry, readOwing, recordPut } from './router-record.ts';
import type { OwingRouter, RouterEntry } from './router-record.ts';
import { secretsKeyIn } from './secrets.ts';
import { done, transact } from './transact.ts';

export type OweOutcome =
  | { readonly kind: 'begun' }
  | { readonly kind: 'superseded'; readonly version: number | null }
  | { readonly kind: 'rewritten' }
  | NotOwned
  /** The gateway may be under way on a router, or a router owes a change of it already: nobody knows what stands. */
  | { readonly kind: 'owed' };

/** How far it is. */
export type OwedDeletion =
  /** The first router may still make it. */
  | { readonly kind: 'undecided' }
  /** The first router has made it. `isDropped`: the named one is retired, and owes nothing. */
  | { readonly kind: 'kept'; readonly isDropped: boolean }
  /** Both routers carry what stood. */
  | ({ readonly kind: 'refused' } & OweRefusal)
  | NotOwned;

const BEGIN = 'owe deletion';
const LOOK = 'owed deletion';

/** The run has registered the deletion. From now on the first router may make it, and nothing but a look at that router takes it back. */
export function oweDeletion(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
  request: OweRequest & Pick<RecordedOwe, 'since'>,
): Promise<OweOutcome> {
  return transact<OweOutcome>(client, BEGIN, async () => {
    const [config, plan, secrets] = await client.read(BEGIN, [
      KEYS.gatewayConfig(gateway),
      KEYS.plan(gateway),
      KEYS.secrets(gateway),
    ] as const);
    const record = planRecordOf(plan);
    if (!isOwnedBy(record, gateway, run)) return done(notOwned(plan));
    if (record.owe !== undefined) return done({ kind: 'begun' });
    const superseded = supersededBy(gateway, 'delete', config);
    if (superseded) return done(superseded);
    if (isRewritten(record.config, config, secretsKeyIn(secrets))) return done({ kind: 'rewritten' });
    const { first, named } = await routersOf(client, BEGIN, record, request.router);
    const isUnsure = [first, named].some(
      ({ record: { reservation }, owedChanges }) =>
        owedChanges.some((one) => isSameGateway(one.gateway, gateway)) ||
        reservation?.members.some((one) => isSameGateway(one.gateway, gateway)),
    );
    if (isUnsure || record.mayBeApplied || isKept(record)) return done({ kind: 'owed' });
    const change = owedBy(record, first.id, request, 'deciding');
    return {
      kind: 'write',
      outcome: { kind: 'begun' },
      transaction: {
        unchanged: [config, plan, first.entry, named.entry],
        put: [
          { key: plan.key, value: { ...record, mayBeApplied: true, owe: request } },
          { key: owedChangeKey(first.id, change), value: change },
          recordPut(first, first.record),
        ],
      },
    };
  });
}

/** If the first router was retired meanwhile, a person has said that it is dead, too: that decides the deletion. */
export function owedDeletion(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
): Promise<OwedDeletion> {
  return transact<OwedDeletion>(client, LOOK, async () => {
    const [before] = await client.read(LOOK, [KEYS.plan(gateway)] as const);
    const known = planRecordOf(before);
    if (known?.owe === undefined) return done(notOwned(before));
    // The plan record is read after the routers': what is made goes in the transaction that decides.
    const { first, named } = await routersOf(client, LOOK, known, known.owe.router);
    const [plan] = await client.read(LOOK, [KEYS.plan(gateway)] as const);
    const record = planRecordOf(plan);
    if (!isOwnedBy(record, gateway, run) || record.owe === undefined) return done(notOwned(plan));
    const { refused, dropped = false } = record.owe;
    if (isKept(record)) return done({ kind: 'kept', isDropped: dropped });
    if (refused !== undefined) return done({ kind: 'refused', ...refused });
    if (first.owedChanges.some((one) => isSameGateway(one.gateway, gateway)))
      return done({ kind: 'undecided' });
    if (!isUndecided(record) || first.record.retired === undefined) return done({ kind: 'gone' });
    const { unchanged, put } = decisionOf({ plan, record, named });
    const isDropped = named.record.retired !== undefined;
    return {
      kind: 'write',
      outcome: { kind: 'kept', isDropped },
      transaction: { unchanged: [...unchanged, first.entry], put, remove: [] },
    };
  });
}

export interface Decided {
  readonly plan: Entry;
  readonly record: PlanRecord & { readonly owe: RecordedOwe };
  readonly named: RouterEntry;
}

/**
 * The deletion that this owed change decides once it is made; `undefined`: it decides none. `unreadable`: it may, and nobody knows before somebody
 * has mended the plan record. So the change stays owed.
 */
export async function decidedBy(
  client: EtcdClient,
  routerId: string,
  { gateway, change, deletion }: Pick<OwedChange, 'gateway' | 'change' | 'deletion'>,
): Promise<Decided | 'unreadable' | undefined> {
  if (deletion !== 'deciding') return undefined;
  const [plan] = await client.read(LOOK, [KEYS.plan(gateway)] as const);
  const record = readablePlanRecord(plan);
  if (record === undefined && plan.value !== undefined) return 'unreadable';
  if (!isUndecided(record) || record.gateway.version !== gateway.version) return undefined;
  const own = ROLES.map((role) => record.routers[role]).find(({ id }) => id === routerId);
  if (own === undefined || routerId === record.owe.router) return undefined;
  if (!isDeepStrictEqual({ before: own.before, after: own.after }, change)) return undefined;
  return { plan, record, named: await readEntry(client, LOOK, record.owe.router) };
}

/** The decision: the deletion is kept, and the named router owes its removal, or drops it because it is retired. */
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
          recordPut(named, { ...named.record, retired: { ...retired, dropped: [...others, gateway] } }),
        ]
      : [
          { key: plan.key, value: kept },
          { key: owedChangeKey(named.id, removal), value: removal },
          // Every write of an owed change writes the router's record, too.
          recordPut(named, named.record),
        ],
  };
}

function owedBy(
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

async function routersOf(
  client: EtcdClient,
  operation: string,
  { routers }: PlanRecord,
  named: string,
): Promise<{ readonly first: OwingRouter; readonly named: OwingRouter }> {
  const ids = ROLES.map((role) => routers[role].id);
  const first = ids.find((id) => id !== named);
  if (first === undefined || !ids.includes(named))
    throw new TypeError(`Expected one of the routers ${ids.join(' and ')}, got ${named}`);
  const [one, other] = await readOwing(client, operation, [first, named]);
  return { first: one as OwingRouter, named: other as OwingRouter };
}
