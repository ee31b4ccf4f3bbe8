/** A session: its requests one after the other, and what its end leaves behind. */

import { createCall } from './call.ts';
import { capabilities } from './capabilities.ts';
import type { DeviceSession, DeviceUser, EndReason, OpenRequest } from './device.ts';
import { Cut, Refused } from './failure.ts';
import { fallBack } from './fallback.ts';
import { operations } from './operations/index.ts';
import { needsPermission } from './permission.ts';
import type { Reply } from './reply.ts';
import { operationFailed, rpcErrorXml } from './rpc-error.ts';
import type { Router } from './router.ts';
import { sharedWorkspace, type Workspace } from './workspace.ts';
import type { XmlElement } from './xml.ts';

export interface LiveSession extends DeviceSession {
  readonly client: string;
  readonly permission: DeviceUser['permission'];
  /** The candidate that all share. */
  readonly shared: Workspace;
  /** What this session edits. */
  workspace: Workspace;
  /** Ends it from the router's side. */
  end(reason: EndReason): void;
}

/** What the session leaves: its lock and what it edited under it, its own confirmed commit. */
function leave(router: Router, id: number): void {
  router.sessions.delete(id);
  if (router.lock.owner?.session === id) {
    router.candidate.reset(router.running());
    router.lock.release(id);
  }
  const { current } = router.pending;
  if (current?.session === id) void fallBack(router, current, 'session');
}

const errorsBody = (errors: Refused['errors']): string => errors.map(rpcErrorXml).join('\n');

async function carryOut(router: Router, session: LiveSession, operation: XmlElement): Promise<Reply> {
  const call = createCall(router, session, operation);
  const run = operations[operation.name];
  let body: string;
  try {
    body = await call.step('rpc', () => {
      if (!run) throw new Refused(operationFailed('syntax error', { badElement: operation.name }));
      needsPermission(call);
      return run(call);
    });
  } catch (error) {
    if (error instanceof Cut) return { kind: error.kind };
    if (!(error instanceof Refused)) throw error;
    body = errorsBody(error.errors);
  }
  if (call.ending !== 'reply') return { kind: call.ending, body };
  return { kind: 'reply', body, last: operation.name === 'close-session' };
}

/** What was sent behind such a reply was never read. */
const isLast = (reply: Reply): boolean =>
  reply.kind === 'drop' || reply.kind === 'truncate' || (reply.kind === 'reply' && reply.last);

export function openSession(router: Router, id: number, request: OpenRequest): LiveSession {
  const user = router.users.find((u) => u.name === request.user);
  if (!user) throw new RangeError(`Expected one of the users of ${router.name}, got "${request.user}"`);
  const listeners: ((reason: EndReason) => void)[] = [];
  let state: 'open' | 'closed' = 'open';
  let running = 0;
  let queue: Promise<unknown> = Promise.resolve();
  const settle = (): void => {
    if (state === 'closed' && running === 0 && router.sessions.has(id)) leave(router, id);
  };
  const shared = sharedWorkspace(router, id, user.name);
  const session: LiveSession = {
    id,
    shared,
    workspace: shared,
    user: user.name,
    client: request.client ?? 'netconf',
    permission: user.permission,
    capabilities: capabilities(router.options),
    handle(operation) {
      const reply = queue.then(async (): Promise<Reply> => {
        if (state === 'closed') return { kind: 'drop' };
        running += 1;
        try {
          const done = await carryOut(router, session, operation);
          if (isLast(done)) state = 'closed';
          return done;
        } finally {
          running -= 1;
          settle();
        }
      });
      queue = reply.catch(() => undefined);
      return reply;
    },
    close() {
      state = 'closed';
      settle();
    },
    onEnd: (listener) => void listeners.push(listener),
    end(reason) {
      if (state === 'closed') return;
      state = 'closed';
      for (const listener of listeners.splice(0)) listener(reason);
      settle();
    },
  };
  router.sessions.set(id, session);
  return session;
}
