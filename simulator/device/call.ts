/** A call: one operation while the router carries it out, with the faults that are due at its steps. */

import { pause } from './clock.ts';
import type { LockOwner } from './candidate.ts';
import { PLAIN, type Dialect } from './dialect.ts';
import type { FaultOutcome, Step } from './faults.ts';
import type { Call, LiveSession, RouterModel } from './model.ts';
import {
  lockDenied,
  NoReplyError,
  operationFailed,
  RefusedError,
  syntaxError,
  type RpcError,
} from './rpc-error.ts';
import type { XmlElement } from './xml.ts';

export function createCall(router: RouterModel, session: LiveSession, operation: XmlElement): Call {
  const applyFaults = async (step: Step, moment: 'before' | 'after'): Promise<void> => {
    const point = { rpc: operation.name, step, moment, user: session.user, session: session.id };
    for (let due = router.faults.take(point); due; due = router.faults.take(point)) {
      await applyFault(call, due);
      if (due.kind !== 'delay') return;
    }
  };
  const call: Call = {
    router,
    session,
    operation,
    generation: router.generation,
    ending: 'reply',
    rewrite: (body) => body,
    async step(step, work) {
      await applyFaults(step, 'before');
      requireNoRestart(call);
      try {
        return await work();
      } finally {
        // A fault applies after a failed step, too. If the fault cuts the connection, the client never learns that the step has failed.
        await applyFaults(step, 'after');
      }
    },
  };
  return call;
}

async function applyFault(call: Call, outcome: FaultOutcome): Promise<void> {
  const { router } = call;
  switch (outcome.kind) {
    case 'refuse':
      throw new RefusedError(operationFailed(outcome.message ?? 'refused on request'));
    case 'drop':
      throw new NoReplyError('drop');
    case 'never-reply':
      throw new NoReplyError('never');
    case 'deny-lock': {
      const { pid: session = 99_999, holder: user = 'operator' } = outcome;
      const owner = { session, user, since: router.clock.now() };
      throw new RefusedError(deniedBy(owner, router));
    }
    case 'fail-check': {
      const { message, path, badElement } = outcome;
      throw new RefusedError(
        operationFailed(message, {
          ...(path === undefined ? {} : { path }),
          ...(badElement === undefined ? {} : { badElement }),
        }),
        operationFailed('configuration check-out failed'),
      );
    }
    case 'delay':
      return pause(router.clock, outcome.ms);
    case 'drop-and-go-on':
      call.session.end('dropped');
      return;
    case 'rewrite':
      call.rewrite = (body) => outcome.by(body, call.operation);
      return;
    case 'truncate':
    case 'half-close':
      call.ending = outcome.kind;
  }
}

/** Throws a NoReplyError if the router has restarted or stopped since the operation began: nothing more of the operation may happen. */
export function requireNoRestart({ router, generation }: Call): void {
  if (router.generation !== generation) throw new NoReplyError('drop');
}

/** As `router.exclusively`, for the work of an operation. If the router has restarted while the work waited, rejects with a NoReplyError instead. */
export function exclusively<T>(call: Call, work: () => Promise<T>): Promise<T> {
  return call.router.exclusively(() => {
    requireNoRestart(call);
    return work();
  });
}

/** Carries out a commit. The session has the lock during the commit of a private copy, so that nobody edits the candidate meanwhile. */
export async function withCandidateLocked<T>({ router, session }: Call, work: () => Promise<T>): Promise<T> {
  const { lock, clock } = router;
  const { id, user, workspace } = session;
  if (workspace.kind === 'shared' || lock.owner?.session === id) return work();
  lock.acquire({ session: id, user, since: clock.now() });
  try {
    return await work();
  } finally {
    lock.release(id);
  }
}

/** The dialect of a session's replies. Only NETCONF sessions get the router's own; others, such as the command line's, are answered plainly. */
export function dialectOf({ router, session }: Pick<Call, 'router' | 'session'>): Dialect {
  return session.client === 'netconf' ? router.options.dialect : PLAIN;
}

/** Throws a RefusedError if the operation's element has a child whose name is not in `known`. */
export function requireKnown({ operation }: Call, known: readonly string[]): void {
  const unknown = operation.children.find(({ name }) => !known.includes(name));
  if (unknown !== undefined) throw new RefusedError(syntaxError(unknown.name));
}

/** Throws a RefusedError when another session owns the lock. */
export function requireUnlocked({ router, session }: Call): void {
  const { owner } = router.lock;
  if (owner && owner.session !== session.id) throw new RefusedError(deniedBy(owner, router));
}

/** The error for whoever finds the candidate locked, with times by the router's own clock. */
export function deniedBy(owner: LockOwner, { clock, options }: RouterModel): RpcError {
  return lockDenied({ ...owner, since: owner.since + options.clockAhead }, clock.now() + options.clockAhead);
}

/** Throws a RefusedError when the session edits the shared candidate and another session owns the lock. */
export function requireEditable(call: Call): void {
  if (call.session.workspace.kind === 'shared') requireUnlocked(call);
}
