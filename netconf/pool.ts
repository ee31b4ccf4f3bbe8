/**
 * A pool of sessions for each router. Sessions are kept open and used again, because routers limit how many there are at once and how many
 * are opened a minute.
 *
 * 1. A session is leased to one caller at a time.
 * 2. If the work of a lease failed, its session is not used again, because it may still have the lock or edits. That session ends before the lease does.
 * 3. The leased and the idle sessions of a router together never exceed the limit. Callers that wait for one are served in their order.
 * 4. A session is used again only with the credentials that it was opened with. Only a keyed digest of the credentials is stored.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { connectTo } from './connect-to.ts';
import { CAPABILITIES } from './hello.ts';
import { KnownHostsFile } from './known-hosts.ts';
import { openSession } from './open-session.ts';
import { POOL_DEFAULTS as defaults, type RouterTarget, type SessionPoolOptions } from './pool-options.ts';
import { Semaphore } from './semaphore.ts';
import type { Session } from './session.ts';
import { assertPrivateKey, type Credentials } from './ssh-authentication.ts';

export type { RouterTarget, SessionPoolOptions } from './pool-options.ts';

interface Idle {
  readonly session: Session;
  readonly credentials: string;
  readonly timer: NodeJS.Timeout;
}

/** Sessions of one address and port: several records of a router share its limit. */
interface Router {
  readonly leases: Semaphore;
  leased: number;
  /** The one that is idle longest comes first. */
  idle: readonly Idle[];
}

/**
 * @example
 * const pool = new SessionPool({ knownHosts: '/etc/gateway-saga/known_hosts', connectMs: 15_000, requestMs: 30_000 });
 * const groups = await pool.withSession(target, (session) => session.request(vrrpInterface('ae0.1025')));
 * await pool.close();
 */
export class SessionPool {
  readonly #options: SessionPoolOptions & typeof defaults;
  readonly #knownHosts: Pick<KnownHostsFile, 'read'>;
  readonly #routers = new Map<string, Router>();
  readonly #digestKey = randomBytes(32);
  /** Sessions that were opened and have not ended. */
  readonly #open = new Set<Session>();
  readonly #closing = new AbortController();

  /** @throws {TypeError} if the private key can't be used or a number makes no sense. */
  constructor(options: SessionPoolOptions) {
    const {
      keepalive = defaults.keepalive,
      idleMs = defaults.idleMs,
      sessionsPerRouter = defaults.sessionsPerRouter,
    } = options;
    this.#options = { ...options, keepalive, idleMs, sessionsPerRouter };
    const { knownHosts, privateKey, passphrase, connectMs, requestMs } = options;
    this.#knownHosts = typeof knownHosts === 'string' ? new KnownHostsFile(knownHosts) : knownHosts;
    // Without a limit, because each caller that waits for a lease, or has one, adds a listener.
    setMaxListeners(0, this.#closing.signal);
    if (privateKey !== undefined) assertPrivateKey(privateKey, passphrase);
    for (const [name, value] of Object.entries({ connectMs, requestMs, idleMs, sessionsPerRouter })) {
      if (!Number.isSafeInteger(value) || value < 1)
        throw new TypeError(`${name}: expected a whole number from 1, got ${value}`);
    }
  }

  /**
   * Leases a session for as long as `work` runs: an idle one, or a new one. It tries only once to connect. `signal` ends the waiting and
   * the connecting, not `work`.
   *
   * @throws what `openSession` throws, or what `work` throws.
   */
  async withSession<Result>(
    target: RouterTarget,
    work: (session: Session) => Promise<Result>,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Result> {
    const { signal, dispose } = eitherSignal([this.#closing.signal, options.signal]);
    const router = this.#router(target);
    try {
      await router.leases.acquire(signal);
      try {
        router.leased += 1;
        const session = this.#takeIdle(router, target) ?? (await this.#connect(router, target, signal));
        return await this.#lease(router, target, session, work);
      } finally {
        router.leased -= 1;
        router.leases.release();
      }
    } finally {
      dispose();
    }
  }

  /** How many sessions are open, by the router's id. A router without one is not among them. */
  get sessions(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { peer } of this.#open) counts.set(peer.id, (counts.get(peer.id) ?? 0) + 1);
    return counts;
  }

  /** Refuses new leases, ends idle sessions, and waits for the leased ones to end with their work; after `graceMs` it ends them itself. */
  async close(graceMs = 5_000): Promise<void> {
    this.#closing.abort(new Error('the session pool is closed'));
    const idle = [...this.#routers.values()].flatMap((router) => router.idle.map(({ session }) => session));
    const ended = [...this.#open].map((session) => new Promise<void>((resolve) => session.onClosed(resolve)));
    const timer = setTimeout(() => {
      for (const session of this.#open) session.destroy('the session pool was closed');
    }, graceMs);
    await Promise.all([...idle.map((session) => session.close(graceMs)), ...ended]);
    clearTimeout(timer);
  }

  #router(target: RouterTarget): Router {
    const { host, port } = connectTo(this.#options.connectTo ?? new Map(), target);
    const key = JSON.stringify([host, port]);
    const router = this.#routers.get(key) ?? {
      leases: new Semaphore(this.#options.sessionsPerRouter),
      leased: 0,
      idle: [],
    };
    this.#routers.set(key, router);
    return router;
  }

  #digest({ id, username, password, pipelining }: RouterTarget): string {
    return createHmac('sha256', this.#digestKey)
      .update(JSON.stringify([id, username, password, pipelining]))
      .digest('base64');
  }

  #takeIdle(router: Router, target: RouterTarget): Session | undefined {
    const credentials = this.#digest(target);
    const found = router.idle.findLast((idle) => idle.credentials === credentials);
    if (found === undefined) return undefined;
    this.#forget(router, found);
    return found.session;
  }

  #forget(router: Router, idle: Idle): void {
    clearTimeout(idle.timer);
    router.idle = router.idle.filter((other) => other !== idle);
  }

  async #connect(router: Router, target: RouterTarget, signal: AbortSignal): Promise<Session> {
    const [longestIdle] = router.idle;
    if (longestIdle !== undefined && router.leased + router.idle.length > this.#options.sessionsPerRouter) {
      this.#forget(router, longestIdle);
      const giveUp = () => longestIdle.session.destroy('given up while it was closed');
      signal.addEventListener('abort', giveUp);
      await longestIdle.session.close();
      signal.removeEventListener('abort', giveUp);
    }
    const { connectTo: map, privateKey, passphrase, agent, connectMs, requestMs, keepalive } = this.#options;
    const peer = { id: target.id, name: target.name, ...connectTo(map ?? new Map(), target) };
    const { username, password, pipelining } = target;
    const credentials: Credentials = { username, password, privateKey, passphrase, agent };
    const knownHosts = await this.#knownHosts.read();
    const { observer, connect } = this.#options;
    const session = await openSession(
      { peer, credentials, knownHosts, connectMs, keepalive, signal },
      {
        deadlineMs: requestMs,
        pipelining,
        requiredCapabilities: [CAPABILITIES.junos],
        observe: observer?.request,
      },
      connect,
    ).catch((error: unknown) => {
      if (!signal?.aborted) observer?.opened(target, 'failed');
      throw error;
    });
    observer?.opened(target, 'opened');
    this.#open.add(session);
    // Once for each session: a listener for each of its leases would stay as long as the session does.
    session.onClosed(() => {
      this.#open.delete(session);
      const idle = router.idle.find((one) => one.session === session);
      if (idle !== undefined) this.#forget(router, idle);
    });
    return session;
  }

  async #lease<Result>(
    router: Router,
    target: RouterTarget,
    session: Session,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    try {
      const result = await work(session);
      if (session.isOpen && session.isIdle && !this.#closing.signal.aborted)
        this.#keep(router, target, session);
      else await this.#finish(session);
      return result;
    } catch (error) {
      await this.#finish(session);
      throw error;
    }
  }

  /** Ends a session by a request if no other request is unanswered. Then the router has released the lock before the lease ends. */
  async #finish(session: Session): Promise<void> {
    if (session.isIdle) await session.close();
    else session.destroy('given back with unanswered requests');
  }

  #keep(router: Router, target: RouterTarget, session: Session): void {
    const end = () => {
      this.#forget(router, idle);
      void session.close();
    };
    const idle: Idle = {
      session,
      credentials: this.#digest(target),
      timer: setTimeout(end, this.#options.idleMs),
    };
    router.idle = [...router.idle, idle];
  }
}

/** A signal that fires with the first of several, until it is disposed of. `AbortSignal.any` would leak memory into a long-lived signal. */
function eitherSignal(signals: readonly (AbortSignal | undefined)[]) {
  const controller = new AbortController();
  const stops = signals
    .filter((signal) => signal !== undefined)
    .map((signal) => {
      const follow = () => controller.abort(signal.reason);
      if (signal.aborted) follow();
      signal.addEventListener('abort', follow);
      return () => signal.removeEventListener('abort', follow);
    });
  return { signal: controller.signal, dispose: () => stops.forEach((stop) => stop()) };
}
