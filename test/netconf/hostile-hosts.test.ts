/** Who answers where a router should be: another key than known, or somebody in between. */
import assert from 'node:assert/strict';
import { HostKeyError, NetconfError } from '../../netconf/errors.ts';
import { FakeRouter, type FakeRouterOptions } from './fake-router.ts';
import { ask, assertRefused, poolFor, target, type Site } from './hostile-scene.ts';
import { Middle } from './middle.ts';

/** What `known_hosts` says of a router that is reached by another port. */
const linesAt = (router: FakeRouter, port: number): string =>
  router.publicKeys.map((key) => `[127.0.0.1]:${port} ${key}\n`).join('');

describe('where a router should answer', function () {
  this.timeout(60_000);
  let routers: FakeRouter[];
  let middle: Middle | undefined;
  let site: Site;

  beforeEach(() => {
    routers = [];
  });
  afterEach(async () => {
    await site.close();
    await middle?.close();
    for (const router of routers) await router.close();
    middle = undefined;
  });

  async function router(options: FakeRouterOptions = {}): Promise<FakeRouter> {
    const started = await FakeRouter.start({ password: target.password ?? '', ...options });
    routers.push(started);
    return started;
  }

  /** A known router behind somebody on the wire; no session is kept between leases, so that each connects anew. */
  async function throughMiddle(options: FakeRouterOptions = {}): Promise<[FakeRouter, Middle]> {
    const real = await router(options);
    middle = await Middle.open(real.port);
    site = await poolFor(middle.port, linesAt(real, middle.port), { idleMs: 1, requestMs: 2_000 });
    return [real, middle];
  }

  async function assertWorks(): Promise<void> {
    await site.pool.withSession(target, ask);
  }

  /** Resolves when an unused session has outlived `idleMs`. */
  const unused = () => new Promise((resolve) => setTimeout(resolve, 30));

  describe('the host key', () => {
    const refused = async (kind: string, keyType: RegExp): Promise<void> => {
      const error = await assertRefused(site.pool, HostKeyError, keyType);
      assert.equal((error as HostKeyError).verdict.kind, kind);
    };

    it('of a router that was replaced is refused before any credential is sent, and taken once it is known', async () => {
      const [, between] = await throughMiddle();
      await assertWorks();
      await unused();
      const replaced = await router();
      between.target = replaced.port;
      await refused('changed', /host key ssh-ed25519 SHA256:\S+ is changed/);
      assert.equal(replaced.logins, 0);
      await site.know(linesAt(replaced, between.port));
      await assertWorks();
    });

    it('of another type than the known one is refused', async () => {
      const [real, between] = await throughMiddle();
      const other = await router({ keyTypes: ['ecdsa'] });
      between.target = other.port;
      await refused(
        'of another type',
        /host key ecdsa-sha2-nistp256 SHA256:\S+ is of another type; known for it is ssh-ed25519; .*ssh-keyscan -t ecdsa -p /,
      );
      assert.equal(other.logins, 0);
      between.target = real.port;
      await assertWorks();
    });

    it('that was revoked is refused from then on, whatever else is known', async () => {
      const [real, between] = await throughMiddle();
      await assertWorks();
      await unused();
      const known = linesAt(real, between.port);
      await site.know(`${known}@revoked * ${real.publicKeys[0]}\n`);
      const before = real.logins;
      await refused('revoked', /is revoked/);
      assert.equal(real.logins, before);
      await site.know(known);
      await assertWorks();
    });

    it('is checked for each connection: somebody who takes over between two gets no credential', async () => {
      const [real, between] = await throughMiddle();
      await assertWorks();
      await unused();
      const impostor = await router({ keyTypes: ['ed25519', 'ecdsa', 'rsa'] });
      between.target = impostor.port;
      await refused('changed', /is changed/);
      assert.deepEqual([impostor.logins, impostor.operations.length], [0, 0]);
      between.target = real.port;
      await assertWorks();
    });
  });

  describe('somebody in between who', () => {
    it('changes the key exchange brings no connection about', async () => {
      const [real, between] = await throughMiddle();
      // The offer of algorithms, which the router's signature covers.
      between.tamper = (bytes, way) => {
        if (way === 'from router') return bytes;
        const at = bytes.indexOf('curve25519-sha256,');
        if (at !== -1) bytes.write('xurve', at, 'latin1');
        return bytes;
      };
      await assertRefused(site.pool, NetconfError, /./);
      assert.equal(real.logins, 0);
      between.tamper = (bytes) => bytes;
      await assertWorks();
    });

    it('changes an octet of a reply ends the session', async () => {
      let armed = false;
      const [, between] = await throughMiddle({
        answer: (_request, { reply }) => {
          armed = true;
          reply('<ok/>');
        },
      });
      between.tamper = (bytes, way) => {
        if (!armed || way === 'to router') return bytes;
        armed = false;
        const last = bytes.length - 1;
        bytes[last] = (bytes[last] ?? 0) ^ 1;
        between.tamper = (untouched) => untouched;
        return bytes;
      };
      await assertRefused(site.pool, NetconfError, /session lost after unlock was sent|no reply to unlock/);
      await assertWorks();
    });

    it('plays a reply back a second time ends the session', async () => {
      let armed = false;
      const [, between] = await throughMiddle({
        answer: (_request, { reply }) => {
          armed = true;
          reply('<ok/>');
        },
      });
      between.tamper = (bytes, way) => {
        if (!armed || way === 'to router') return bytes;
        armed = false;
        between.tamper = (untouched) => untouched;
        return Buffer.concat([bytes, bytes]);
      };
      await site.pool.withSession(target, async (session) => {
        await ask(session);
        await new Promise<void>((resolve) => session.onClosed(resolve));
      });
      await assertWorks();
    });

    it('ends one direction only ends the session', async () => {
      const [real, between] = await throughMiddle({
        answer: ({ operation }, { reply }) => {
          if (operation !== 'unlock' || real.operations.length > 1) reply('<ok/>');
          else between.halfClose();
        },
      });
      await assertRefused(site.pool, NetconfError, /session lost after unlock was sent/);
      await assertWorks();
    });
  });
});
