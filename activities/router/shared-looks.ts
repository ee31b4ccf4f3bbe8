/**
 * Looks at routers on behalf of all gateways that wait there: a worker asks each router once per interval, whatever their number. Each gateway
 * is judged alone, by what the look shows of it.
 */
import { Context } from '@temporalio/activity';
import type { RouterTarget, SessionPool } from '../../netconf/pool.ts';
import { observe } from './observe.ts';
import type { Shown, ObserveRequest } from './observe.ts';

/** What a look shows, and when it began, in ms of the process's monotonic clock. */
export interface TimedLook {
  readonly shown: Shown;
  readonly begunAt: number;
}

/** Where a router is and how to log in, and when that was read, in ms of the process's monotonic clock. */
export interface TimedTarget {
  readonly target: RouterTarget;
  readonly readAt: number;
}

/** A look that somebody waits for. */
interface LookRequest {
  readonly wanted: ObserveRequest;
  readonly resolve: (look: TimedLook) => void;
  readonly reject: (error: unknown) => void;
}

/** A look waits so long for company, in ms: the members of a batch begin to wait at nearly the same time. */
const GATHERING_MS = 20;

const looks = new WeakMap<SessionPool, Map<string, RouterLooks>>();

/**
 * The next look at a router, which begins at least `everyMs` after the last one. Rejects as the session does, or when the activity is
 * cancelled.
 */
export function nextLook(
  pool: SessionPool,
  timed: TimedTarget,
  wanted: ObserveRequest,
  everyMs: number,
): Promise<TimedLook> {
  const { id } = timed.target;
  const ofPool = looks.get(pool) ?? new Map<string, RouterLooks>();
  looks.set(pool, ofPool);
  const ofRouter = ofPool.get(id) ?? new RouterLooks(pool, timed);
  ofPool.set(id, ofRouter);
  ofRouter.learn(timed);
  const { cancellationSignal } = Context.current();
  return unlessAborted(cancellationSignal, () => ofRouter.next(wanted, everyMs));
}

/**
 * Resolves as `start()` does; rejects once the signal is aborted, with its reason. Keeps nothing of the result, however long the signal lives: a race with
 * a promise that never settles would.
 */
function unlessAborted<T>(signal: AbortSignal, start: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    void start()
      .finally(() => signal.removeEventListener('abort', abort))
      .then(resolve, reject);
  });
}

class RouterLooks {
  readonly #pool: SessionPool;
  /** As read last, by whoever has waited here. */
  #timed: TimedTarget;
  #waiting: LookRequest[] = [];
  #lastBegun = -Infinity;
  /** A look is planned, or under way. */
  #isBusy = false;

  constructor(pool: SessionPool, timed: TimedTarget) {
    this.#pool = pool;
    this.#timed = timed;
  }

  learn(timed: TimedTarget): void {
    if (timed.readAt > this.#timed.readAt) this.#timed = timed;
  }

  next(wanted: ObserveRequest, everyMs: number): Promise<TimedLook> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ wanted, resolve, reject });
      if (!this.#isBusy) this.#plan(everyMs);
    });
  }

  #plan(everyMs: number): void {
    this.#isBusy = true;
    const waitMs = Math.max(GATHERING_MS, this.#lastBegun + everyMs - performance.now());
    setTimeout(() => void this.#look(everyMs), waitMs);
  }

  /** Never rejects. */
  async #look(everyMs: number): Promise<void> {
    const begunAt = (this.#lastBegun = performance.now());
    const waiting = this.#waiting.splice(0);
    try {
      const shown = await this.#pool.withSession(this.#timed.target, (session) =>
        observe(session, together(waiting)),
      );
      for (const { resolve } of waiting) resolve({ shown, begunAt });
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    } finally {
      this.#isBusy = false;
      if (this.#waiting.length > 0) this.#plan(everyMs);
    }
  }
}

function together(waiting: readonly LookRequest[]): ObserveRequest {
  return {
    interfaces: waiting.flatMap(({ wanted }) => wanted.interfaces),
    filters: waiting.flatMap(({ wanted }) => wanted.filters),
    sessions: waiting.flatMap(({ wanted }) => wanted.sessions),
    routes: waiting.flatMap(({ wanted }) => wanted.routes),
  };
}
