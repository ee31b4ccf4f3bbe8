/** `<close-session>` and `<kill-session>` (RFC 6241 §7.8, §7.9). */

import type { Operation } from '../call.ts';
import { Refused } from '../failure.ts';
import { operationFailed } from '../rpc-error.ts';
import { childText } from '../xml.ts';

export const closeSession: Operation = () => '<ok/>';

export const killSession: Operation = (call) => {
  const { router, session, operation } = call;
  const id = childText(operation, 'session-id') ?? '';
  const victim = router.sessions.get(Number(id));
  if (!victim || victim.id === session.id) {
    throw new Refused(operationFailed(`invalid session id`, { tag: 'invalid-value', badElement: id }));
  }
  victim.end('killed');
  router.note(() => ({
    kind: 'killed',
    user: session.user,
    victim: { user: victim.user, session: victim.id },
  }));
  return '<ok/>';
};
