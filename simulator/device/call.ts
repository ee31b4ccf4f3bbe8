/** One request on its way through the router. */

import { pause } from './clock.ts';
import { Cut, Refused } from './failure.ts';
import type { FaultOutcome, Step } from './faults.ts';
import { lockDenied } from './lock.ts';
import { operationFailed } from './rpc-error.ts';
import type { Router } from './router.ts';
import type { LiveSession } from './session.ts';
import type { XmlElement } from './xml.ts';

/** What becomes of the reply once the operation is done. */
export type Ending = 'reply' | 'truncate' | 'half-close';

export interface Call {
  readonly router: Router;
  readonly session: LiveSession;
  readonly operation: XmlElement;
  ending: Ending;
  /** Carries out a step, with the faults that are due before and after it. */
  step<T>(step: Step, work: () => Promise<T> | T): Promise<T>;
}

/** The answer to an operation: what stands inside `<rpc-reply>`. Errors are thrown as Refused. */
export type Operation = (call: Call) => Promise<string> | string;

async function suffer(call: Call, outcome: FaultOutcome): Promise<void> {
  const { router, session } = call;
  switch (outcome.kind) {
    case 'refuse':
      throw new Refused(operationFailed(outcome.message ?? 'refused on request'));
    case 'drop':
      throw new Cut('drop');
    case 'never-reply':
      throw new Cut('never');
    case 'deny-lock': {
      const owner = {
        session: outcome.pid ?? 99_999,
        user: outcome.holder ?? 'operator',
        since: router.clock.now(),
      };
      throw new Refused(lockDenied(owner, router.clock.now()));
    }
    case 'fail-check': {
      const { message, path, badElement } = outcome;
      throw new Refused(
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
    case 'truncate':
    case 'half-close':
      call.ending = outcome.kind;
  }
}

export function createCall(router: Router, session: LiveSession, operation: XmlElement): Call {
  const meet = async (step: Step, moment: 'before' | 'after'): Promise<void> => {
    const point = { rpc: operation.name, step, moment, user: session.user, session: session.id };
    for (let due = router.faults.take(point); due; due = router.faults.take(point)) {
      await suffer(call, due);
      if (due.kind !== 'delay') return;
    }
  };
  const call: Call = {
    router,
    session,
    operation,
    ending: 'reply',
    async step(step, work) {
      await meet(step, 'before');
      try {
        return await work();
      } finally {
        // Also when the step failed: what cuts the connection then hides the failure, as it would.
        await meet(step, 'after');
      }
    },
  };
  return call;
}

/** Throws when somebody else has the lock. */
export function needsCandidate({ router, session }: Call): void {
  const { owner } = router.lock;
  if (owner && owner.session !== session.id) throw new Refused(lockDenied(owner, router.clock.now()));
}

/** Throws when somebody else has the lock on what this session edits; a private copy is its own. */
export function needsToEdit(call: Call): void {
  if (call.session.workspace.kind === 'shared') needsCandidate(call);
}
