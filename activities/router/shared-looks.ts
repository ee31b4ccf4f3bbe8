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

/** A look that somebody waits for. */
interface LookRequest {
  readonly target: RouterTarget;
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
  target: RouterTarget,
  wanted: ObserveRequest,
  everyMs: number,
): Promise<TimedLook> {
  const ofPool = looks.get(pool) ?? new Map<string, RouterLooks>();
  looks.set(pool, ofPool);
  const ofRouter = ofPool.get(target.id) ?? new RouterLooks(pool);
  ofPool.set(target.id, ofRouter);
  return Promise.race([ofRouter.next(target, wanted, everyMs), Context.current().cancelled]);
}

class RouterLooks {
  readonly #pool: SessionPool;
  #waiting: LookRequest[] = [];
  #lastBegun = -Infinity;
  /** A look is planned, or under way. */
  #isBusy = false;

  constructor(pool: SessionPool) {
    this.#pool = pool;
  }

  next(target: RouterTarget, wanted: ObserveRequest, everyMs: number): Promise<TimedLook> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ target, wanted, resolve, reject });
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
      // The one that came last has read the address and the login last.
      const { target } = waiting.at(-1) as LookRequest;
      const shown = await this.#pool.withSession(target, (session) => observe(session, together(waiting)));
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
