/** A router that a person has retired: no gateway is changed there until a person readmits it. */
import { FAILURES } from '../../gateway/failures.ts';
import type { Retirement, RouterRecord } from '../../pair/router-record.ts';
import type { Store } from '../../etcd/store.ts';
import { RefusedError } from '../refused.ts';
import { nameOf } from './router-target.ts';

/** Why the router is refused, and what ends that, in one line for a person. */
export function retiredWords(name: string, id: string, { since, by, reason }: Retirement): string {
  return `${name} was retired by ${by} at ${since} (${reason}): no gateway is changed there before "gateway-saga routers readmit ${id}"`;
}

/** Throws a `RefusedError` if the router is retired. */
export async function assertNotRetired(
  store: Pick<Store, 'snapshot'>,
  id: string,
  { retired }: RouterRecord,
): Promise<void> {
  if (retired === undefined) return;
  throw new RefusedError(FAILURES.RouterRetired, retiredWords(await nameOf(store, id), id, retired));
}
