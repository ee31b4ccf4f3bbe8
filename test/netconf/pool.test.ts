import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthenticationError,
  HostKeyError,
  RequestTimeoutError,
  RpcFailedError,
} from '../../netconf/errors.ts';
import { discardChanges, unlock } from '../../netconf/operations.ts';
import { SessionPool, type RouterTarget, type SessionPoolOptions } from '../../netconf/pool.ts';
import type { Session } from '../../netconf/session.ts';
import { FakeRouter, type FakeRouterOptions } from './fake-router.ts';
import { keyPair } from './keys.ts';

const target: RouterTarget = {
  id: 'r-1',
  address: '10.79.5.184',
  port: 830,
  username: 'ops',
  password: 'secret',
};

describe('the session pool', () => {
  let folder: string;
  let router: FakeRouter;
  let pool: SessionPool;

  async function start(options: FakeRouterOptions = {}, poolOptions: Partial<SessionPoolOptions> = {}) {
    router = await FakeRouter.start(options);
    await writeFile(join(folder, 'known_hosts'), router.knownHostsLines);
    pool = new SessionPool({
      knownHosts: join(folder, 'known_hosts'),
      connectTo: new Map([['r-1', { host: '127.0.0.1', port: router.port }]]),
      connectMs: 5_000,
      requestMs: 5_000,
      ...poolOptions,
    });
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pool-'));
  });
  afterEach(async () => {
    await pool.close(500);
    await router.close();
    await rm(folder, { recursive: true });
  });

  const ask = (session: Session) => session.request(unlock());
  /** A lease that lasts until `release` is called. */
  function hold(which = target) {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    let session: Session | undefined;
    const started = new Promise<Session>((resolve, reject) => {
      finished = pool.withSession(which, async (leased) => {
        session = leased;
        resolve(leased);
        await gate;
      });
      finished.catch(reject);
    });
    return { started, release, finished: finished!, session: () => session };
  }
  let finished: Promise<void> | undefined;

  it('connects where connect-to says, and reuses the session', async () => {
    await start();
    for (let time = 0; time < 3; time += 1) await pool.withSession(target, ask);
    assert.equal(router.connections, 1);
    assert.deepEqual(router.operations, ['unlock', 'unlock', 'unlock']);
  });

  it('asks a session once to be told of its end, however often it is leased', async () => {
    await start();
    let asked = 0;
    await pool.withSession(target, async (session) => {
      const onClosed = session.onClosed.bind(session);
      session.onClosed = (listener) => {
        asked += 1;
        onClosed(listener);
      };
    });
    for (let time = 0; time < 3; time += 1) await pool.withSession(target, ask);
    assert.equal(router.connections, 1);
    assert.ok(asked <= 1, `asked ${asked} times`);
  });

  it('leases a session to one at a time', async () => {
    await start();
    const [one, two] = [hold(), hold()];
    assert.notEqual(await one.started, await two.started);
    one.release();
    two.release();
    await Promise.all([one.finished, two.finished]);
    assert.equal(router.connections, 2);
  });

  it('lets those beyond the limit wait, in order', async () => {
    await start({}, { sessionsPerRouter: 1 });
    const first = hold();
    await first.started;
    const order: number[] = [];
    const waiting = [1, 2, 3].map((number) => pool.withSession(target, async () => void order.push(number)));
    first.release();
    await Promise.all(waiting);
    assert.deepEqual(order, [1, 2, 3]);
    assert.equal(router.connections, 1);
  });

  it('lets one who waits give up, without losing the slot', async () => {
    await start({}, { sessionsPerRouter: 1 });
    const first = hold();
    await first.started;
    const waiter = new AbortController();
    const reason = new Error('no longer wanted');
    const given = pool.withSession(target, ask, { signal: waiter.signal });
    const patient = pool.withSession(target, ask);
    waiter.abort(reason);
    await assert.rejects(given, reason);
    first.release();
    await patient;
    await assert.rejects(pool.withSession(target, ask, { signal: AbortSignal.abort(reason) }), reason);
    await pool.withSession(target, ask);
  });

  it('does not share a session between credentials, and stays within the limit', async () => {
    await start({}, { sessionsPerRouter: 1 });
    await pool.withSession(target, ask);
    const other = { ...target, username: 'other' };
    await pool.withSession(other, ask);
    assert.deepEqual(router.operations, ['unlock', 'close-session', 'unlock']);
    await assert.rejects(pool.withSession({ ...target, password: 'wrong' }, ask), AuthenticationError);
    await pool.withSession(target, ask);
  });

  it('gives up on a signal, too, while the router does not end the idle session that has to make room', async () => {
    await start(
      {
        endsSessions: false,
        answer: ({ operation }, { reply }) => (operation === 'close-session' ? undefined : reply('<ok/>')),
      },
      { sessionsPerRouter: 1 },
    );
    await pool.withSession(target, ask);
    const giveUp = new AbortController();
    const other = pool.withSession({ ...target, username: 'other' }, ask, { signal: giveUp.signal });
    const ended = assert.rejects(other, /no longer wanted/);
    while (!router.operations.includes('close-session')) await new Promise(setImmediate);
    const abortedAt = performance.now();
    giveUp.abort(new Error('no longer wanted'));
    await ended;
    assert.ok(performance.now() - abortedAt < 2_000);
  });

  it('ends the session before the lease when the work failed, so that no lock is inherited', async () => {
    await start({
      answer: ({ operation }, { reply }) =>
        reply(
          operation === 'discard-changes'
            ? '<rpc-error><error-severity>error</error-severity></rpc-error>'
            : '<ok/>',
        ),
    });
    await assert.rejects(
      pool.withSession(target, (session) => session.request(discardChanges())),
      RpcFailedError,
    );
    assert.deepEqual(router.operations, ['discard-changes', 'close-session']);
    await assert.rejects(
      pool.withSession(target, () => Promise.reject(new Error('of ours'))),
      /of ours/,
    );
    assert.deepEqual(router.operations, ['discard-changes', 'close-session', 'close-session']);
    await pool.withSession(target, ask);
    assert.equal(router.connections, 3);
  });

  it('drops a session that timed out', async () => {
    await start(
      {
        answer: ({ operation }, { reply }) => (operation === 'discard-changes' ? undefined : reply('<ok/>')),
      },
      { requestMs: 400 },
    );
    await assert.rejects(
      pool.withSession(target, (session) => session.request(discardChanges())),
      RequestTimeoutError,
    );
    await pool.withSession(target, ask);
    assert.equal(router.connections, 2);
  });

  it('drops a session that is given back with an unanswered request', async () => {
    await start({
      answer: ({ operation }, { reply }) => (operation === 'discard-changes' ? undefined : reply('<ok/>')),
    });
    let abandoned: Promise<unknown> | undefined;
    await pool.withSession(target, async (session) => {
      abandoned = session.request(discardChanges());
      abandoned.catch(() => {});
    });
    await assert.rejects(abandoned ?? Promise.resolve(), /given back with unanswered requests/);
    await pool.withSession(target, ask);
    assert.equal(router.connections, 2);
  });

  it('drops an idle session that the router closed', async () => {
    await start({ answer: (_request, { reply, end }) => (reply('<ok/>'), setTimeout(end, 10)) });
    let session: Session | undefined;
    await pool.withSession(target, async (leased) => {
      session = leased;
      await ask(leased);
    });
    await new Promise<void>((resolve) => session?.onClosed(resolve));
    await pool.withSession(target, ask);
    assert.equal(router.connections, 2);
  });

  it('closes a session that was not used for long', async () => {
    await start({}, { idleMs: 30 });
    let session: Session | undefined;
    await pool.withSession(target, async (leased) => void (session = leased));
    await new Promise<void>((resolve) => session?.onClosed(resolve));
    assert.deepEqual(router.operations, ['close-session']);
    await pool.withSession(target, ask);
    assert.equal(router.connections, 2);
  });

  it('connects once per lease, and frees the slot when that fails', async () => {
    await start({}, { sessionsPerRouter: 1 });
    const wrong = { ...target, password: 'wrong' };
    await assert.rejects(pool.withSession(wrong, ask), AuthenticationError);
    assert.equal(router.connections, 1);
    await pool.withSession(target, ask);
  });

  it('reads known_hosts again when it has changed', async () => {
    await start();
    await writeFile(join(folder, 'known_hosts'), '');
    await assert.rejects(pool.withSession(target, ask), /is unknown/);
    await writeFile(join(folder, 'known_hosts'), router.knownHostsLines);
    await pool.withSession(target, ask);
  });

  it('says that a host key may be known soon while known_hosts is away or was changed just now, and not later', async () => {
    await start();
    const file = join(folder, 'known_hosts');
    const refused = async (): Promise<HostKeyError> => {
      try {
        await pool.withSession(target, ask);
      } catch (error) {
        if (error instanceof HostKeyError) return error;
        throw error;
      }
      return assert.fail('it was not refused');
    };
    await rm(file);
    const away = await refused();
    assert.equal(away.mayPass, true);
    assert.ok(away.message.includes(` is unknown (${file} can't be read (ENOENT)); `), away.message);
    await writeFile(file, '');
    assert.equal((await refused()).mayPass, true);
    await utimes(file, 0, 0);
    const missing = await refused();
    assert.equal(missing.mayPass, false);
    assert.match(missing.message, / is unknown; /);
    await writeFile(file, `[127.0.0.1]:${router.port} ${keyPair('ed25519').public}\n`);
    const changed = await refused();
    assert.deepEqual([changed.verdict.kind, changed.mayPass], ['changed', false]);
    await writeFile(file, router.knownHostsLines);
    await pool.withSession(target, ask);
  });

  describe('closing', () => {
    it('ends idle sessions politely and refuses new leases', async () => {
      await start();
      await pool.withSession(target, ask);
      await pool.close();
      assert.deepEqual(router.operations, ['unlock', 'close-session']);
      await assert.rejects(pool.withSession(target, ask), /the session pool is closed/);
    });

    it('waits for work, turns waiters away, and cuts off what hangs', async () => {
      await start({}, { sessionsPerRouter: 1 });
      const lease = hold();
      const session = await lease.started;
      const waiting = pool.withSession(target, ask);
      const closed = pool.close(10_000);
      await assert.rejects(waiting, /the session pool is closed/);
      assert.equal(session.isOpen, true);
      lease.release();
      await Promise.all([lease.finished, closed]);
      assert.deepEqual(router.operations, ['close-session']);
    });

    it('cuts off what hangs', async () => {
      await start();
      const lease = hold();
      const session = await lease.started;
      await pool.close(50);
      assert.equal(session.isOpen, false);
      lease.release();
      await lease.finished;
    });
  });

  it('refuses options that make no sense', async () => {
    await start();
    const base = { knownHosts: 'f', connectMs: 1, requestMs: 1 };
    assert.throws(
      () => new SessionPool({ ...base, connectMs: 0 }),
      /connectMs: expected a whole number from 1, got 0/,
    );
    assert.throws(() => new SessionPool({ ...base, sessionsPerRouter: 1.5 }), /sessionsPerRouter: expected/);
    assert.throws(() => new SessionPool({ ...base, privateKey: 'none' }), /private key: expected/);
  });
});
