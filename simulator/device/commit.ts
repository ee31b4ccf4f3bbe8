/** Checking the candidate and making it run. */

import { needsCandidate, type Call } from './call.ts';
import { check } from './check.ts';
import { pause } from './clock.ts';
import { sameConfig, type Config } from './config.ts';
import { Cut, Refused } from './failure.ts';
import type { Commit } from './history.ts';
import { operationFailed } from './rpc-error.ts';
import { SCHEMA } from './schema.ts';
import { textOf } from './state.ts';

export interface CommitRequest {
  readonly log?: string;
  /** Left out: the commit stays. */
  readonly confirmed?: {
    /** Until it falls back, in ms. */
    readonly timeout: number;
    /** `10mins`, for the comment. */
    readonly shown: string;
    /** Whether it ends with its session (RFC 6241 §8.4) or outlives it (Junos's own form). */
    readonly bound: 'session' | 'none';
  };
}

async function checked(call: Call, config: Config): Promise<void> {
  const { router } = call;
  await call.step('check', async () => {
    await pause(router.clock, router.options.delays.check);
    const found = check(config, SCHEMA);
    if (found.length > 0) throw new Refused(...found, operationFailed('configuration check-out failed'));
  });
}

/** Checks the candidate. One that passes confirms a pending commit; another user's by `options.foreignCheck`. */
export function checkCandidate(call: Call): Promise<void> {
  const { router } = call;
  needsCandidate(call);
  return router.serial(async () => {
    needsCandidate(call);
    await checked(call, call.session.workspace.target());
    const met = router.pendingAuthor();
    const { user } = call.session;
    if (!met || (met.user !== user && router.options.foreignCheck === 'leaves')) return;
    router.pending.end();
    router.changed();
    router.note(() => ({ kind: 'confirmed', user, met }));
  });
}

function activated(call: Call, config: Config, request: CommitRequest): Commit {
  const { router, session } = call;
  const { confirmed, log } = request;
  const before = router.running();
  const earlier = router.pending.current;
  const met = router.pendingAuthor();
  const until = confirmed ? router.clock.now() + confirmed.timeout : null;
  router.pending.end();
  const { user, client } = session;
  const made = router.activate(
    {
      config,
      user,
      client,
      ...(log === undefined ? {} : { log }),
      ...(confirmed ? { comment: `commit confirmed, rollback in ${confirmed.shown}` } : {}),
    },
    () => ({ kind: 'committed', user, log: log ?? null, until, config: textOf(config), met }),
  );
  session.workspace.committed(config);
  if (confirmed && until !== null) {
    router.pending.begin({
      sequence: made.sequence,
      deadline: until,
      fallback: earlier && router.options.stacking === 'last-only' ? earlier.fallback : before,
      ...(confirmed.bound === 'session' ? { session: session.id } : {}),
    });
    router.changed();
  }
  return made;
}

/** Throws when somebody else has the lock, or edits that a private commit would run over. */
function needsCommit(call: Call): void {
  needsCandidate(call);
  const { router, session } = call;
  if (session.workspace.kind === 'private' && router.candidate.modifiedBy !== undefined) {
    throw new Refused(operationFailed('shared configuration database modified'));
  }
}

/**
 * Commits the candidate, whoever edited it. Any commit confirms a pending one. What the candidate holds when the commit
 * begins is what runs at its end.
 */
export function commitCandidate(call: Call, request: CommitRequest): Promise<Commit> {
  const { router, session } = call;
  needsCommit(call);
  if (request.confirmed && session.workspace.kind === 'private') {
    throw new Refused(operationFailed('commit confirmed is not supported in private mode'));
  }
  return router.serial(async () => {
    needsCommit(call);
    const { starts } = router;
    const config = call.session.workspace.target();
    await checked(call, config);
    return call.step('activate', async () => {
      const confirms = router.pending.current !== undefined && sameConfig(config, router.running());
      const { confirm, commit } = router.options.delays;
      await pause(router.clock, confirms ? confirm : commit);
      if (router.starts !== starts) throw new Cut('drop');
      return activated(call, config, request);
    });
  });
}
