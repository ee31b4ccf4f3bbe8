/** Operations of RFC 6241 on sessions, the lock, and the candidate. */
import { isContention } from './contention.ts';
import { assertNoErrors, doing, unexpectedReply, type Done, type Operation } from './operation.ts';
import type { RpcError } from './rpc-error.ts';
import { oneLine } from './one-line.ts';
import { child, xml } from './xml.ts';

/** The outcome of a request for the lock. A lock that somebody else has is an outcome, not an error. */
type LockOutcome =
  | { readonly kind: 'locked' }
  /** Another session has the lock. */
  | { readonly kind: 'denied'; readonly holder: LockHolder }
  /** Junos gives no lock while the candidate, or somebody's private copy of it, holds edits. */
  | { readonly kind: 'modified'; readonly message: string };

export interface LockHolder {
  /** In the router's words: on Junos user, terminal, process id, since when. */
  readonly description: string;
  /** The id for `killSession`; on Junos the process id. */
  readonly sessionId?: string;
}

/** `<lock>` of the candidate. RFC 6241 §7.5. */
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

/** Looks at the message too, because Junos sometimes sends severity and message only, without a tag. */
function lockRefusal(error: RpcError): LockOutcome | undefined {
  const message = error.message ?? '';
  if (error.tag === 'lock-denied' || /database locked by/i.test(message)) {
    const holder = { description: oneLine(message, 500) };
    return {
      kind: 'denied',
      holder: error.sessionId === undefined ? holder : { ...holder, sessionId: error.sessionId },
    };
  }
  return isContention(error) ? { kind: 'modified', message: oneLine(message, 500) } : undefined;
}

/** `<unlock>` of the candidate. RFC 6241 §7.6. */
export function unlock(): Operation<Done> {
  return doing('unlock', xml('unlock', [candidateTarget()]));
}

/** `<discard-changes>`. RFC 6241 §8.3.4.2. It discards everybody's edits, so send it only while we have the lock. */
export function discardChanges(): Operation<Done> {
  return doing('discard-changes', xml('discard-changes'));
}

/** `<kill-session>`: ends another session, and releases its lock. RFC 6241 §7.9. */
export function killSession(sessionId: string): Operation<Done> {
  return doing('kill-session', xml('kill-session', [xml('session-id', sessionId)]));
}

/** `<close-session>`: ends this session, and releases its lock. RFC 6241 §7.8. */
export function closeSession(): Operation<Done> {
  return doing('close-session', xml('close-session'));
}

function candidateTarget() {
  return xml('target', [xml('candidate')]);
}
