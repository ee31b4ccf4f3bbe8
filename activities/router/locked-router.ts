/**
 * One router under our lock: "look, act, look" (T1). A look takes two round trips, trying a load takes one, a commit takes one.
 *
 * 1. While a commit of somebody else is pending, nothing is checked or committed on the router ("others' pending commit", T5). Not even the
 *    lock is taken: it might keep the router from falling back at that commit's deadline.
 * 2. No operation that changes the router is sent in the same write as the lock.
 * 3. While a commit of ours is pending, no check is sent except to confirm it, because a check confirms. One exception: `settleRouter`
 *    checks inverse changes after the router has refused them together.
 */
import { FAILURES } from '../../gateway/failures.ts';
import { ROUTER_DEADLINES } from '../../gateway/policies.ts';
import { ownedBy } from '../../gateway/change.ts';
import { parse } from '../../junos/parse.ts';
import type { Path } from '../../junos/tree.ts';
import { unwrap, withDeadline } from '../../netconf/operation.ts';
import type { Done, Operation, Outcome } from '../../netconf/operation.ts';
import {
  check,
  commitInformation,
  compareWithRunning,
  discardChanges,
  getConfiguration,
  killSession,
  lock,
  unlock,
} from '../../netconf/operations.ts';
import type { CommitHistory, LockHolder } from '../../netconf/operations.ts';
import { NotNowError } from '../refused.ts';
import { readCommitHistory } from './commit-history.ts';
import type { CommitState, PendingCommit, UnrecordedTrial } from './commit-history.ts';
import { loadResultOf, loadsOf } from './load.ts';
import type { LoadResult } from './load.ts';
import { presenceOf } from './presence.ts';
import type { GatewayChange, Presence } from './presence.ts';
import type { RouterSession } from './router-sessions.ts';

export interface Look extends CommitState {
  readonly presence: ReadonlyMap<GatewayChange, Presence>;
}

export interface LockOptions {
  /** Throws if the pending commit must be left alone although it is ours. */
  readonly mayDisturb?: (session: RouterSession, pending: PendingCommit) => void;
  /** Whether the lock may be taken although this trial is pending. Default: no. */
  readonly mayTakeOver?: (trial: UnrecordedTrial) => boolean;
}

export class LockedRouter {
  readonly session: RouterSession;
  readonly #changes: readonly GatewayChange[];
  #look: Look;
  #isEdited = false;
  #isLocked = true;

  private constructor(session: RouterSession, changes: readonly GatewayChange[], look: Look) {
    this.session = session;
    this.#changes = changes;
    this.#look = look;
  }

  /**
   * Locks the router and looks at these changes. Throws a `NotNowError` if somebody else has the lock, has edits in the candidate, or has a
   * commit pending.
   */
  static async lock(
    session: RouterSession,
    changes: readonly GatewayChange[],
    { mayDisturb, mayTakeOver }: LockOptions = {},
  ): Promise<LockedRouter> {
    const entries = await session.netconf.request(commitInformation());
    const assertMayGoOn = ({ pending, unrecorded }: CommitState): void => {
      if (unrecorded !== undefined && mayTakeOver?.(unrecorded)) return;
      if (pending.kind === 'foreign') throw foreignCommit(session, pending.whose);
      mayDisturb?.(session, pending);
    };
    assertMayGoOn(readCommitHistory(session.netconf, entries, session.reader));
    const seen = await lockAndLook(session, pathsOf(changes));
    try {
      const look = lookOf(session, changes, seen);
      assertMayGoOn(look);
      return new LockedRouter(session, changes, look);
    } catch (error) {
      await unlockRouter(session);
      throw error;
    }
  }

  /** What the last look showed. */
  get look(): Look {
    return this.#look;
  }

  presence(change: GatewayChange): Presence {
    return this.#look.presence.get(change) ?? { kind: 'absent' };
  }

  /** Looks again, still under the lock. */
  async lookAgain(): Promise<Look> {
    const [running, edits, entries] = await this.session.netconf.pipeline(lookAt(pathsOf(this.#changes)));
    const seen = { running: unwrap(running), edits: unwrap(edits), entries: unwrap(entries) };
    this.#look = lookOf(this.session, this.#changes, seen);
    return this.#look;
  }

  /** Puts these changes, and nothing else, into the candidate. `isChecked`: the router checks them as well. */
  async load<T extends GatewayChange>(items: readonly T[], isChecked: boolean): Promise<LoadResult<T>> {
    const loads = items.flatMap((item) => loadsOf(item.change).map((load) => ({ item, load })));
    await this.discard();
    this.#isEdited = true;
    const outcomes = await this.session.netconf.pipeline([
      ...loads.map(({ load }) => load),
      compareWithRunning(),
      ...(isChecked ? [slow(check())] : []),
    ]);
    return loadResultOf({
      items,
      loads: loads.map(({ item }, index) => ({ item, outcome: outcomes[index] as Outcome<Done> })),
      diff: outcomes[loads.length] as Outcome<string>,
      check: outcomes[loads.length + 1] as Outcome<Done> | undefined,
    });
  }

  /**
   * Commits what was loaded last, reads the commit history and unlocks, in one write. Throws an `RpcFailedError` if the commit was refused.
   * After any other error the commit may have been made.
   */
  async commitAndUnlock(commit: Operation<Done>): Promise<CommitState> {
    this.#isLocked = false;
    const { netconf, reader } = this.session;
    const [committed, entries, ...cleared] = await netconf.pipeline([
      slow(commit),
      commitInformation(),
      discardChanges(),
      unlock(),
    ]);
    if (cleared.some(({ kind }) => kind === 'failed'))
      netconf.destroy('the candidate could not be given back');
    unwrap(committed);
    return readCommitHistory(netconf, unwrap(entries), reader);
  }

  /** Commits or checks what the candidate holds, and keeps the lock. Throws as `commitAndUnlock` does. */
  async act(operation: Operation<Done>): Promise<void> {
    await this.session.netconf.request(slow(operation));
    this.#isEdited = false;
  }

  async discard(): Promise<void> {
    if (!this.#isEdited) return;
    await this.session.netconf.request(discardChanges());
    this.#isEdited = false;
  }

  /** Unlocks the router, without our edits. Never throws. */
  async unlock(): Promise<void> {
    if (!this.#isLocked) return;
    this.#isLocked = false;
    const { netconf } = this.session;
    if (this.#isEdited) {
      const [discarded] = await netconf.pipeline([discardChanges()]);
      // Edits that stayed in an unlocked candidate would become part of the next commit, whoever makes it.
      if (discarded.kind === 'failed') netconf.destroy('our edits could not be discarded');
    }
    await unlockRouter(this.session);
  }
}

export function busy({ name }: RouterSession, why: string): NotNowError {
  return new NotNowError(FAILURES.RouterBusy, `${name}: ${why.slice(0, 200)}`);
}

export function foreignCommit(session: RouterSession, whose: string): NotNowError {
  return busy(session, `a confirmed commit by ${whose} is pending`);
}

interface Seen {
  readonly running: string;
  /** What the candidate would change. */
  readonly edits: string;
  readonly entries: CommitHistory;
}

/** A filter without any path would return the whole configuration. */
const ALMOST_NOTHING: readonly Path[] = [['system', 'host-name']];

function lookAt(paths: readonly Path[]) {
  return [
    getConfiguration({ paths: paths.length === 0 ? ALMOST_NOTHING : paths, database: 'committed' }),
    compareWithRunning(),
    commitInformation(),
  ] as const;
}

/**
 * Takes the lock and looks, in one write. If the lock is denied and its holder (RFC 6241 §7.5 names it) is a session of an earlier attempt
 * under this reservation, that session is killed, and the lock is tried once more. If the router names this very session as the holder,
 * this session is ended.
 */
async function lockAndLook(session: RouterSession, paths: readonly Path[]): Promise<Seen> {
  const { netconf } = session;
  for (let tries = 1; ; tries += 1) {
    const [locked, running, edits, entries] = await netconf.pipeline([lock(), ...lookAt(paths)]);
    const outcome = unwrap(locked);
    if (outcome.kind === 'denied' && tries === 1 && isOfEarlierAttempt(session, outcome.holder)) {
      // The router refuses the kill if that session has ended meanwhile. That does no harm.
      await netconf.pipeline([killSession(outcome.holder.sessionId ?? '')]);
      continue;
    }
    if (outcome.kind === 'denied') {
      const { sessionId, description } = outcome.holder;
      if (sessionId === netconf.sessionId) netconf.destroy('the router denied it the lock that it has');
      // The holder's idle time differs at every look. Without it the reason stays the same, and is reported only once.
      throw busy(session, description.replace(/,? idle \S+/, ''));
    }
    if (outcome.kind === 'modified') throw busy(session, outcome.message);
    try {
      const seen = { running: unwrap(running), edits: unwrap(edits), entries: unwrap(entries) };
      if (seen.edits.trim() !== '') throw busy(session, "the candidate holds somebody's unfinished edits");
      return seen;
    } catch (error) {
      await unlockRouter(session);
      throw error;
    }
  }
}

/**
 * Session ids are process ids, which may be used again after a restart of the router. So if the router names the holder's login, it must be
 * ours, too.
 */
function isOfEarlierAttempt(
  { netconf, username, record }: RouterSession,
  { sessionId, description }: LockHolder,
): boolean {
  if (sessionId === undefined || sessionId === netconf.sessionId) return false;
  const holder = /locked by:? *(\S+)/i.exec(description)?.[1];
  const isRecorded = record.reservation?.sessions.includes(sessionId) ?? false;
  return isRecorded && (holder === undefined || holder === username);
}

/** Never throws: a session that can't unlock is ended, which makes the router unlock. */
async function unlockRouter({ netconf }: RouterSession): Promise<void> {
  const [unlocked] = await netconf.pipeline([unlock()]);
  if (unlocked.kind === 'failed') netconf.destroy('the lock could not be given back');
}

function slow<T>(operation: Operation<T>): Operation<T> {
  return withDeadline(operation, ROUTER_DEADLINES.commitMs);
}

function pathsOf(changes: readonly GatewayChange[]): readonly Path[] {
  return changes.flatMap(({ change }) => ownedBy(change));
}

function lookOf(
  { netconf, reader }: RouterSession,
  changes: readonly GatewayChange[],
  { running, entries }: Seen,
): Look {
  const tree = parse(running);
  const presence = new Map(changes.map((one) => [one, presenceOf(tree, one.change)]));
  return { ...readCommitHistory(netconf, entries, reader), presence };
}
