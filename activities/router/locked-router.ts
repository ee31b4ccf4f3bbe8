/**
 * One router under our lock: look, act, look (T1). Two round trips to look, one to try out a load, one to commit.
 *
 * 1. Whatever is pending and not ours is left alone: nothing is checked or committed here while it is (T5), and the lock is not
 *    even taken, as its deadline might meet it.
 * 2. Nothing that changes something is sent along with the lock.
 * 3. Nothing is checked while a commit of ours is pending, unless to confirm it: a check does.
 */
import { ROUTER_DEADLINES } from '../../gateway/policies.ts';
import { parse } from '../../junos/parse.ts';
import type { Dialect } from '../../netconf/dialect.ts';
import { withDeadline } from '../../netconf/operation.ts';
import type { Done, Operation } from '../../netconf/operation.ts';
import {
  check,
  commitInformation,
  compareWithRunning,
  discardChanges,
  unlock,
} from '../../netconf/operations.ts';
import { unwrap } from '../../netconf/outcome.ts';
import type { Outcome } from '../../netconf/outcome.ts';
import { loadsOf, loadResultOf } from './loads.ts';
import type { Way } from './loads.ts';
import { foreign, unlockRouter, lockAndLook, lookAt } from './lock.ts';
import type { LookResult } from './lock.ts';
import type { LoadResult } from './separate.ts';
import type { RouterSession } from './router-sessions.ts';
import { standingOf } from './presence.ts';
import type { Stanzas, Standing } from './presence.ts';
import { readHistory } from './commit-history.ts';
import type { History, Pending } from './commit-history.ts';

export interface Look extends History {
  readonly standing: ReadonlyMap<Stanzas, Standing>;
}

export class LockedRouter {
  readonly session: RouterSession;
  readonly #stanzas: readonly Stanzas[];
  #look: Look;
  #edited = false;
  #held = true;

  private constructor(side: RouterSession, stanzas: readonly Stanzas[], look: Look) {
    this.session = side;
    this.#stanzas = stanzas;
    this.#look = look;
  }

  /**
   * `mayDisturb` throws when what is pending must be left alone even by us. Throws a `NotNowError` while the candidate or
   * something that is pending is somebody else's. What is pending of a turn that owes it is to be paid first: `payDebts`.
   */
  static async take(
    side: RouterSession,
    stanzas: readonly Stanzas[],
    mayDisturb: (side: RouterSession, pending: Pending) => void = () => undefined,
  ): Promise<LockedRouter> {
    const history = await side.session.request(commitInformation());
    const judge = ({ pending }: History): void => {
      if (pending.kind === 'foreign') throw foreign(side, pending.whose);
      mayDisturb(side, pending);
    };
    judge(readHistory(side.session, history, side.reader));
    const seen = await lockAndLook(side, pathsOf(stanzas));
    try {
      const look = lookOf(side, stanzas, seen);
      judge(look);
      return new LockedRouter(side, stanzas, look);
    } catch (error) {
      await unlockRouter(side);
      throw error;
    }
  }

  /** What was seen last. */
  get look(): Look {
    return this.#look;
  }

  get dialect(): Dialect {
    return this.#look.dialect;
  }

  standing(stanzas: Stanzas): Standing {
    return this.#look.standing.get(stanzas) ?? { kind: 'absent' };
  }

  /** Looks again, still under the lock. */
  async lookAgain(): Promise<Look> {
    const [running, edits, history] = await this.session.session.pipeline(lookAt(pathsOf(this.#stanzas)));
    const seen = { running: unwrap(running), edits: unwrap(edits), history: unwrap(history) };
    this.#look = lookOf(this.session, this.#stanzas, seen);
    return this.#look;
  }

  /**
   * Puts these, and nothing else, into the candidate. `checked`: has the router check them, too. The diff may touch only
   * what they own, and each of them must change something.
   */
  async loadAndCheck<T extends Stanzas>(items: readonly T[], way: Way, checked: boolean): Promise<LoadResult<T>> {
    const loads = items.flatMap((item) => loadsOf(item, way).map((load) => ({ item, load })));
    await this.discard();
    this.#edited = true;
    const outcomes = await this.session.session.pipeline([
      ...loads.map(({ load }) => load),
      compareWithRunning(),
      ...(checked ? [slow(check())] : []),
    ]);
    return loadResultOf({
      way,
      items,
      loaded: loads.map(({ item }, index) => ({ item, outcome: outcomes[index] as Outcome<Done> })),
      diff: outcomes[loads.length] as Outcome<string>,
      check: outcomes[loads.length + 1] as Outcome<Done> | undefined,
    });
  }

  /**
   * Commits what was tried out last so that it falls back by itself, asks for the history and gives the lock back, in one write.
   * Throws `RpcFailedError` when it was refused; whatever else it throws, it may have been carried out.
   */
  async commitAndLeave(commit: Operation<Done>): Promise<History> {
    this.#held = false;
    const { session, reader: watch } = this.session;
    const [committed, history, ...cleared] = await session.pipeline([
      slow(commit),
      commitInformation(),
      discardChanges(),
      unlock(),
    ]);
    if (cleared.some(({ kind }) => kind === 'failed'))
      session.destroy('the candidate could not be given back');
    unwrap(committed);
    return readHistory(session, unwrap(history), watch);
  }

  /** Commits or checks what the candidate holds, and keeps the lock. Throws as `commitAndLeave` does. */
  async act(operation: Operation<Done>): Promise<void> {
    await this.session.session.request(slow(operation));
    this.#edited = false;
  }

  async discard(): Promise<void> {
    if (!this.#edited) return;
    await this.session.session.request(discardChanges());
    this.#edited = false;
  }

  /** Gives the lock back, without our edits. Never throws. */
  async unlock(): Promise<void> {
    if (!this.#held) return;
    this.#held = false;
    const { session } = this.session;
    if (this.#edited) {
      const [discarded] = await session.pipeline([discardChanges()]);
      // Unlocked with them they would go along with the next commit, whoever makes it.
      if (discarded.kind === 'failed') session.destroy('our edits could not be discarded');
    }
    await unlockRouter(this.session);
  }
}

function slow<T>(operation: Operation<T>): Operation<T> {
  return withDeadline(operation, ROUTER_DEADLINES.commitMs);
}

function pathsOf(stanzas: readonly Stanzas[]) {
  return stanzas.flatMap(({ configuration }) => configuration.owns);
}

function lookOf({ session, reader: watch }: RouterSession, stanzas: readonly Stanzas[], { running, history }: LookResult): Look {
  const tree = parse(running);
  const standing = new Map(stanzas.map((one) => [one, standingOf(tree, one.configuration)]));
  return { ...readHistory(session, history, watch), standing };
}
