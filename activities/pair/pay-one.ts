import type { OwedChange } from '../../pair/transactions.ts';
import type { TurnAttempt } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import { assertCurrent } from '../router/fence.ts';

/** What was owed was seen to be gone: with the last that its gateway owes go the claims that were kept for it. */
export async function payOwedChange(
  store: Store,
  attempt: TurnAttempt,
  routerId: string,
  { gateway, configuration }: Pick<OwedChange, 'gateway' | 'configuration'>,
): Promise<void> {
  assertCurrent(attempt, await store.payOwedChange(attempt, routerId, { gateway, configuration }));
  await store.freeClaims(gateway);
}
