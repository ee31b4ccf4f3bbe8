/** The commit that puts a batch on one router, on trial where the router can do that. */
import { FAILURES } from '../../gateway/failures.ts';
import { confirmedCommitsOf } from '../../gateway/policies.ts';
import { hasConfirmedCommit } from '../../netconf/hello.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { commit } from '../../netconf/operations.ts';
import { NotNowError } from '../refused.ts';
import type { UnrecordedTrial } from './commit-history.ts';
import { permanentLogLine, trialLogLine } from './log-line.ts';
import type { LoggedGateway } from './log-line.ts';
import type { LockedRouter } from './locked-router.ts';

export interface Committed {
  readonly how: 'on trial' | 'plain';
  /** When it falls back at the earliest, in ms since the epoch. Absent: it does not fall back. */
  readonly until?: number;
}

/** How to commit to the router; `undefined`: not at all, because the router doesn't offer what its policy requires. */
export function howToCommit({ session }: LockedRouter): Committed['how'] | undefined {
  const { policy, memory } = session.reader;
  const wanted = confirmedCommitsOf(policy, session.id);
  if (wanted === 'never') return 'plain';
  const offered = hasConfirmedCommit(session.netconf.capabilities) && !memory.plainOnly.has(session.id);
  if (offered) return 'on trial';
  return wanted === 'preferred' ? 'plain' : undefined;
}

/**
 * For a router that carries the batch already, because an earlier attempt committed it: unlocks the router, and reports how that attempt
 * committed. `takenOver`: the trial of a lost reservation under which it was committed.
 */
export async function commitNothing(router: LockedRouter, takenOver?: UnrecordedTrial): Promise<Committed> {
  const { pending } = router.look;
  await router.unlock();
  const until = pending.kind === 'ours' ? pending.until : takenOver?.until;
  return until === undefined ? { how: 'plain' } : { how: 'on trial', until };
}

/** Commits the candidate and unlocks the router; on trial, it falls back after so many minutes. Throws as `LockedRouter.commitAndUnlock` does. */
export async function commitTo(
  router: LockedRouter,
  gateways: readonly LoggedGateway[],
  { until, minutes }: { readonly until: number; readonly minutes: number },
): Promise<Committed> {
  const { session } = router;
  const { reservation, memory } = session.reader;
  if (howToCommit(router) === 'plain') {
    await router.commitAndUnlock(commit({ log: permanentLogLine(reservation, 'plain', gateways) }));
    return { how: 'plain' };
  }
  const log = trialLogLine(reservation, until, gateways);
  try {
    const { pending } = await router.commitAndUnlock(commit({ log, confirmed: { minutes } }));
    return { how: 'on trial', until: (pending.kind === 'ours' ? pending.until : undefined) ?? until };
  } catch (error) {
    if (!refusesConfirmedCommit(error)) throw error;
    memory.plainOnly.add(session.id);
    throw new NotNowError(FAILURES.RouterRefused, error.message, { cause: error });
  }
}

/** Private and ephemeral databases refuse confirmed commits. */
function refusesConfirmedCommit(error: unknown): error is RpcFailedError {
  return (
    error instanceof RpcFailedError &&
    error.errors.some(({ message }) => /commit confirmed/i.test(message ?? ''))
  );
}
