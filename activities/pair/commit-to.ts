/** The commit that puts a batch on one router, on trial where that can be had. */
import { FAILURES } from '../../gateway/failures.ts';
import { hasConfirmedCommit } from '../../netconf/dialect.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { NotNowError } from '../refused.ts';
import { logApplied, logDone } from '../router/log-line.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import type { PlannedMember } from './members.ts';

export interface Committed {
  readonly how: 'confirmed' | 'plain';
  /** When it falls back at the earliest, in ms since the epoch; absent: it is there to stay. */
  readonly until?: number;
}

/** How a router is to be committed to; `undefined`: not at all, as its policy wants what it doesn't offer. */
export function howToCommit({ session: side }: LockedRouter): Committed['how'] | undefined {
  const { policy, memory } = side.reader;
  const wanted = policy.confirm[side.id] ?? policy.confirm['*'] ?? 'required';
  if (wanted === 'never') return 'plain';
  const offered = hasConfirmedCommit(side.session.capabilities) && !memory.plainOnly.has(side.id);
  if (offered) return 'confirmed';
  return wanted === 'preferred' ? 'plain' : undefined;
}

/** Nothing is to be committed: what is there from another attempt stays as it is. */
export async function commitNothing(router: LockedRouter): Promise<Committed> {
  const { pending } = router.look;
  await router.unlock();
  return pending.kind === 'ours' ? { how: 'confirmed', until: pending.until } : { how: 'plain' };
}

/** Throws as `LockedRouter.commitAndLeave` does. */
export async function commitTo(
  router: LockedRouter,
  planned: readonly PlannedMember[],
  until: number,
): Promise<Committed> {
  const { session: side, dialect } = router;
  const { reservation, policy } = side.reader;
  const gateways = planned.map(({ member }) => member.gateway);
  if (howToCommit(router) === 'plain') {
    await router.commitAndLeave(dialect.commit(logDone(reservation, 'plain', gateways)));
    return { how: 'plain' };
  }
  const log = logApplied(reservation, until, gateways);
  try {
    const { pending: made } = await router.commitAndLeave(
      dialect.commitConfirmed({ id: reservation, log, minutes: policy.confirmMinutes }),
    );
    return { how: 'confirmed', until: made.kind === 'ours' ? made.until : until };
  } catch (error) {
    if (!isAboutConfirming(error)) throw error;
    side.reader.memory.plainOnly.add(side.id);
    throw new NotNowError(FAILURES.RouterRefused, error.message, { cause: error });
  }
}

/** Private and ephemeral databases refuse it. */
function isAboutConfirming(error: unknown): error is RpcFailedError {
  return (
    error instanceof RpcFailedError &&
    error.errors.some(({ message }) => /commit confirmed/i.test(message ?? ''))
  );
}
