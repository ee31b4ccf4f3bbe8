import { Context } from '@temporalio/activity';
import type { RouterTarget, SessionPool } from '../netconf/pool.ts';
import type { Session } from '../netconf/session.ts';

/** Work at a router that an end of the activity may cut short. */
export interface Lease {
  readonly session: Session;
  /** From here on a cancel waits for the router's reply: what it would cut off could be a commit. */
  readonly committing: () => void;
}

/**
 * Leases a session. A cancel ends the waiting for it, and cuts it off as long as nothing is being committed. A worker that
 * shuts down cuts it off in any case, when its time of grace is over: the next attempt looks at what came of it.
 */
export function withLease<Result>(
  routers: SessionPool,
  target: RouterTarget,
  work: (lease: Lease) => Promise<Result>,
): Promise<Result> {
  // Taken now: a listener is called outside the activity's context.
  const context = Context.current();
  const signal = context.cancellationSignal;
  let committing = false;
  return routers.withSession(
    target,
    async (session) => {
      const cut = (): void => {
        if (!committing || context.cancellationDetails?.workerShutdown === true)
          session.destroy('the activity ends');
      };
      signal.addEventListener('abort', cut);
      try {
        return await work({ session, committing: () => void (committing = true) });
      } finally {
        signal.removeEventListener('abort', cut);
      }
    },
    { signal },
  );
}
