/**
 * Looks at routers on behalf of all gateways that wait there: a worker asks each router once per interval, whatever their number, and a little more often
 * where a look may complete a gateway's evidence. Each gateway is judged alone, by what the look shows of it.
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
  /** When the look begins at the latest, in ms of the process's monotonic clock, if no other look is under way then. */
  readonly at: number;
  readonly resolve: (look: TimedLook) => void;
  readonly reject: (error: unknown) => void;
}

/** A look waits so long for company, in ms: the members of a batch begin to wait at nearly the same time. */
const GATHERING_MS = 20;
/** A look that is due may come after this part of the interval. */
const SOONEST = 1 / 10;

/** When the next look is wanted, in ms. */
export interface LookTime {
  /** The interval of looks. */
  readonly everyMs: number;
  /** In how many ms a look may complete the evidence. Absent: nobody knows. */
  readonly dueMs?: number | undefined;
}

/** After so many ms without anybody who waits, a router's login is forgotten. A poll that goes on asks for the next look at once. */
const FORGETTING_MS = 60_000;

const looks = new WeakMap<SessionPool, Map<string, RouterLooks>>();

/**
 * The next look at a router. It begins `everyMs` after the last one, or earlier if it is due, or if another gateway's look is. Rejects as the session does,
 * or when the activity is cancelled.
 */
export function nextLook(
  pool: SessionPool,
  timed: TimedTarget,
  wanted: ObserveRequest,
  time: LookTime,
): Promise<TimedLook> {
  const { id } = timed.target;
  const ofPool = looks.get(pool) ?? new Map<string, RouterLooks>();
  looks.set(pool, ofPool);
  const { cancellationSignal } = Context.current();
  return unlessAborted(cancellationSignal, () => {
    const ofRouter = ofPool.get(id) ?? new RouterLooks(pool, timed, () => void ofPool.delete(id));
    ofPool.set(id, ofRouter);
    ofRouter.learn(timed);
    return ofRouter.next(wanted, time);
  });
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
  #isLooking = false;
  #planned: { readonly at: number; readonly timer: NodeJS.Timeout } | undefined;
  readonly #forget: () => void;
  #forgetting: NodeJS.Timeout | undefined;

  /** `forget`: is called when nobody has waited for long. */
  constructor(pool: SessionPool, timed: TimedTarget, forget: () => void) {
    this.#pool = pool;
    this.#timed = timed;
    this.#forget = forget;
  }

  learn(timed: TimedTarget): void {
    if (timed.readAt > this.#timed.readAt) this.#timed = timed;
  }

  next(wanted: ObserveRequest, time: LookTime): Promise<TimedLook> {
    clearTimeout(this.#forgetting);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ wanted, at: this.#momentOf(time), resolve, reject });
      this.#plan();
    });
  }

  #momentOf({ everyMs, dueMs = Infinity }: LookTime): number {
    const now = performance.now();
    const due = Math.max(now + dueMs, this.#lastBegun + everyMs * SOONEST);
    return Math.max(now + GATHERING_MS, Math.min(due, this.#lastBegun + everyMs));
  }

  /** Plans the look for whoever wants it first. */
  #plan(): void {
    const at = Math.min(...this.#waiting.map((one) => one.at));
    if (this.#isLooking || at === Infinity || (this.#planned && this.#planned.at <= at)) return;
    clearTimeout(this.#planned?.timer);
    const timer = setTimeout(() => void this.#look(), at - performance.now());
    this.#planned = { at, timer };
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const begunAt = (this.#lastBegun = performance.now());
    const waiting = this.#waiting.splice(0);
    this.#planned = undefined;
    this.#isLooking = true;
    try {
      const shown = await this.#pool.withSession(this.#timed.target, (session) =>
        observe(session, together(waiting)),
      );
      for (const { resolve } of waiting) resolve({ shown, begunAt });
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    } finally {
      this.#isLooking = false;
      this.#plan();
      if (this.#waiting.length === 0) this.#forgetting = setTimeout(this.#forget, FORGETTING_MS).unref();
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
