/** Operations on sessions and locks. RFC 6241 §7.5 to §7.9. */
import { assertNoErrors, doing, unexpectedReply, type Done, type Operation } from './operation.ts';
import type { RpcError } from './rpc-error.ts';
import { oneLine } from './one-line.ts';
import { child, xml } from './xml.ts';

/** What asking for the lock came to. A lock that somebody else holds is to be expected. */
type LockOutcome =
  | { readonly kind: 'locked' }
  /** Somebody else holds the lock. */
  | { readonly kind: 'denied'; readonly holder: LockHolder }
  /** Nobody holds the lock, but somebody has left edits in the candidate. */
  | { readonly kind: 'modified'; readonly message: string };

export interface LockHolder {
  /** As the router says it: on Junos user, terminal, process id, since when. */
  readonly description: string;
  /** By which the session could be killed; on Junos the process id. */
  readonly sessionId?: string;
}

/** Locks the candidate. */
export function lock(): Operation<LockOutcome> {
  const name = 'lock';
  return {
    name,
    request: xml(name, [candidateTarget()]),
    read(reply) {
      const refusal = reply.errors.map(lockRefusal).find((outcome) => outcome !== undefined);
      if (refusal !== undefined) return refusal;
      assertNoErrors(name, reply);
      if (child(reply.body, 'ok') === undefined) throw unexpectedReply(name, reply, '<ok/>');
      return { kind: 'locked' };
    },
  };
}

/** Junos sometimes sends severity and message only. */
function lockRefusal(error: RpcError): LockOutcome | undefined {
  const message = error.message ?? '';
  if (error.tag === 'lock-denied' || /database locked by/i.test(message)) {
    const holder = { description: oneLine(message, 500) };
    return {
      kind: 'denied',
      holder: error.sessionId === undefined ? holder : { ...holder, sessionId: error.sessionId },
    };
  }
  if (/configuration database modified/i.test(message))
    return { kind: 'modified', message: oneLine(message, 500) };
  return undefined;
}

export function unlock(): Operation<Done> {
  return doing('unlock', xml('unlock', [candidateTarget()]));
}

/** Throws all edits of the candidate away, whoever made them: only under our lock. */
export function discardChanges(): Operation<Done> {
  return doing('discard-changes', xml('discard-changes'));
}

export function killSession(sessionId: string): Operation<Done> {
  return doing('kill-session', xml('kill-session', [xml('session-id', sessionId)]));
}

export function closeSession(): Operation<Done> {
  return doing('close-session', xml('close-session'));
}

function candidateTarget() {
  return xml('target', [xml('candidate')]);
}
