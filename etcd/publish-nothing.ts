/** The only write of a deletion that finds nothing on the routers: it writes `/state`, and removes what is left of the gateway's records. */
import { completedState } from '../gateway/records.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import { childKeys } from './children.ts';
import { claimsHeldBy, claimsOf } from './claims.ts';
import type { Entry, EtcdClient } from './client.ts';
import { supersededBy } from './envelope.ts';
import { routersWithout } from './free-claims.ts';
import { KEYS } from './keys.ts';
import { isKept, planRecordOf, standingOf } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
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
    const fences = record === undefined ? [] : await routersWithout(client, record);
    if (fences === undefined) return done({ kind: 'owed' });
    const owned = record === undefined ? [] : claimsOf(record);
    const claims = await claimsHeldBy(client, OPERATION, gateway, owned);
    return {
      kind: 'write',
      outcome: published,
      transaction: {
        unchanged: [config, state, plan, secrets, ...fences, ...claims],
        quiet,
        put: [{ key: state.key, value: completedState(gateway.version, {}, 'delete') }],
        remove: [
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
