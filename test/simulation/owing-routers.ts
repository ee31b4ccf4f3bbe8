/** What is left to be done on routers at the end, and which pairs would do it. */
import { KEYS } from '../../etcd/keys.ts';
import type { RouterName } from '../chaos/workload.ts';
import type { Stage } from './stage.ts';

const OWED_CHANGES = '/gateway-saga/owed-changes/';

/** Routers that owe something, or on which a terminated pair has left its reservation. The next reservation deals with both. */
export function owes({ etcd, sites }: Pick<Stage, 'etcd' | 'sites'>): readonly RouterName[] {
  const owed = etcd
    .range({ key: Buffer.from(OWED_CHANGES), range_end: Buffer.from(`${OWED_CHANGES}~`) })
    .kvs.map(({ key }) => key.toString());
  return Object.values(sites)
    .map(({ record }) => record)
    .filter(
      ({ id }) =>
        owed.some((key) => key.startsWith(`${OWED_CHANGES}${id}/`)) ||
        hasReservation(etcd.value(KEYS.router(id))),
    )
    .map(({ name }) => name);
}

function hasReservation(record = '{}'): boolean {
  return ((JSON.parse(record) as { readonly reservation?: unknown }).reservation ?? null) !== null;
}

/** Pairs that together have all of these routers. */
export function pairsOf(routers: readonly RouterName[]): readonly (readonly [RouterName, RouterName])[] {
  const [needsA, needsB, needsC] = (['A', 'B', 'C'] as const).map((name) => routers.includes(name));
  return [
    ...(needsA || (needsB && !needsC) ? [['A', 'B'] as const] : []),
    ...(needsC ? [['B', 'C'] as const] : []),
  ];
}
