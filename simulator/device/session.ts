/** A session: it carries out its operations one after the other, and cleans up at its end. */

import { createCall, dialectOf } from './call.ts';
import { inWrapper } from './dialect.ts';
import type { DeviceSession, EndReason, OpenRequest, Reply } from './device.ts';
import { fallBack } from './fallback.ts';
import { requirePermission } from './login-class.ts';
import type { LiveSession, RouterModel } from './model.ts';
import { operations } from './operations/index.ts';
import type { DeviceOptions } from './options.ts';
import { NoReplyError, RefusedError, rpcErrorXml, syntaxError } from './rpc-error.ts';
import { sharedWorkspace } from './workspace.ts';
import type { XmlElement } from './xml.ts';

/** Throws a RangeError for a user that the router does not have. */
export function openSession(router: RouterModel, id: number, request: OpenRequest): DeviceSession {
  const user = router.users.find((u) => u.name === request.user);
  if (!user) throw new RangeError(`Expected one of the users of ${router.name}, got "${request.user}"`);
  const listeners: ((reason: EndReason) => void)[] = [];
  let state: 'open' | 'closed' = 'open';
  let running = 0;
  let queue: Promise<unknown> = Promise.resolve();
  const cleanUpAtEnd = (): void => {
    if (state === 'closed' && running === 0 && router.sessions.has(id)) cleanUp(router, id);
  };
  const shared = sharedWorkspace(router, id, user.name);
  const session: LiveSession = {
    id,
    shared,
    workspace: shared,
    user: user.name,
    client: request.client ?? 'netconf',
    permission: user.permission,
    loginClass: typeof user.permission === 'string' ? `j-${user.permission}` : undefined,
    capabilities: capabilities(router.options),
    handle(operation) {
      const reply = queue.then(async (): Promise<Reply> => {
        if (state === 'closed') return { kind: 'drop' };
        running += 1;
        try {
          const done = await execute(router, session, operation);
          if (isLast(done)) state = 'closed';
          return done;
        } finally {
          running -= 1;
          cleanUpAtEnd();
        }
      });
      queue = reply.catch(() => undefined);
      return reply;
    },
    close() {
      state = 'closed';
      cleanUpAtEnd();
    },
    onEnd: (listener) => void listeners.push(listener),
    end(reason) {
      const isNew = state === 'open';
      state = 'closed';
      if (isNew) for (const listener of listeners.splice(0)) listener(reason);
      // A restart ends the operation that is under way, too.
      if (reason === 'restarted' && router.sessions.has(id)) cleanUp(router, id);
      else cleanUpAtEnd();
    },
  };
  router.sessions.set(id, session);
  return session;
}

/** A router names its capabilities twice: by the URN of RFC 6241, and by one of an older draft. Seen on Junos 16.1. */
const CAPABILITIES = [
  'urn:ietf:params:netconf:base:1.0',
  'urn:ietf:params:netconf:capability:candidate:1.0',
  'urn:ietf:params:netconf:capability:confirmed-commit:1.0',
  'urn:ietf:params:netconf:capability:validate:1.0',
  'urn:ietf:params:netconf:capability:url:1.0?scheme=http,ftp,file',
  'urn:ietf:params:xml:ns:netconf:base:1.0',
  'urn:ietf:params:xml:ns:netconf:capability:candidate:1.0',
  'urn:ietf:params:xml:ns:netconf:capability:confirmed-commit:1.0',
  'urn:ietf:params:xml:ns:netconf:capability:validate:1.0',
  'urn:ietf:params:xml:ns:netconf:capability:url:1.0?protocol=http,ftp,file',
  'http://xml.juniper.net/netconf/junos/1.0',
  'http://xml.juniper.net/dmi/system/1.0',
] as const;

function capabilities({ base11 }: DeviceOptions): readonly string[] {
  return base11 ? ['urn:ietf:params:netconf:base:1.1', ...CAPABILITIES] : CAPABILITIES;
}

async function execute(router: RouterModel, session: LiveSession, element: XmlElement): Promise<Reply> {
  const call = createCall(router, session, element);
  const operation = operations[element.name];
  let body: string;
  try {
    body = await call.step('rpc', () => {
      if (!operation) throw new RefusedError(syntaxError(element.name));
      requirePermission(session.permission, element.name);
      return operation(call);
    });
  } catch (error) {
    if (error instanceof NoReplyError) return { kind: error.kind };
    if (!(error instanceof RefusedError)) throw error;
    body = error.errors.map((one) => rpcErrorXml(one)).join('\n');
  }
  body = call.rewrite(inWrapper(dialectOf(call), element.name, body));
  if (call.ending !== 'reply') return { kind: call.ending, body };
  return { kind: 'reply', body, last: element.name === 'close-session' };
}

/** Whether the connection ends with this reply, so that the requests behind it are never read. */
function isLast(reply: Reply): boolean {
  return reply.kind === 'drop' || reply.kind === 'truncate' || (reply.kind === 'reply' && reply.last);
}

/** Discards the edits made under the session's lock, releases the lock, and falls back if the pending commit needs the session. */
function cleanUp(router: RouterModel, id: number): void {
  router.sessions.delete(id);
  if (router.lock.owner?.session === id) {
    router.candidate.reset(router.running());
    router.lock.release(id);
  }
  const { current } = router.pending;
  if (current?.session === id) void fallBack(router, current, 'session');
}
