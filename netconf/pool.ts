/**
 * Sessions kept open per router, for routers limit both how many there are and how many are opened a minute.
 *
 * 1. A session is leased to one at a time.
 * 2. It is given back only if what was done with it ended well: a lock or an unfinished edit must not be inherited. Otherwise it is ended before the lease is.
 * 3. Leased and idle sessions of a router together never exceed the limit; who waits is served in order.
 * 4. Sessions opened with other credentials are not shared. Credentials are remembered as a keyed digest only.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { connectTo, type ConnectTo } from './connect-to.ts';
import { CAPABILITIES } from './hello.ts';
import { KnownHostsFile } from './known-hosts.ts';
import { Semaphore } from './semaphore.ts';
import { openSession, type Connect } from './open-session.ts';
import type { Session } from './session.ts';
import { assertPrivateKey, type Credentials } from './ssh-authentication.ts';
import type { Keepalive } from './ssh-transport.ts';

/** A router as its record has it. */
export interface RouterTarget {
  readonly id: string;
  /** For messages, instead of the id. */
  readonly name?: string;
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly password?: string;
  /** `false`: never more than one request in the air. */
  readonly pipelining?: boolean;
}

export interface SessionPoolOptions {
  /** Path of an OpenSSH `known_hosts` file, or who reads one: host keys are always checked. */
  readonly knownHosts: string | Pick<KnownHostsFile, 'read'>;
  readonly connectTo?: ConnectTo;
  /** Contents of a private key file, tried before passwords. */
  readonly privateKey?: string | Buffer;
  readonly passphrase?: string;
  /** Path of an SSH agent's socket, tried before passwords. */
  readonly agent?: string;
  /** Milliseconds from the first packet to the router's hello. */
  readonly connectMs: number;
  /** Milliseconds for a request whose operation doesn't say otherwise. */
  readonly requestMs: number;
  /** Default: every 15 s, given up after 3. */
  readonly keepalive?: Keepalive;
  /** Milliseconds that a session is kept without use. Default: 5 minutes. */
  readonly idleMs?: number;
  /** Default: 4, as Junos allows 75 for all its clients together. */
  readonly sessionsPerRouter?: number;
  /** Default: over SSH. */
  readonly connect?: Connect;
}

interface Idle {
  readonly session: Session;
  readonly credentials: string;
  readonly timer: NodeJS.Timeout;
}

/** By address, not by record: two records of one router share its limit. */
interface Router {
  readonly leases: Semaphore;
  leased: number;
  /** Longest idle first. */
  idle: readonly Idle[];
}

const defaults = { keepalive: { intervalMs: 15_000, count: 3 }, idleMs: 300_000, sessionsPerRouter: 4 };

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
    const { knownHosts } = options;
    this.#knownHosts = typeof knownHosts === 'string' ? new KnownHostsFile(knownHosts) : knownHosts;
    const { privateKey, passphrase, connectMs, requestMs } = options;
    // One listener per lease that is waited for or on.
    setMaxListeners(0, this.#closing.signal);
    if (privateKey !== undefined) assertPrivateKey(privateKey, passphrase);
    for (const [name, value] of Object.entries({ connectMs, requestMs, idleMs, sessionsPerRouter })) {
      if (!Number.isSafeInteger(value) || value < 1)
        throw new TypeError(`${name}: expected a whole number from 1, got ${value}`);
    }
  }

  /**
   * Leases a session, an idle one or a new one, for as long as `work` runs. Connects at most once.
   * `signal` ends waiting and connecting, not `work`.
   *
   * @throws what opening a session throws (`connectSsh`, `Session.open`), or what `work` throws.
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

  /** Ends idle sessions politely; refuses new leases; sessions on lease end when their work does. Work that hangs is cut off after `graceMs`. */
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
      await longestIdle.session.close();
    }
    const { connectTo: map, privateKey, passphrase, agent, connectMs, requestMs, keepalive } = this.#options;
    const peer = { id: target.id, name: target.name, ...connectTo(map ?? new Map(), target) };
    const { username, password, pipelining } = target;
    const credentials: Credentials = { username, password, privateKey, passphrase, agent };
    const knownHosts = await this.#knownHosts.read();
    const session = await openSession(
      { peer, credentials, knownHosts, connectMs, keepalive, signal },
      { deadlineMs: requestMs, pipelining, requiredCapabilities: [CAPABILITIES.junos] },
      this.#options.connect,
    );
    this.#open.add(session);
    session.onClosed(() => this.#open.delete(session));
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

  /** Politely if nothing is in the air, so that the router has released everything when the lease ends. */
  async #finish(session: Session): Promise<void> {
    if (session.isIdle) await session.close();
    else session.destroy('given back with requests in the air');
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
    session.onClosed(() => this.#forget(router, idle));
  }
}

/** A signal that follows several until disposed; `AbortSignal.any` would keep growing the long-lived one among them. */
function eitherSignal(signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal;
  readonly dispose: () => void;
} {
  const controller = new AbortController();
  const releases = signals
    .filter((signal) => signal !== undefined)
    .map((signal) => {
      const follow = () => controller.abort(signal.reason);
      if (signal.aborted) follow();
      signal.addEventListener('abort', follow);
      return () => signal.removeEventListener('abort', follow);
    });
  return { signal: controller.signal, dispose: () => releases.forEach((release) => release()) };
}
