/**
 * Access to the configuration: `<lock>` and `<unlock>` (RFC 6241 §7.5, §7.6), Junos's own `<open-configuration>` and
 * `<close-configuration>`; and the end of sessions: `<close-session>` and `<kill-session>` (§7.8, §7.9).
 */

import { deniedBy, dialectOf, exclusively, requireUnlocked } from '../call.ts';
import type { Call, LiveSession, Operation } from '../model.ts';
import { operationFailed, RefusedError, syntaxError } from '../rpc-error.ts';
import { privateWorkspace } from '../workspace.ts';
import { child, childText } from '../xml.ts';

/** Denied while the candidate has edits, whoever made them (RFC 6241 §7.5). */
export const lock: Operation = (call) => {
  const { router, session } = call;
  const target = child(call.operation, 'target')?.children[0]?.name ?? 'candidate';
  if (target !== 'candidate') throw new RefusedError(syntaxError(target));
  requireUnlocked(call);
  return exclusively(call, async () => {
    requireUnlocked(call);
    const isModified = router.candidate.modifiedBy !== undefined;
    if (dialectOf({ router, session }).editsInUse === 'private') {
      if (isModified || [...router.sessions.values()].some(hasPrivateEdits))
        throw new RefusedError(operationFailed('private edits in use. Try again later.'));
    } else if (isModified) throw new RefusedError(operationFailed('configuration database modified'));
    const since = router.clock.now();
    const owner = router.lock.acquire({ session: session.id, user: session.user, since });
    if (owner) throw new RefusedError(deniedBy(owner, router));
    return '<ok/>';
  });
};

function hasPrivateEdits({ workspace }: LiveSession): boolean {
  return workspace.kind === 'private' && workspace.isEdited;
}

/** Releases the lock. `options.unlockMeetsDirty` decides about uncommitted edits. */
export const unlock: Operation = (call) => {
  const { router, session } = call;
  if (!ownsLock(call)) {
    requireUnlocked(call);
    throw new RefusedError(operationFailed('configuration database is not locked'));
  }
  const { unlockMeetsDirty } = router.options;
  if (router.candidate.modifiedBy !== undefined && unlockMeetsDirty === 'discard')
    router.candidate.reset(router.running());
  router.lock.release(session.id);
  return '<ok/>';
};

/** `private`: the session gets a private copy of the running configuration. `exclusive`: the session locks the candidate. */
export const openConfiguration: Operation = async (call) => {
  const { router, session, operation } = call;
  const mode = operation.children[0]?.name ?? '';
  if (session.workspace.kind === 'private')
    throw new RefusedError(operationFailed('configuration database is open already'));
  if (mode === 'exclusive') {
    await lock(call);
    return '';
  }
  if (mode !== 'private') throw new RefusedError(syntaxError(mode));
  if (router.candidate.modifiedBy !== undefined)
    throw new RefusedError(operationFailed('shared configuration database modified'));
  session.workspace = privateWorkspace(router);
  return '';
};

/** The edits in a private copy are lost, and so are those in the candidate if the session owns the lock. */
export const closeConfiguration: Operation = (call) => {
  const { router, session } = call;
  const isOwner = ownsLock(call);
  if (session.workspace.kind === 'private') session.workspace = session.shared;
  else if (!isOwner) throw new RefusedError(operationFailed('configuration database is not open'));
  if (isOwner) {
    router.candidate.reset(router.running());
    router.lock.release(session.id);
  }
  return '';
};

function ownsLock({ router, session }: Call): boolean {
  return router.lock.owner?.session === session.id;
}

/** The session ends after the reply (`session.ts`). */
export const closeSession: Operation = () => '<ok/>';

export const killSession: Operation = ({ router, session, operation }) => {
  const id = childText(operation, 'session-id') ?? '';
  const victim = router.sessions.get(Number(id));
  if (!victim || victim.id === session.id) {
    throw new RefusedError(operationFailed('invalid session id', { tag: 'invalid-value', badElement: id }));
  }
  victim.end('killed');
  router.emit(() => ({
    kind: 'killed',
    user: session.user,
    victim: { user: victim.user, session: victim.id },
  }));
  return '<ok/>';
};
