/** How an unconfirmed commit falls back, and what may keep it from it. */

import { pause } from './clock.ts';
import type { PendingCommit } from './pending.ts';
import type { Router } from './router.ts';
import { textOf } from './state.ts';

/** A deadline asks first; the end of its session, or a restart, does not. */
export type FallbackCause = 'deadline' | 'session' | 'restart';

/** What stands in the way of a deadline: `go`, wait for the lock, or never. */
function obstacle(router: Router): 'go' | 'wait' | 'never' {
  const { deadlineMeetsLock: lock, deadlineMeetsDirty: dirty } = router.options;
  if (router.lock.owner && lock !== 'fires') return lock === 'waits' ? 'wait' : 'never';
  return router.candidate.modifiedBy !== undefined && dirty === 'fails' ? 'never' : 'go';
}

/** The fault due at this point: true when it keeps the fallback from happening. */
async function fault(router: Router, moment: 'before' | 'after'): Promise<boolean> {
  const outcome = router.faults.take({ rpc: 'rollback', step: 'rollback', moment, user: 'root', session: 0 });
  if (outcome?.kind === 'delay') await pause(router.clock, outcome.ms);
  return outcome?.kind === 'refuse';
}

/** Falls back, unless it was confirmed, overtaken or kept from it meanwhile. */
export function fallBack(router: Router, commit: PendingCommit, cause: FallbackCause): Promise<void> {
  return router.serial(async () => {
    const overtaken = (): boolean => router.pending.current !== commit;
    if (overtaken()) return;
    const way = cause === 'deadline' ? obstacle(router) : 'go';
    if (way === 'wait') return router.lock.whenFree(() => void fallBack(router, commit, cause));
    const met = router.pendingAuthor();
    if (way === 'never' || (await fault(router, 'before'))) {
      // The fault may have taken its time.
      if (overtaken() || !met) return;
      router.pending.end();
      router.note(() => ({ kind: 'stayed', met }));
      return router.changed();
    }
    await pause(router.clock, router.options.delays.rollback);
    if (overtaken() || !met) return;
    const keep = router.candidate.modifiedBy !== undefined && router.options.deadlineMeetsDirty === 'keep';
    router.pending.end();
    router.activate({ config: commit.fallback, user: 'root', client: 'other' }, () => ({
      kind: 'fell back',
      config: textOf(commit.fallback),
      met,
    }));
    if (!keep) router.candidate.reset(router.running());
    await fault(router, 'after');
  });
}
