/**
 * "Refused revert" (T11): takes a whole trial back by `rollback 1`. The router's newest commit must be that trial: then nothing that goes can be
 * anybody else's. The candidate's diff is judged as that of any other load.
 */
import { RpcFailedError } from '../../netconf/errors.ts';
import { refusalIn } from '../refused.ts';
import { touchedBy } from './judge.ts';
import { busy } from './lock.ts';
import type { LockedRouter } from './locked-router.ts';
import type { GatewayChange } from './presence.ts';

/**
 * Resolves to whether the trial was taken back. `trial`: inverse changes of all that may be in it. `commit` commits the candidate, and is given those
 * of these changes that are in it.
 */
export async function takeBack<T extends GatewayChange>(
  router: LockedRouter,
  trial: readonly T[],
  commit: (taken: readonly T[]) => Promise<void>,
): Promise<boolean> {
  const before = await router.loadBeforeNewest().catch((error: unknown) => {
    if (refusalIn(error, router.session.netconf) === undefined) throw error;
    return undefined;
  });
  if (before === undefined) return false;
  // Perhaps the router has fallen back meanwhile: then `rollback 1` is the trial itself. The next attempt looks anew.
  if (!before.isTrialNewest)
    throw busy(router.session, 'what was on trial is not the newest commit any more');
  const taken = touchedBy(trial, before.diff, router.subject.claimed);
  if (taken.length === 0) return false;
  try {
    await commit(taken);
    return true;
  } catch (error) {
    if (!(error instanceof RpcFailedError)) throw error;
    return false;
  }
}
