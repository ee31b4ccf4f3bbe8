import { FAILURES } from '../../gateway/failures.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { TurnAttempt } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import { NotNowError } from '../refused.ts';
import { assertCurrent } from './fence.ts';

/**
 * Asked before anything of theirs is removed: `/state` can't promise them any more (T10). Throws a `NotNowError` when it does already:
 * then the next attempt finds so, and keeps them.
 */
export async function assertMayRevert(
  store: Store,
  attempt: TurnAttempt,
  members: readonly PairMember[],
): Promise<void> {
  const outcome = await store.markReverting(attempt, members);
  assertCurrent(attempt, outcome.kind !== 'void');
  if (outcome.kind !== 'promised') return;
  const names = outcome.members.map(({ gateway }) => gateway.resourceId).join(', ');
  throw new NotNowError(FAILURES.Superseded, `/state promises since that it stands: ${names}`);
}
