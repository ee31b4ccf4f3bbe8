/** Lists what stands in etcd about gateways, for a comparison with the routers. */
import { edgeRouter, pluralOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { holderOf } from './claims.ts';
import type { EtcdClient } from './client.ts';
import { StoreCorruptError, readableOrNewer } from './errors.ts';
import { CHANGING, CLAIMS, KEYS, PLANS, REFERRERS, WAITING, gatewaysOfKey } from './keys.ts';
import { planRecordOf } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
import { stateOf } from './state.ts';
import type { StateFacts } from './state.ts';

/**
 * A key that one gateway, `other`, has under another one, `gateway`. `other` is a child that refers to `gateway`, a child with a change under way, or a
 * gateway that waits for `gateway`.
 */
export interface FamilyKey {
  readonly key: string;
  readonly gateway: GatewayRef;
  readonly other: GatewayRef;
}

export interface Inventory {
  readonly plans: readonly PlanRecord[];
  readonly unreadable: readonly StoreCorruptError[];
  /** The gateway that has each claim, by the key of the claim. */
  readonly claims: ReadonlyMap<string, GatewayRef>;
  readonly referrers: readonly FamilyKey[];
  readonly changing: readonly FamilyKey[];
  readonly waiting: readonly FamilyKey[];
  readonly states: readonly (GatewayRef & StateFacts)[];
  /** Ids of the `edge_router` records. */
  readonly routerIds: readonly string[];
}

const OPERATION = 'inventory';

export async function readInventory(client: EtcdClient, types: readonly string[]): Promise<Inventory> {
  const routers = KEYS.config(edgeRouter('x')).slice(0, -1);
  const family = (prefix: string) =>
    client
      .readInPages(OPERATION, prefix)
      .then((entries) =>
        entries.flatMap(({ key }) =>
          [gatewaysOfKey(key)].flatMap((found) => (found ? [{ key, ...found }] : [])),
        ),
      );
  const [referrers, changing, waiting, plans, claims, configured, ...states] = await Promise.all([
    family(REFERRERS),
    family(CHANGING),
    family(WAITING),
    client.readInPages(OPERATION, PLANS),
    client.readInPages(OPERATION, CLAIMS),
    client.readInPages(OPERATION, routers),
    ...types.map((type) => client.readInPages(OPERATION, `/state/v2.0/${pluralOf(type)}/`)),
  ]);
  const records = plans.map((entry) => readableOrNewer(() => planRecordOf(entry)));
  return {
    plans: records.flatMap((one) => (one === undefined || one instanceof StoreCorruptError ? [] : [one])),
    unreadable: records.flatMap((one) => (one instanceof StoreCorruptError ? [one] : [])),
    claims: new Map(
      claims.flatMap((entry) => {
        const holder = holderOf(entry);
        return holder === undefined ? [] : [[entry.key, holder] as const];
      }),
    ),
    referrers,
    changing,
    waiting,
    states: states.flatMap((entries, index) =>
      entries.flatMap((entry) => {
        const state = stateOf(entry);
        const resourceId = entry.key.slice(entry.key.lastIndexOf('/') + 1);
        return state === undefined ? [] : [{ resourceType: types[index] ?? '', resourceId, ...state }];
      }),
    ),
    routerIds: configured.map(({ key }) => key.slice(routers.length)),
  };
}
