/** `<lock>`, `<unlock>`, `<discard-changes>` (RFC 6241 §7.5, §7.6, §8.3.4.2) and Junos's own names for the first two. */

import { needsCandidate, needsToEdit, type Operation } from '../call.ts';
import { Refused } from '../failure.ts';
import { lockDenied } from '../lock.ts';
import { operationFailed } from '../rpc-error.ts';
import { child } from '../xml.ts';

/** The datastore named by `<target>`; the candidate where none is. */
function target(call: Parameters<Operation>[0]): string {
  return child(call.operation, 'target')?.children[0]?.name ?? 'candidate';
}

export const lock: Operation = (call) => {
  const { router, session } = call;
  if (target(call) !== 'candidate') {
    throw new Refused(operationFailed('syntax error', { badElement: target(call) }));
  }
  needsCandidate(call);
  return router.serial(async () => {
    needsCandidate(call);
    const { modifiedBy } = router.candidate;
    if (modifiedBy !== undefined && modifiedBy !== session.id) {
      throw new Refused({
        severity: 'error',
        type: 'protocol',
        tag: 'operation-failed',
        message: 'configuration database modified',
      });
    }
    const owner = router.lock.take({ session: session.id, user: session.user, since: router.clock.now() });
    if (owner) throw new Refused(lockDenied(owner, router.clock.now()));
    return '<ok/>';
  });
};

/** Gives the lock up; what becomes of edits not committed is `options.unlockMeetsDirty`. */
export const unlock: Operation = (call) => {
  const { router, session } = call;
  if (router.lock.owner?.session !== session.id) {
    needsCandidate(call);
    throw new Refused(operationFailed('configuration database is not locked'));
  }
  const { unlockMeetsDirty } = router.options;
  if (router.candidate.modifiedBy !== undefined && unlockMeetsDirty === 'discard')
    router.candidate.reset(router.running());
  router.lock.release(session.id);
  return '<ok/>';
};

/** Everybody's edits are gone, as the candidate is one. */
export const discardChanges: Operation = (call) => {
  needsToEdit(call);
  call.session.workspace.reset();
  return '<ok/>';
};
