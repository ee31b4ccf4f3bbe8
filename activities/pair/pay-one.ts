import type { Debt } from '../../pair/transactions.ts';
import type { TurnAttempt } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import { assertCurrent } from '../router/fence.ts';

/** What was owed was seen to be gone: with the last that its gateway owes go the claims that were kept for it. */
export async function pay(
  store: Store,
  attempt: TurnAttempt,
  routerId: string,
  { gateway, configuration }: Pick<Debt, 'gateway' | 'configuration'>,
): Promise<void> {
  assertCurrent(attempt, await store.payDebt(attempt, routerId, { gateway, configuration }));
  await store.releaseClaims(gateway);
}
