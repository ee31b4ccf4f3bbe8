import assert from 'node:assert/strict';
import { StoreRefusedError, StoreUnavailableError } from '../../etcd/errors.ts';
import { openWatchStore } from '../../etcd/watch-store.ts';
import { openStore } from '../../etcd/store.ts';
import type { StoreOptions } from '../../etcd/store.ts';
import { freePort } from '../../local/ports.ts';
import { newAuthority } from '../world/certificates.ts';
import { newGateway, requestFor, useEtcd, useOwnEtcd } from './fixture.ts';
import { startSecureEtcd } from './secure-etcd.ts';
import type { SecureEtcd } from './secure-etcd.ts';

/** Sends the request until the server listens. Resolves to its answer. */
async function ping(options: StoreOptions): Promise<void> {
  const store = openStore({ deadlineMs: 2_000, ...options });
  try {
    await store.ping();
  } finally {
    store.close();
  }
}

describe('options of the store', () => {
  const cases: readonly [string, StoreOptions, RegExp][] = [
    ['no endpoint', { endpoints: [] }, /Expected at least one etcd endpoint, got none/],
    [
      'endpoints with and without TLS',
      { endpoints: ['https://a:1', 'b:2'] },
      /Expected etcd endpoints that are all https:\/\/ or all not, got both/,
    ],
    [
      'TLS files for a plain endpoint',
      { endpoints: ['http://a:1'], tls: { ca: 'x' } },
      /Expected https:\/\/ endpoints with TLS files, got http:\/\//,
    ],
    [
      'a certificate without its key',
      { endpoints: ['https://a:1'], tls: { cert: 'x' } },
      /Expected a TLS certificate and its key, got only one of them/,
    ],
  ];
  for (const [name, options, message] of cases) {
    it(`refuse ${name}`, () => {
      assert.throws(() => openStore(options), { name: 'TypeError', message });
    });
  }
});

describe('a store', () => {
  const etcd = useEtcd();

  it('takes an endpoint with http:// and one without', async () => {
    const { endpoint } = etcd();
    await ping({ endpoints: [endpoint] });
    await ping({ endpoints: [`http://${endpoint}`] });
  });

  it('reads and writes while all endpoints but one are dead', async () => {
    const dead = await Promise.all([freePort(), freePort()]);
    const endpoints = [...dead.map((port) => `127.0.0.1:${port}`), etcd().endpoint];
    for (let round = 1; round <= 10; round += 1) {
      const store = openStore({ endpoints });
      const template = { id: 'avoid', round };
      const key = `/config/v2.0/heat_templates/${template.id}`;
      assert.deepEqual(await store.publishTemplates([template]), [{ kind: 'written', key, version: round }]);
      store.close();
    }
  });

  for (const id of ['a/b', '', 'a\u0000']) {
    it(`writes and reads nothing under an id like ${JSON.stringify(id)}`, async () => {
      const gateway = { ...newGateway(), resourceId: id };
      const message = /Expected as id 1 to 255 characters without "\/" and control characters/;
      await assert.rejects(etcd().store.register(requestFor(gateway, '1')), { message });
      assert.equal(await etcd().store.state(gateway), undefined);
    });
  }
});

describe('a store with a user and a password', () => {
  const etcd = useOwnEtcd();
  const auth = { username: 'root', password: 'canary-right' };

  before(async () => {
    const { raw } = etcd();
    const user = await raw.user('root').create(auth.password);
    await user.addRole(await raw.role('root').create());
    await raw.auth.authEnable();
  });

  it('is let in', async () => {
    await ping({ endpoints: [etcd().endpoint], auth });
  });

  it('is refused with a wrong password, which no message shows', async () => {
    const wrong = { ...auth, password: 'canary-wrong' };
    await assert.rejects(ping({ endpoints: [etcd().endpoint], auth: wrong }), (error: unknown) => {
      assert.ok(error instanceof StoreRefusedError);
      assert.equal(error.canBeMended, true);
      assert.match(error.message, /^etcd refused the request \(ping\): .*invalid user ID or password/);
      assert.ok(!JSON.stringify([error.message, error.stack, error.cause]).includes('canary'));
      return true;
    });
  });

  it('is refused without one, for reads and for writes', async () => {
    const { store } = etcd();
    const mendable = (error: unknown) => error instanceof StoreRefusedError && error.canBeMended;
    await assert.rejects(store.ping(), mendable);
    await assert.rejects(store.publishTemplates([{ id: 'x' }]), mendable);
  });
});

describe('a store over TLS', () => {
  let server: SecureEtcd;
  let endpoint: string;
  let tls: SecureEtcd['tls'];

  before(async () => {
    server = await startSecureEtcd('--auth-token-ttl=1');
    ({ endpoint, tls } = server);
  });
  after(() => server.close());

  it('shows its certificate and checks the server’s', async () => {
    await ping({ endpoints: [endpoint], tls });
    await ping({ endpoints: [endpoint.replace('https://', '')], tls });
  });

  it('does not trust a server that its authority has not signed', async () => {
    const { cert, key } = tls;
    await assert.rejects(ping({ endpoints: [endpoint], tls: { cert, key } }), StoreUnavailableError);
  });

  it('is not let in without its certificate', async () => {
    const { ca } = tls;
    await assert.rejects(ping({ endpoints: [endpoint], tls: { ca } }), StoreUnavailableError);
  });

  it('does not trust an authority that has not signed the server’s certificate', async () => {
    const ca = newAuthority().cert;
    await assert.rejects(ping({ endpoints: [endpoint], tls: { ...tls, ca } }), StoreUnavailableError);
  });

  it('logs in again after its login has expired, and carries out the request once', async () => {
    const auth = { username: 'root', password: await server.requirePasswords() };
    const store = openStore({ endpoints: [endpoint], tls, auth });
    try {
      const publish = async (round: number) => {
        const template = { id: 'again', round };
        return store.publishTemplates([template]);
      };
      assert.equal((await publish(1))[0]?.kind, 'written');
      // etcd looks for expired logins once a second.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      assert.equal((await publish(2))[0]?.kind, 'written');
    } finally {
      store.close();
    }
  });

  it('watches again after its login has expired', async () => {
    const auth = { username: 'root', password: 'canary-root' };
    const options = { endpoints: [endpoint], tls, auth };
    const [store, watched] = [openStore(options), openWatchStore(options)];
    const key = '/config/v2.0/vpn_gateways/watched-again';
    const heard = async () => {
      const position = await watched.list(() => undefined);
      const over = new AbortController();
      const following = watched.follow(position, over.signal);
      const next = following.next();
      const ref = { type: 'vpn_gateway', id: 'watched-again' };
      await store.putConfig(ref, { version: Number(position.revision), body: { id: ref.id } });
      const { value } = await next;
      over.abort();
      await following.return('left');
      return typeof value === 'string' ? value : value.map((entry) => entry.key);
    };
    try {
      assert.deepEqual(await heard(), [key]);
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      assert.deepEqual(await heard(), [key]);
    } finally {
      store.close();
      watched.close();
    }
  });
});
