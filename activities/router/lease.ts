import { Context } from '@temporalio/activity';
import type { RouterTarget, SessionPool } from '../../netconf/pool.ts';
import type { Session } from '../../netconf/session.ts';

/**
 * Leases a session for looking. A cancel, and the shutdown of the worker when its time of grace is over, end the waiting
 * for it and cut it off.
 */
export function withLease<Result>(
  routers: SessionPool,
  target: RouterTarget,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  // Taken now: a listener is called outside the activity's context.
  const signal = Context.current().cancellationSignal;
  return routers.withSession(
    target,
    async (session) => {
      const cut = (): void => session.destroy('the activity ends');
      signal.addEventListener('abort', cut);
      try {
        return await work(session);
      } finally {
        signal.removeEventListener('abort', cut);
      }
    },
    { signal },
  );
}
