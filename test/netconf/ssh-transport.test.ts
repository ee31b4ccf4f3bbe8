import assert from 'node:assert/strict';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { AuthenticationError, HostKeyError, UnreachableError } from '../../netconf/errors.ts';
import { parseKnownHosts, type KnownHosts } from '../../netconf/known-hosts.ts';
import { openSession } from '../../netconf/open-session.ts';
import { unlock } from '../../netconf/operations.ts';
import { assertPrivateKey, type Credentials } from '../../netconf/ssh-authentication.ts';
import { keyPair } from './keys.ts';
import { FakeRouter, type FakeRouterOptions } from './fake-router.ts';

const canary = 'canary-5f1e';
const password = { username: 'ops', password: 'secret' };

describe('the SSH transport', () => {
  let router: FakeRouter | undefined;
  const sockets = new Set<Socket>();
  const closers: (() => void)[] = [];

  afterEach(async () => {
    await router?.close();
    router = undefined;
    for (const close of closers.splice(0)) close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  });

  interface Attempt {
    readonly port?: number;
    readonly host?: string;
    readonly credentials?: Credentials;
    readonly knownHosts?: KnownHosts;
    readonly connectMs?: number;
    readonly signal?: AbortSignal;
    readonly keepalive?: { intervalMs: number; count: number };
  }

  function open({ port = router?.port ?? 0, host = '127.0.0.1', ...rest }: Attempt = {}) {
    const knownHosts = rest.knownHosts ?? router?.knownHosts ?? parseKnownHosts('', 'known_hosts');
    const keepalive = rest.keepalive ?? { intervalMs: 0, count: 3 };
    const { credentials = password, connectMs = 5_000, signal } = rest;
    return openSession(
      { peer: { id: 'r-1', host, port }, credentials, knownHosts, connectMs, keepalive, signal },
      { deadlineMs: 5_000 },
    );
  }

  async function start(options: FakeRouterOptions = {}) {
    router = await FakeRouter.start(options);
    return router;
  }

  /** A TCP listener that does with each connection what it is told. */
  async function listen(onSocket: (socket: Socket) => void): Promise<number> {
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => {}));
      onSocket(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  describe('authenticates', () => {
    it('by password', async () => {
      await start();
      const session = await open();
      await session.close();
    });

    it('by password where the router asks for it interactively', async () => {
      await start({ interactive: true });
      const session = await open();
      await session.close();
    });

    for (const type of ['ed25519', 'rsa', 'ecdsa'] as const) {
      it(`by an ${type} key, before any password`, async () => {
        const key = keyPair(type);
        await start({ publicKey: key.public, password: 'none matches' });
        const session = await open({ credentials: { ...password, privateKey: key.private } });
        await session.close();
      });
    }

    it('by password when the router does not take the key', async () => {
      await start({ publicKey: keyPair('ed25519').public });
      const session = await open({
        credentials: { ...password, privateKey: keyPair('ed25519').private },
      });
      await session.close();
    });

    it('by password when the agent is not there', async () => {
      await start();
      const session = await open({ credentials: { ...password, agent: '/nowhere/agent.sock' } });
      await session.close();
    });
  });

  it('reports refused credentials, with the methods tried and no secret', async () => {
    await start();
    await assert.rejects(open({ credentials: { username: 'ops', password: canary } }), (error: unknown) => {
      assert.ok(error instanceof AuthenticationError);
      assert.match(
        error.message,
        /authentication of "ops" was refused \(tried password\): check login and password of its edge_router record, or the private key$/,
      );
      assert.deepEqual(error.methods, ['password']);
      assertNoCanary(error);
      return true;
    });
  });

  it('reports that there was nothing to try', async () => {
    await start();
    await assert.rejects(open({ credentials: { username: 'ops' } }), /no method was left to try/);
  });

  describe('checks the host key', () => {
    it('and refuses an unknown one before any credential is sent', async () => {
      const { port } = await start({ password: canary });
      await assert.rejects(
        open({
          credentials: { username: 'ops', password: canary },
          knownHosts: parseKnownHosts('', '/etc/known hosts'),
        }),
        (error: unknown) => {
          assert.ok(error instanceof HostKeyError);
          assert.equal(error.verdict.kind, 'unknown');
          assert.match(error.message, /host key ssh-ed25519 SHA256:[A-Za-z0-9+/]{43} is unknown/);
          assert.ok(
            error.message.endsWith(`ssh-keyscan -p ${port} 127.0.0.1 >> '/etc/known hosts'`),
            error.message,
          );
          assertNoCanary(error);
          return true;
        },
      );
    });

    it('and refuses a changed one', async () => {
      const { port } = await start();
      const other = keyPair('ed25519').public;
      await assert.rejects(
        open({ knownHosts: parseKnownHosts(`[127.0.0.1]:${port} ${other}`, 'f') }),
        (error: unknown) => error instanceof HostKeyError && error.verdict.kind === 'changed',
      );
    });

    it('and refuses a revoked one', async () => {
      const { knownHostsLines, publicKeys } = await start();
      await assert.rejects(
        open({ knownHosts: parseKnownHosts(`${knownHostsLines}@revoked * ${publicKeys[0]}`, 'f') }),
        (error: unknown) => error instanceof HostKeyError && error.verdict.kind === 'revoked',
      );
    });

    for (const index of [0, 1, 2]) {
      it(`of which it knows one of three, by asking for that one (${['ed25519', 'ecdsa', 'rsa'][index]})`, async () => {
        const { port, publicKeys } = await start({ keyTypes: ['ed25519', 'ecdsa', 'rsa'] });
        const session = await open({
          knownHosts: parseKnownHosts(`[127.0.0.1]:${port} ${publicKeys[index]}`, 'f'),
        });
        await session.close();
      });
    }
  });

  describe('can not reach', () => {
    const unreachable = (stage: string, reason: RegExp) => (error: unknown) => {
      assert.ok(error instanceof UnreachableError, String(error));
      assert.equal(error.stage, stage, error.message);
      assert.match(error.message, reason);
      return true;
    };

    it('a port where nobody listens', async () => {
      const port = await listen(() => {});
      for (const close of closers.splice(0)) close();
      await assert.rejects(open({ port }), unreachable('connect', /ECONNREFUSED/));
    });

    it('a name that does not exist', async () => {
      await assert.rejects(
        open({ host: 'router.invalid', port: 830 }),
        unreachable('connect', /ENOTFOUND|EAI_AGAIN/),
      );
    });

    it('a server that says nothing', async () => {
      await assert.rejects(
        open({ port: await listen(() => {}), connectMs: 100 }),
        unreachable('key exchange', /not connected within 100 ms/),
      );
    });

    it('a server that hangs up', async () => {
      await assert.rejects(
        open({ port: await listen((socket) => socket.end()) }),
        unreachable('key exchange', /Connection lost before handshake|closed/),
      );
    });

    it('a server that is none', async () => {
      await assert.rejects(
        open({ port: await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')) }),
        unreachable('key exchange', /./),
      );
    });

    it('a router without NETCONF', async () => {
      await start({ refuseSubsystem: true });
      await assert.rejects(open(), unreachable('subsystem', /Unable to start subsystem: netconf/));
    });
  });

  it('gives up when the signal says so, at whatever stage', async () => {
    const reason = new Error('no longer wanted');
    await assert.rejects(open({ port: 1, signal: AbortSignal.abort(reason) }), reason);
    const silent = new AbortController();
    const port = await listen(() => silent.abort(reason));
    await assert.rejects(open({ port, signal: silent.signal }), reason);
    await start({ hello: undefined });
    const noHello = new AbortController();
    setTimeout(() => noHello.abort(reason), 100);
    await assert.rejects(open({ signal: noHello.signal }), reason);
  });

  it('notices a router that went silent', async () => {
    const { port: routerPort, knownHostsLines, port } = await start();
    // Between us and the router a path that lets nothing through any more.
    const upstreams: Socket[] = [];
    const relay = await listen((socket) => {
      const upstream = connect(routerPort, '127.0.0.1').on('error', () => {});
      sockets.add(upstream);
      upstreams.push(upstream);
      socket.pipe(upstream).pipe(socket);
    });
    const knownHosts = parseKnownHosts(knownHostsLines.replace(String(port), String(relay)), 'f');
    const session = await open({ port: relay, knownHosts, keepalive: { intervalMs: 100, count: 5 } });
    await session.request(unlock());
    for (const upstream of upstreams) upstream.unpipe();
    await new Promise<void>((resolve) => session.onClosed(resolve));
    await assert.rejects(session.request(unlock()), /session lost before unlock was sent: Keepalive timeout/);
  });

  it('keeps a session with a router that answers keepalives', async () => {
    await start();
    const session = await open({ keepalive: { intervalMs: 20, count: 25 } });
    await new Promise((resolve) => setTimeout(resolve, 800));
    await session.request(unlock());
    await session.close();
  });

  it('says what is wrong with a private key, without showing it', () => {
    const { private: key, public: open } = keyPair('ed25519');
    const encrypted = keyPair('ed25519', canary).private;
    assertPrivateKey(key);
    assertPrivateKey(encrypted, canary);
    assert.throws(
      () => assertPrivateKey(canary),
      (error: unknown) => (
        assertNoCanary(error),
        /private key: expected an OpenSSH or PEM private key/.test(String(error))
      ),
    );
    assert.throws(() => assertPrivateKey(encrypted), /without a passphrase/);
    assert.throws(() => assertPrivateKey(encrypted, 'wrong'), /got one that can't be read/);
    assert.throws(() => assertPrivateKey(open), /got a public one/);
  });
});

function assertNoCanary(error: unknown): void {
  const texts: unknown[] = [];
  for (let at = error; at instanceof Error; at = at.cause)
    texts.push(at.message, at.stack, JSON.stringify(at));
  assert.ok(!texts.join('\n').includes(canary));
}
