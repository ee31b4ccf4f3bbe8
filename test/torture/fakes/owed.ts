/** What is owed on routers at the end, and who would have to come for it to be paid. */
import type { RouterName } from '../workload.ts';
import type { Stage } from './stage.ts';

const DEBTS = '/gateway-saga/debts/';

/** Routers where something is owed. */
export function owes({ etcd, sites }: Pick<Stage, 'etcd' | 'sites'>): readonly RouterName[] {
  const owed = etcd
    .range({ key: Buffer.from(DEBTS), range_end: Buffer.from(`${DEBTS}~`) })
    .kvs.map(({ key }) => key.toString());
  return Object.values(sites)
    .map(({ record }) => record)
    .filter(({ id }) => owed.some((key) => key.startsWith(`${DEBTS}${id}/`)))
    .map(({ name }) => name);
}

/** Pairs that have all of these routers between them. */
export function pairsOf(routers: readonly RouterName[]): readonly (readonly [RouterName, RouterName])[] {
  const [needsA, needsB, needsC] = (['A', 'B', 'C'] as const).map((name) => routers.includes(name));
  return [
    ...(needsA || (needsB && !needsC) ? [['A', 'B'] as const] : []),
    ...(needsC ? [['B', 'C'] as const] : []),
  ];
}
