/** `<open-configuration>` and `<close-configuration>`: a private copy of the candidate, or the candidate for oneself. */

import type { Operation } from '../call.ts';
import { Refused } from '../failure.ts';
import { operationFailed } from '../rpc-error.ts';
import { privateWorkspace } from '../workspace.ts';
import { lock } from './lock.ts';

export const openConfiguration: Operation = async (call) => {
  const { router, session, operation } = call;
  const mode = operation.children[0]?.name ?? '';
  if (session.workspace.kind === 'private')
    throw new Refused(operationFailed('configuration database is open already'));
  if (mode === 'exclusive') {
    await lock(call);
    return '';
  }
  if (mode !== 'private') throw new Refused(operationFailed('syntax error', { badElement: mode }));
  if (router.candidate.modifiedBy !== undefined) {
    throw new Refused(operationFailed('shared configuration database modified'));
  }
  session.workspace = privateWorkspace(router);
  return '';
};

/** Edits in a private copy are lost with it; those in the candidate stay when somebody else made them. */
export const closeConfiguration: Operation = (call) => {
  const { router, session } = call;
  const isOwner = router.lock.owner?.session === session.id;
  if (session.workspace.kind === 'private') session.workspace = session.shared;
  else if (!isOwner) throw new Refused(operationFailed('configuration database is not open'));
  if (isOwner) {
    router.candidate.reset(router.running());
    router.lock.release(session.id);
  }
  return '';
};
