/** A call: one operation while the router carries it out, with the faults that are due at its steps. */

import { pause } from './clock.ts';
import { PLAIN, type Dialect } from './dialect.ts';
import type { FaultOutcome, Step } from './faults.ts';
import type { Call, LiveSession, Router } from './model.ts';
import { lockDenied, NoReplyError, operationFailed, RefusedError } from './rpc-error.ts';
import type { XmlElement } from './xml.ts';

export function createCall(router: Router, session: LiveSession, operation: XmlElement): Call {
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
    ending: 'reply',
    rewrite: (body) => body,
    async step(step, work) {
      await applyFaults(step, 'before');
      try {
        return await work();
      } finally {
        // A fault applies after a failed step too. If it cuts the connection, the client never learns of the failure.
        await applyFaults(step, 'after');
      }
    },
  };
  return call;
}

async function applyFault(call: Call, outcome: FaultOutcome): Promise<void> {
  const { router, session } = call;
  switch (outcome.kind) {
    case 'refuse':
      throw new RefusedError(operationFailed(outcome.message ?? 'refused on request'));
    case 'drop':
      throw new NoReplyError('drop');
    case 'never-reply':
      throw new NoReplyError('never');
    case 'deny-lock': {
      const now = router.clock.now();
      const owner = { session: outcome.pid ?? 99_999, user: outcome.holder ?? 'operator', since: now };
      throw new RefusedError(lockDenied(owner, now));
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
      session.end('dropped');
      return;
    case 'rewrite':
      call.rewrite = (body) => outcome.by(body, call.operation);
      return;
    case 'truncate':
    case 'half-close':
      call.ending = outcome.kind;
  }
}

/** A session of the command line is answered plainly. */
export function dialectOf({ router, session }: Pick<Call, 'router' | 'session'>): Dialect {
  return session.client === 'netconf' ? router.options.dialect : PLAIN;
}

/** Throws a RefusedError when another session owns the lock. */
export function requireUnlocked({ router, session }: Call): void {
  const { owner } = router.lock;
  if (owner && owner.session !== session.id) throw new RefusedError(lockDenied(owner, router.clock.now()));
}

/** Throws a RefusedError when the session edits the shared candidate and another session owns the lock. */
export function requireEditable(call: Call): void {
  if (call.session.workspace.kind === 'shared') requireUnlocked(call);
}
