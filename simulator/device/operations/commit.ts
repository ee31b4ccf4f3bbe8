/**
 * `<commit>` and `<validate>` (RFC 6241 §8.3.4, §8.4, §8.6), Junos's own `<commit-configuration>`, and
 * `<get-commit-information>`.
 */

import {
  dialectOf,
  exclusively,
  requireKnown,
  requireNoRestart,
  requireUnlocked,
  withCandidateLocked,
} from '../call.ts';
import { pause } from '../clock.ts';
import { check } from '../config/check.ts';
import { sameConfig, type Config } from '../config/config.ts';
import { SCHEMA } from '../config/schema.ts';
import { textOf } from '../config/text-form.ts';
import { routersLog, type Dialect } from '../dialect.ts';
import type { Commit } from '../history.ts';
import type { Call, Operation, RouterModel } from '../model.ts';
import { operationFailed, RefusedError, resultErrorXml, syntaxError } from '../rpc-error.ts';
import { child, childText, leaf, wrap } from '../xml.ts';
import { dateXml } from './status.ts';
import { openRoutingEngine, success, synchronizationOf, type Synchronization } from './synchronize.ts';

const DEFAULT_MINUTES = 10;
const DEFAULT_SECONDS = 600;
const MAX_MINUTES = 65_535;
const CHECK_FAILED = 'configuration check-out failed';

/** Junos's form. A confirmed commit of this form does not depend on its session, and its time-out is in minutes. */
export const commitConfiguration: Operation = (call) =>
  asResults(call, async (dialect) => {
    const { operation, router } = call;
    // Junos knows more, such as `at-time`, which is not simulated.
    requireKnown(call, ['check', 'synchronize', 'confirmed', 'confirm-timeout', 'log']);
    const synchronization = synchronizationOf(call);
    if (child(operation, 'check')) {
      await checkCandidate(call, synchronization);
      return success(call, synchronization, dialect, '<commit-check-success/>');
    }
    const log = childText(operation, 'log');
    const minutes = wholeNumber(childText(operation, 'confirm-timeout'), DEFAULT_MINUTES, MAX_MINUTES);
    await commitCandidate(call, {
      synchronization,
      ...(log === undefined ? {} : { log }),
      ...(child(operation, 'confirmed') && {
        confirmed: { timeout: minutes * router.options.minute, minutes, endsWithSession: false },
      }),
    });
    return success(call, synchronization, dialect, '<commit-success/>');
  });

/** The standard form. A confirmed commit of this form falls back when its session ends, and its time-out is in seconds. */
export const commit: Operation = (call) => {
  const { operation, router } = call;
  requireKnown(call, ['synchronize', 'confirmed', 'confirm-timeout']);
  const seconds = wholeNumber(childText(operation, 'confirm-timeout'), DEFAULT_SECONDS, MAX_MINUTES * 60);
  const confirmed = {
    timeout: seconds * router.options.second,
    minutes: Math.ceil(seconds / 60),
    endsWithSession: true,
  };
  return asResults(call, async () => {
    const synchronization = synchronizationOf(call);
    await commitCandidate(call, {
      synchronization,
      ...(child(operation, 'confirmed') ? { confirmed } : {}),
    });
    return '<ok/>';
  });
};

/** Checks the candidate, as `<commit-configuration><check/>` does. */
export const validate: Operation = (call) => {
  const source = child(call.operation, 'source')?.children[0]?.name ?? 'candidate';
  if (source !== 'candidate') throw new RefusedError(syntaxError(source));
  return asResults(call, async (dialect) => {
    const synchronization = synchronizationOf(call);
    await checkCandidate(call, synchronization);
    return success(call, synchronization, dialect, '<commit-check-success/>');
  });
};

function wholeNumber(text: string | undefined, otherwise: number, max: number): number {
  if (text === undefined) return otherwise;
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= max) return Number(text);
  throw new RefusedError(syntaxError(text, { tag: 'invalid-value' }));
}

/** Puts the errors of a check inside `commit-results`. Other errors, such as that of a lock, are passed on as they are. */
async function asResults(call: Call, work: (dialect: Dialect) => Promise<string>): Promise<string> {
  const dialect = dialectOf(call);
  try {
    return await work(dialect);
  } catch (error) {
    const isCheck = error instanceof RefusedError && error.errors.at(-1)?.message === CHECK_FAILED;
    if (!isCheck) throw error;
    const errors = error.errors.map((one) => resultErrorXml(one, dialect)).join('\n');
    // Around errors, the end tag of `<routing-engine>` was only ever seen missing where the errors had the standard form.
    if (dialect.routingEngine === 'closed' || dialect.errors === 'xnm') return wrap('commit-results', errors);
    return openRoutingEngine(call.router.engines.master, errors);
  }
}

interface CommitRequest {
  readonly synchronization: Synchronization;
  readonly log?: string;
  /** Left out: the commit is permanent. */
  readonly confirmed?: {
    /** Time until the fall-back, in ms. */
    readonly timeout: number;
    /** The same in minutes, for the commit's comment. */
    readonly minutes: number;
    /** Whether the commit falls back when its session ends: the standard form (RFC 6241 §8.4). */
    readonly endsWithSession: boolean;
  };
}

/** Checks the workspace. Success confirms a pending commit; if another user made that commit, `options.foreignCheck` decides. */
function checkCandidate(call: Call, synchronization: Synchronization): Promise<void> {
  const { router } = call;
  requireUnlocked(call);
  return exclusively(call, async () => {
    requireUnlocked(call);
    await requireChecked(call, call.session.workspace.toCommit());
    const met = router.pendingAuthor();
    const { user } = call.session;
    if (met && met.user !== user && router.options.foreignCheck === 'leaves') return;
    if (synchronization === 'done') router.engines.confirmOnBackup();
    if (!met) return;
    router.pending.clear();
    router.stateChanged();
    router.emit(() => ({ kind: 'confirmed', user, met }));
  });
}

/**
 * Commits the workspace, whoever made its edits. Every commit confirms a pending one. The new running configuration is
 * the workspace's when the commit begins: later edits are not in it.
 */
function commitCandidate(call: Call, request: CommitRequest): Promise<Commit> {
  const { router, session } = call;
  requireCommittable(call);
  if (request.confirmed && session.workspace.kind === 'private') {
    throw new RefusedError(operationFailed('commit confirmed is not supported in private mode'));
  }
  return exclusively(call, async () => {
    requireCommittable(call);
    return withCandidateLocked(call, async () => {
      const config = session.workspace.toCommit();
      await requireChecked(call, config);
      return call.step('activate', async () => {
        const onlyConfirms = router.pending.current !== undefined && sameConfig(config, router.running());
        const { confirm, commit } = router.options.delays;
        await pause(router.clock, onlyConfirms ? confirm : commit);
        requireNoRestart(call);
        return activate(call, config, request);
      });
    });
  });
}

/** Throws a RefusedError when another session owns the lock, or for a private copy while the candidate has edits. */
function requireCommittable(call: Call): void {
  requireUnlocked(call);
  const { router, session } = call;
  if (session.workspace.kind === 'private' && router.candidate.modifiedBy !== undefined) {
    throw new RefusedError(operationFailed('shared configuration database modified'));
  }
}

async function requireChecked(call: Call, config: Config): Promise<void> {
  const { router } = call;
  await call.step('check', async () => {
    await pause(router.clock, router.options.delays.check);
    requireNoRestart(call);
    const found = check(config, SCHEMA);
    if (found.length > 0) throw new RefusedError(...found, operationFailed(CHECK_FAILED));
  });
}

function activate(call: Call, config: Config, { synchronization, confirmed, log }: CommitRequest): Commit {
  const { router, session } = call;
  const before = router.running();
  const earlier = router.pending.current;
  const met = router.pendingAuthor();
  const until = confirmed ? router.clock.now() + confirmed.timeout : null;
  router.pending.clear();
  const { user, client } = session;
  const made = router.activate(
    {
      config,
      user,
      client,
      ...(log === undefined ? {} : { log }),
      ...(confirmed ? { comment: `commit confirmed, rollback in ${confirmed.minutes}mins` } : {}),
      ...(synchronization === 'done' ? { isSynchronized: true as const } : {}),
    },
    () => ({ kind: 'committed', user, log: log ?? null, until, config: textOf(config), met }),
  );
  if (synchronization === 'done') router.engines.commitOnBackup(made, until);
  session.workspace.committed(config);
  if (confirmed && until !== null) {
    router.pending.start({
      sequence: made.sequence,
      deadline: until,
      fallback: earlier && router.options.stacking === 'last-only' ? earlier.fallback : before,
      ...(confirmed.endsWithSession ? { session: session.id } : {}),
    });
    router.stateChanged();
  }
  return made;
}

/** The history: author, time, log and marks of each commit, newest first. */
export const getCommitInformation: Operation = ({ router, session }) => {
  const dialect = dialectOf({ router, session });
  const entries = router.history.commits.map((commit, n) =>
    wrap(
      'commit-history',
      [
        leaf('sequence-number', n),
        leaf('user', commit.user),
        leaf('client', commit.client),
        dateXml(router, commit.at),
        ...(commit.isSynchronized || dialect.synchronizeComment
          ? [leaf('comment', 'commit synchronize')]
          : []),
        ...(commit.comment === undefined ? [] : [leaf('comment', commit.comment)]),
        ...(isMarkedPending(router, commit) ? [leaf('commit-confirmed', 'rollback pending')] : []),
        ...(commit.log === undefined ? [] : [leaf('log', commit.log)]),
        ...(commit.client === 'other' ? routersLog(dialect) : []),
      ].join('\n'),
    ),
  );
  return wrap('commit-information', entries.join('\n'));
};

function isMarkedPending({ options, pending }: RouterModel, commit: Commit): boolean {
  if (options.pendingMark === 'none') return false;
  if (options.pendingMark === 'forever') return commit.comment !== undefined;
  return pending.current?.sequence === commit.sequence;
}
