/**
 * One router under our lock: "look, act, look" (T1). A look takes two round trips, trying a load takes one, a commit takes one.
 * 1. While a commit of somebody else is pending, nothing is checked or committed on the router ("others' pending commit", T5). Not even the
 *    lock is taken: it might keep the router from falling back at that commit's deadline.
 * 2. No operation that changes the router is sent in the same write as the lock.
 * 3. While a commit of ours is pending, no check is sent except to confirm it, because a check confirms. One exception: `settleRouter`
 *    checks inverse changes after the router has refused them together, and has refused to take the trial back. Before each of these checks it
 *    does what it does before a confirm. If the look found nothing pending, nothing can become pending under the lock, so a check needs no
 *    "fencing token" (T3).
 */
import { ROUTER_DEADLINES } from '../../gateway/policies.ts';
import { unwrap, withDeadline } from '../../netconf/operation.ts';
import type { Done, Operation, Outcome } from '../../netconf/operation.ts';
import {
  check,
  commitInformation,
  compareWithRunning,
  discardChanges,
  loadRollback,
  synchronized,
  unlock,
} from '../../netconf/operations.ts';
import type { CommitHistory } from '../../netconf/operations.ts';
import { needsRouterClock, readCommitHistory } from './commit-history.ts';
import type { CommitState } from './commit-history.ts';
import { NO_FAMILY } from './family.ts';
import { hiding } from './hide-secrets.ts';
import type { Hide } from './hide-secrets.ts';
import { loadResultOf } from './judge.ts';
import type { CandidateCheck, LoadResult } from './judge.ts';
import { behindCommit, foreignCommit, lockAndLook, lookAt, readAheadMs, unlockRouter } from './lock.ts';
import { lookOf, subjectOf } from './look.ts';
import type { LockOptions, Look, Subject } from './look.ts';
import { presenceOf } from './presence.ts';
import type { GatewayChange, Presence } from './presence.ts';
import { preparedLoads, withErrors } from './prepared-loads.ts';
import type { RouterSession } from './router-sessions.ts';
import { readUnits } from './units.ts';
import type { Database, Units } from './units.ts';
import { assertOnEveryEngine, readFirstHistory } from './synchronization.ts';
import type { Synchronization } from './synchronization.ts';

export class LockedRouter {
  readonly session: RouterSession;
  readonly subject: Subject;
  /** By how much the router's clock is ahead of ours, in ms, where that matters. Under our lock nobody else commits. */
  readonly #aheadMs: number | undefined;
  #synchronization: Synchronization;
  #look: Look;
  /** Takes the secrets of what was loaded last out of a router's refusal. */
  #hide: Hide = (error) => error;
  #isEdited = false;
  #isLocked = true;

  private constructor(
    session: RouterSession,
    subject: Subject,
    aheadMs: number | undefined,
    synchronization: Synchronization,
    look: Look,
  ) {
    this.session = session;
    this.subject = subject;
    this.#aheadMs = aheadMs;
    this.#synchronization = synchronization;
    this.#look = look;
  }

  /**
   * Locks the router and looks at these changes. Throws a `NotNowError` if somebody else has the lock, has edits in the candidate, or has a
   * commit pending.
   */
  static async lock(
    session: RouterSession,
    changes: readonly GatewayChange[],
    { mayDisturb, mayTakeOver, family = NO_FAMILY }: LockOptions = {},
  ): Promise<LockedRouter> {
    const subject = subjectOf(changes, family);
    const now = Date.now();
    const { entries, synchronization } = await readFirstHistory(session);
    const aheadOf = async (history: CommitHistory, askedAt: number) =>
      needsRouterClock(history, askedAt) ? readAheadMs(session.netconf) : undefined;
    const aheadMs = await aheadOf(entries, now);
    const assertMayGoOn = ({ pending, unrecorded }: CommitState): void => {
      if (unrecorded !== undefined && mayTakeOver?.(unrecorded)) return;
      if (pending.kind === 'foreign') throw foreignCommit(session, pending.whose);
      mayDisturb?.(session, pending);
    };
    assertMayGoOn(readCommitHistory(session.netconf, entries, session.reader, { now, aheadMs }));
    const seen = await lockAndLook(session, subject.paths);
    try {
      // Somebody may have committed before we had the lock.
      const locked = aheadMs ?? (await aheadOf(seen.entries, seen.now));
      const look = await lookOf(session, subject, locked, seen);
      assertMayGoOn(look);
      return new LockedRouter(session, subject, locked, synchronization, look);
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
    return this.#look.presence.get(change) ?? presenceOf([], change);
  }

  /** Looks again, still under the lock. */
  async lookAgain(): Promise<Look> {
    const now = Date.now();
    const [running, edits, entries] = await this.session.netconf.pipeline(lookAt(this.subject.paths));
    const seen = { now, running, edits: unwrap(edits), entries: unwrap(entries) };
    this.#look = await lookOf(this.session, this.subject, this.#aheadMs, seen);
    return this.#look;
  }

  /** The configuration of these units, own and inherited. */
  units(names: readonly string[], database: Database): Promise<Units> {
    return readUnits(this.session.netconf, names, database);
  }

  /**
   * Puts these changes, and nothing else, into the candidate. Throws a `RefusedError` if a check that has to reach every routing engine has not
   * reached them all. `assertMayCheck` is called right before the check is sent.
   */
  async load<T extends GatewayChange>(
    items: readonly T[],
    how: CandidateCheck,
    assertMayCheck?: () => Promise<void>,
  ): Promise<LoadResult<T>> {
    const revealerOf = await this.session.revealersOf(items);
    const { loads, culprits } = preparedLoads(items, this.subject, this.#look.running, revealerOf);
    await this.discard();
    if (culprits.size > 0) return { kind: 'refused', culprits };
    await assertMayCheck?.();
    this.#isEdited = true;
    const outcomes = await this.session.netconf.pipeline([
      ...loads.map(({ load }) => load),
      compareWithRunning(),
      ...(how === 'unchecked' ? [] : [this.#synchronized(check())]),
    ]);
    const checked = outcomes[loads.length + 1] as Outcome<Done> | undefined;
    const loaded = loads.map(({ item }, index) => ({ item, outcome: outcomes[index] as Outcome<Done> }));
    const diff = outcomes[loads.length] as Outcome<string>;
    const { claimed } = this.subject;
    const result = loadResultOf(
      this.session.netconf,
      { items, loads: loaded, diff, check: checked },
      claimed,
    );
    if (how === 'checked on every engine' && result.kind === 'accepted' && checked?.kind === 'done')
      assertOnEveryEngine(this.session, this.#synchronization, 'check', checked.value);
    this.#hide = hiding(items.flatMap(({ gateway }) => revealerOf(gateway).secrets));
    return withErrors(result, this.#hide);
  }

  /**
   * Puts what stood before the newest commit into the candidate, unchecked. The history is read after that: it tells which commit was the newest
   * one. Throws an `RpcFailedError` if the router refuses.
   */
  async loadBeforeNewest(): Promise<{ readonly diff: string } & Pick<CommitState, 'isTrialNewest'>> {
    await this.discard();
    this.#isEdited = true;
    const { netconf, reader } = this.session;
    const now = Date.now();
    const [loaded, diff, entries] = await netconf.pipeline([
      loadRollback(1),
      compareWithRunning(),
      commitInformation(),
    ]);
    unwrap(loaded);
    const state = readCommitHistory(netconf, unwrap(entries), reader, { now, aheadMs: this.#aheadMs });
    return { diff: unwrap(diff), isTrialNewest: state.isTrialNewest };
  }

  /**
   * Commits what was loaded last, reads the commit history and unlocks, in one write. Throws an `RpcFailedError` if the commit was refused, a
   * `RefusedError` if it was made on one of two routing engines only. After any other error the commit may have been made.
   */
  async commitAndUnlock(commit: Operation<Done>): Promise<CommitState> {
    this.#isLocked = false;
    const { netconf, reader } = this.session;
    const now = Date.now();
    const [committed, entries, ...cleared] = await netconf.pipeline([
      this.#synchronized(commit),
      commitInformation(),
      discardChanges(),
      unlock(),
    ]);
    if (cleared.some(({ kind }) => kind === 'failed'))
      netconf.destroy('the candidate could not be given back');
    if (committed.kind === 'failed') throw this.#hide(committed.error);
    assertOnEveryEngine(this.session, this.#synchronization, 'commit', committed.value);
    return readCommitHistory(netconf, behindCommit(entries), reader, { now, aheadMs: this.#aheadMs });
  }

  /**
   * Commits or checks what the candidate holds, and keeps the lock. Throws an `RpcFailedError` if that was refused. The operation need not reach the
   * other routing engine.
   */
  async act(operation: Operation<Done>): Promise<void> {
    try {
      await this.session.netconf.request(this.#synchronized(operation));
    } catch (error) {
      throw this.#hide(error);
    }
    this.#isEdited = false;
  }

  /** Whether checks and commits are synchronized with the router's other routing engine. */
  get isSynchronized(): boolean {
    return this.#synchronization.goesAlong;
  }

  /** Does this work without the router's other routing engine. */
  async onOneEngine<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#synchronization;
    this.#synchronization = { goesAlong: false };
    try {
      return await work();
    } finally {
      this.#synchronization = before;
    }
  }

  #synchronized(operation: Operation<Done>): Operation<Done> {
    return withDeadline(this.isSynchronized ? synchronized(operation) : operation, ROUTER_DEADLINES.commitMs);
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
