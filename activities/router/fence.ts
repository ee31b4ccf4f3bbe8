/** T3: what a worker asks before it changes something. */
import { FAILURES } from '../../gateway/failures.ts';
import type { TurnAttempt } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import { RefusedError } from '../refused.ts';

/** Thrown when another attempt has taken over, or the turn is over: whatever this one finds or decides counts no more. */
export class OvertakenError extends RefusedError {
  constructor(reservation: string, what: string) {
    super(FAILURES.Superseded, `turn ${reservation}: ${what}`);
    this.name = 'OvertakenError';
  }
}

/** The last moment to turn back, under the router's lock. Throws an `OvertakenError` when the attempt was voided. */
export async function checkFence(
  store: Pick<Store, 'permitCommit'>,
  attempt: TurnAttempt,
  routerIds: readonly string[],
  members: Parameters<Store['permitCommit']>[2] = [],
): Promise<void> {
  const now = new Date().toISOString();
  assertCurrent(attempt, await store.permitCommit(attempt, routerIds, members, now));
}

export function assertCurrent({ reservation, token: attempt }: TurnAttempt, isCurrent: boolean): void {
  if (!isCurrent) throw new OvertakenError(reservation, `attempt ${attempt} is void`);
}
