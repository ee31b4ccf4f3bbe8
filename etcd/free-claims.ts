import { changesNothing } from '../gateway/change.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import { childKeys } from './children.ts';
import { claimsHeldBy, claimsOnlyOf } from './claims.ts';
import { isSameGateway } from '../gateway/resource.ts';
import type { Entry, EtcdClient, Transaction } from './client.ts';
import { transact, done } from './transact.ts';
import { StoreCorruptError, readable } from './errors.ts';
import { KEYS, isOwedChangeOf } from './keys.ts';
import { isKept, readablePlanRecord, madeRecord, settledRecord, withoutChange } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
import { storedRouterOf } from './router-record.ts';
import { secretsKept } from './secrets.ts';
import { hasEnded, isComplete, isFailureWord, stateOf } from './state.ts';

const OPERATION = 'free claims';

/** What a transaction compares and writes in order to free claims. If `put` and `remove` are empty, the claims stay. */
export type FreedClaims = Required<Omit<Transaction, 'retain'>>;

/**
 * Removes the claims of a gateway that nobody needs any more. If its change failed at this version or a newer one, these are the claims that only that
 * change needed. If its update was made, they are the claims that only the version before needed. If nothing of the gateway stands any more, all its claims
 * and its plan record go. With the claims go the secrets that no text needs any more.
 *
 * Does nothing in these cases: the plan record is of an older version, has no outcome yet, or is disputed; a router's record permits the gateway; a router
 * owes a change of the gateway. The transaction that removes the last owed change frees the claims itself.
 *
 * To be called after `/state` is written. Resolves to whether anything was removed or written: then the gateway's change is over, and the caller wakes
 * whoever has begun to wait since `/state` was written.
 */
export function freeClaims(client: EtcdClient, gateway: GatewayVersion): Promise<boolean> {
  // Remembered from the first look. If the answer to the write is lost, the second look finds nothing to remove any more.
  let isBegun = false;
  return transact<boolean>(client, OPERATION, async () => {
    const { unchanged, put, remove } = await claimsToFree(client, gateway);
    if (put.length + remove.length === 0) return done(isBegun);
    isBegun = true;
    return { kind: 'write', outcome: true, transaction: { unchanged, put, remove } };
  });
}

/**
 * The claims of a gateway that may be freed as soon as the owed changes under the keys `paid` are gone. `unchanged` has all that this depends
 * on, also if nothing may be freed: so of two writers that leave the claims to each other, one is refused.
 */
export async function claimsToFree(
  client: EtcdClient,
  gateway: GatewayVersion,
  paid: readonly string[] = [],
): Promise<FreedClaims> {
  const [plan, state, secretsEntry] = await client.read(OPERATION, [
    KEYS.plan(gateway),
    KEYS.state(gateway),
    KEYS.secrets(gateway),
  ] as const);
  const stays = { unchanged: [plan, state], put: [], remove: [] };
  const record = readablePlanRecord(plan);
  // The plan record may be of a newer version that failed, too, while this one was owed.
  if (record === undefined || record.gateway.version < gateway.version) return stays;
  const isMade = (record.action === 'delete' || isKept(record)) && isPublished(record, state);
  const isReverted = hasFailed(record, state) && !isKept(record) && record.disputed !== true;
  if (!isMade && !isReverted) return stays;
  // A gateway that is permitted on a router may stand there, even if nothing of it is owed. A record that can't be read may permit any gateway.
  const mayPermit = (entry: Entry) => {
    const router = readable(() => storedRouterOf(entry));
    if (router instanceof StoreCorruptError) return true;
    const { reservation } = router;
    return reservation?.members.some((one) => isSameGateway(one.gateway, gateway)) ?? false;
  };
  const { fences, carrying } = await routerFences(client, record, { paid, mayCarry: mayPermit });
  // Whoever pays on such a router at the same moment may see this one owing still. Each payment writes its router's record, so one of the two is refused.
  if (carrying.length > 0) return { ...stays, unchanged: [...stays.unchanged, ...carrying] };
  const next = isMade ? madeRecord(record) : settledRecord(withoutChange(record));
  if (next !== undefined && changesNothing(record.routers)) return stays;
  const claims = await claimsHeldBy(client, OPERATION, gateway, claimsOnlyOf(record, next));
  const secrets = secretsKept(secretsEntry, next);
  return {
    unchanged: [plan, state, ...fences, ...claims, ...secrets.unchanged],
    put: [...(next === undefined || next === record ? [] : [{ key: plan.key, value: next }]), ...secrets.put],
    remove: [
      ...(next === undefined ? [plan.key, ...childKeys(record)] : []),
      ...claims.map(({ key }) => key),
      ...secrets.remove,
    ],
  };
}

/**
 * Whether the outcome of the change was published. If the change is kept, `/state` may have a newer version by now, which failed before it could register.
 */
function isPublished(record: PlanRecord, state: Entry): boolean {
  const facts = stateOf(state);
  const { gateway, published, replaces } = record;
  if (published === true) return true;
  return isComplete(facts, gateway) || (isKept(record) && hasEnded(facts, gateway.version, replaces));
}

/**
 * Whether `/state` or the plan record says that the change failed. A newer version in `/state` that failed before it could register counts, too: with it the
 * failure of the older ones is published.
 */
function hasFailed({ gateway: { version }, failed, replaces }: PlanRecord, state: Entry): boolean {
  const facts = stateOf(state);
  return failed === true || (hasEnded(facts, version, replaces) && isFailureWord(facts.workerState));
}

/** What keeps the claims of a gateway, beside an owed change. */
interface Carrying {
  /** Keys of owed changes that go in the same transaction. */
  readonly paid?: readonly string[];
  /** Whether something of the gateway may stand on a router although nothing of it is owed there. */
  readonly mayCarry?: (router: Entry) => boolean;
}

/** `routerFences` without `carrying`. `undefined`: a router owes a change of the gateway, at whatever version. Then its claims must stay. */
export async function fencesUnlessOwing(
  client: EtcdClient,
  record: Pick<PlanRecord, 'gateway' | 'routers'>,
): Promise<readonly Entry[] | undefined> {
  const { fences, carrying } = await routerFences(client, record);
  return carrying.length > 0 ? undefined : fences;
}

/** `fences`: the records of both routers of the gateway, for a transaction to compare. `carrying`: of those that owe a change of the gateway, or may carry something of it. */
export async function routerFences(
  client: EtcdClient,
  { gateway, routers }: Pick<PlanRecord, 'gateway' | 'routers'>,
  { paid = [], mayCarry = () => false }: Carrying = {},
): Promise<{ readonly fences: readonly Entry[]; readonly carrying: readonly Entry[] }> {
  const asked = Object.values(routers).map(({ id }) => ({
    key: KEYS.router(id),
    prefix: KEYS.owedChanges(id),
  }));
  const found = await client.readWith(OPERATION, asked);
  // Every write of an owed change writes the router's record, too. So it is enough to compare that record.
  // The key of an owed change names its gateway, so records of other gateways that can't be read are no matter here.
  const carrying = found.filter(
    ({ entry, under }) =>
      under.some(({ key }) => !paid.includes(key) && isOwedChangeOf(key, gateway)) || mayCarry(entry),
  );
  return { fences: found.map(({ entry }) => entry), carrying: carrying.map(({ entry }) => entry) };
}
