import type { Router } from './router.ts';
import { textOf } from './state.ts';
import type { Inspection } from './tape.ts';

/** How the router stands at this moment. */
export function inspect(router: Router): Inspection {
  const { owner } = router.lock;
  const { current } = router.pending;
  const author = router.pendingAuthor();
  return {
    running: textOf(router.running()),
    candidate: textOf(router.candidate.config),
    lock: owner ? { user: owner.user, session: owner.session } : null,
    pending: current && author ? { ...author, until: current.deadline } : null,
    sessions: [...router.sessions.values()].map(({ id, user }) => ({ id, user })),
  };
}
