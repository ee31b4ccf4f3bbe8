/** "Fencing token" (T3): a worker checks its token in etcd before it changes something on a router. */
import { FAILURES } from '../../gateway/failures.ts';
import { ACTIVITY_TIMES } from '../../gateway/policies.ts';
import type { PermittedMember } from '../../pair/router-record.ts';
import type { Fence, PermitOptions } from '../../etcd/pair-store.ts';
import type { Store } from '../../etcd/store.ts';
import { RefusedError } from '../refused.ts';

/** Thrown when a newer attempt has taken over, or the reservation is over. What this attempt finds or decides no longer counts. */
export class OvertakenError extends RefusedError {
  constructor(reservation: string, what: string) {
    super(FAILURES.Superseded, `reservation ${reservation}: ${what}`);
    this.name = 'OvertakenError';
  }
}

/**
 * For how long a permission holds, in ms from when it was asked for, by the process's monotonic clock. It is shorter than the time after which another
 * worker may get the task.
 */
const PERMISSION_MS = ACTIVITY_TIMES.routers.heartbeatTimeout / 2;

/**
 * Permits these members on these routers, or throws an `OvertakenError` if the token is void. A worker calls this under the router's lock,
 * right before its commit: a frozen worker that wakes up gets no further than this. If the worker was frozen while etcd's answer was on its way, the
 * answer is old: it asks again.
 */
export async function permitCommit(
  store: Pick<Store, 'permitCommit'>,
  fence: Fence,
  routerIds: readonly string[],
  members: readonly PermittedMember[] = [],
  options: PermitOptions = {},
): Promise<void> {
  for (;;) {
    const asked = performance.now();
    const now = new Date().toISOString();
    assertCurrent(fence, await store.permitCommit(fence, routerIds, members, now, options));
    if (performance.now() - asked < PERMISSION_MS) return;
  }
}

export function assertCurrent({ reservation, token }: Fence, isCurrent: boolean): void {
  if (!isCurrent) throw new OvertakenError(reservation, `fencing token ${token} is void`);
}
