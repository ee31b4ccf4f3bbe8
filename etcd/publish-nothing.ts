/**
 * The only write of a deletion that finds nothing on the routers: it writes `/state`, and removes what is left of the gateway's records. If the configuration
 * has vanished, it removes `/state`, too.
 */
import { completedState } from '../gateway/records.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import { childKeys } from './children.ts';
import { claimsHeldBy, claimsOf } from './claims.ts';
import type { Entry, EtcdClient, RangeTransaction } from './client.ts';
import { supersededBy } from './envelope.ts';
import { fencesUnlessOwing } from './free-claims.ts';
import { KEYS, isOwedChangeOf } from './keys.ts';
import { isKept, planRecordOf, standingOf } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
import { under } from './requests.ts';
import { endedState, isComplete } from './state.ts';
import type { StateFacts } from './state.ts';
import { done, transact } from './transact.ts';
import { nobodyWaits, waitersRange } from './waiting.ts';

/** `isAwaited`: others may wait for the gateway, and are to be woken. */
export type NothingPublished = Outcome & { readonly isAwaited?: true };

type Outcome =
  | { readonly kind: 'published' }
  /** `/state` has another outcome of this version, or a newer version. Nothing was written. */
  | { readonly kind: 'already'; readonly state: StateFacts }
  /** The configuration has another version (`null`: none), or is not marked for deletion. Nothing was written. */
  | { readonly kind: 'superseded'; readonly version: number | null }
  /** An earlier run may have left a change on routers, which must be reverted first. Nothing was written. */
  | { readonly kind: 'leftover'; readonly record: PlanRecord }
  /** A router owes a change of the gateway. Nothing was written. */
  | { readonly kind: 'owed' };

const OPERATION = 'publish nothing';

export function publishNothing(
  client: EtcdClient,
  gateway: GatewayVersion,
  replaces?: string,
): Promise<NothingPublished> {
  return transact<NothingPublished>(client, OPERATION, async () => {
    const keys = [KEYS.gatewayConfig, KEYS.state, KEYS.plan, KEYS.secrets].map((keyOf) => keyOf(gateway));
    const found = await client.look(OPERATION, keys, [waitersRange(gateway)]);
    const [config, state, plan, secrets] = keys.map(found.entryOf) as [Entry, Entry, Entry, Entry];
    const quiet = nobodyWaits(gateway, found);
    const published = { ...PUBLISHED, ...(quiet.length === 0 && { isAwaited: true as const }) };
    const settled = endedState(state, gateway.version, replaces);
    if (settled) return done(isComplete(settled, gateway) ? published : { kind: 'already', state: settled });
    const superseded = supersededBy(gateway, 'delete', config);
    if (superseded) return done(superseded);
    const record = planRecordOf(plan);
    if (
      record !== undefined &&
      (standingOf(record) !== undefined || (record.mayBeApplied && !isKept(record)))
    )
      return done({ kind: 'leftover', record });
    const fence = await owesNothing(client, gateway, record, found.revision);
    if (fence === undefined) return done({ kind: 'owed' });
    const owned = record === undefined ? [] : claimsOf(record);
    const claims = await claimsHeldBy(client, OPERATION, gateway, owned);
    // Whoever has removed the configuration removes no later outcome. So none is written, and what tells of the gateway goes, too.
    const isVanished = config.value === undefined;
    const value = completedState(gateway.version, {}, 'delete');
    return {
      kind: 'write',
      outcome: published,
      transaction: {
        unchanged: [config, state, plan, secrets, ...fence.unchanged, ...claims],
        quiet: [...quiet, ...fence.quiet],
        put: isVanished ? [] : [{ key: state.key, value }],
        remove: [
          ...(isVanished ? [state.key, KEYS.stack(gateway)] : []),
          plan.key,
          secrets.key,
          ...(record === undefined ? [] : childKeys(record)),
          ...claims.map(({ key }) => key),
        ],
      },
    };
  });
}

const PUBLISHED: NothingPublished = { kind: 'published' };

/** What a transaction compares so that no router owes a change of the gateway. `undefined`: a router owes one. `since`: the revision of the first look. */
async function owesNothing(
  client: EtcdClient,
  gateway: GatewayVersion,
  record: PlanRecord | undefined,
  since: string,
): Promise<Required<Pick<RangeTransaction, 'unchanged' | 'quiet'>> | undefined> {
  if (record !== undefined) {
    const unchanged = await fencesUnlessOwing(client, record);
    return unchanged && { unchanged, quiet: [] };
  }
  // Nothing tells which routers are the gateway's. So no router at all may owe a change of it.
  const { keys } = await client.keysUnder(OPERATION, KEYS.owedChanges(), 0);
  if (keys.some((key) => isOwedChangeOf(key, gateway))) return undefined;
  return { unchanged: [], quiet: [{ ...under(KEYS.owedChanges()), since }] };
}
