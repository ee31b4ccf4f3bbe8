/** The fall-back of an unconfirmed commit: the configuration that ran before the commit becomes the running one again. */

import { pause } from './clock.ts';
import { textOf } from './config/text-form.ts';
import type { PendingCommit } from './history.ts';
import type { RouterModel } from './model.ts';

/** Only a `deadline` obeys the switches `deadlineMeetsLock` and `deadlineMeetsDirty`. */
export type FallbackCause = 'deadline' | 'session' | 'restart';

/** Falls back, unless the commit is no longer pending, or a switch or a fault prevents it. */
export function fallBack(router: RouterModel, commit: PendingCommit, cause: FallbackCause): Promise<void> {
  return router.exclusively(async () => {
    const isPending = (): boolean => router.pending.current === commit;
    if (!isPending()) return;
    const verdict = cause === 'deadline' ? atDeadline(router) : 'go';
    if (verdict === 'wait') return router.lock.whenFree(() => void fallBack(router, commit, cause));
    const met = router.pendingAuthor();
    if (verdict === 'never' || (await isPreventedByFault(router, 'before'))) {
      // A fault may have delayed the fall-back, and meanwhile the commit may have been confirmed.
      if (!isPending() || !met) return;
      router.pending.clear();
      router.emit(() => ({ kind: 'stayed', met }));
      return router.stateChanged();
    }
    await pause(router.clock, router.options.delays.rollback);
    if (!isPending() || !met) return;
    const keepsEdits =
      router.candidate.modifiedBy !== undefined && router.options.deadlineMeetsDirty === 'keep';
    router.pending.clear();
    router.activate({ config: commit.fallback, user: 'root', client: 'other' }, () => ({
      kind: 'fell back',
      config: textOf(commit.fallback),
      met,
    }));
    if (!keepsEdits) router.candidate.reset(router.running());
    await isPreventedByFault(router, 'after');
  });
}

/** What the switches say at a deadline: fall back now, once the lock is free, or never. */
function atDeadline(router: RouterModel): 'go' | 'wait' | 'never' {
  const { deadlineMeetsLock, deadlineMeetsDirty } = router.options;
  if (router.lock.owner && deadlineMeetsLock !== 'fires')
    return deadlineMeetsLock === 'waits' ? 'wait' : 'never';
  return router.candidate.modifiedBy !== undefined && deadlineMeetsDirty === 'fails' ? 'never' : 'go';
}

/** Applies the fault that is due at this point. True when the fault prevents the fall-back; a delay only takes its time. */
async function isPreventedByFault(router: RouterModel, moment: 'before' | 'after'): Promise<boolean> {
  const outcome = router.faults.take({ rpc: 'rollback', step: 'rollback', moment, user: 'root', session: 0 });
  if (outcome?.kind === 'delay') await pause(router.clock, outcome.ms);
  return outcome?.kind === 'refuse';
}
