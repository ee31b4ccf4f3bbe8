import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { StoreRefusedError, StoreUnavailableError } from '../../etcd/errors.ts';
import { openStore } from '../../etcd/store.ts';
import type { StoreOptions } from '../../etcd/store.ts';
import { startChild } from '../../local/child.ts';
import type { Child } from '../../local/child.ts';
import { freePort } from '../../local/ports.ts';
import { programOf } from '../../local/programs.ts';
import { openRun } from '../../local/run.ts';
import type { Run } from '../../local/run.ts';
import { newGateway, requestFor, useEtcd } from './fixture.ts';

/** Asks until the server listens; what it says then is the answer. */
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
      const outcome = await store.publishTemplate('avoid', { round });
      assert.deepEqual(outcome, { kind: 'written', version: round });
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
  const etcd = useEtcd();
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
      assert.match(error.message, /^etcd refused the request \(ping\): .*invalid user ID or password/);
      assert.ok(!JSON.stringify([error.message, error.stack, error.cause]).includes('canary'));
      return true;
    });
  });

  it('is refused without one, for reads and for writes', async () => {
    const { store } = etcd();
    await assert.rejects(store.ping(), StoreRefusedError);
    await assert.rejects(store.publishTemplate('x', {}), StoreRefusedError);
  });
});

describe('a store over TLS', () => {
  const file = (name: string) => fileURLToPath(new URL(`tls/${name}`, import.meta.url));
  const pem = (name: string) => readFile(file(name), 'utf8');
  let run: Run;
  let server: Child;
  let endpoint: string;
  let tls: { ca: string; cert: string; key: string };

  before(async () => {
    run = await openRun();
    const [port, peerPort] = [await freePort(), await freePort()];
    const listen = `https://127.0.0.1:${port}`;
    endpoint = `https://localhost:${port}`;
    const program = await programOf('etcd');
    const variables = Object.keys(process.env).filter((name) => name.startsWith('ETCD_'));
    server = await startChild({
      name: 'etcd-tls',
      program,
      args: [
        '--name=tls',
        `--data-dir=${run.folder}/etcd-tls`,
        `--listen-client-urls=${listen}`,
        `--advertise-client-urls=${listen}`,
        `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
        `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
        `--initial-cluster=tls=http://127.0.0.1:${peerPort}`,
        `--cert-file=${file('server.pem')}`,
        `--key-file=${file('server.key')}`,
        `--trusted-ca-file=${file('ca.pem')}`,
        '--client-cert-auth',
      ],
      env: Object.fromEntries(variables.map((name) => [name, undefined])),
      log: `${run.logs}/etcd-tls.log`,
    });
    await run.adopt(server, program);
    tls = { ca: await pem('ca.pem'), cert: await pem('client.pem'), key: await pem('client.key') };
    while (
      !(await ping({ endpoints: [endpoint], tls }).then(
        () => true,
        () => false,
      ))
    ) {
      // It refuses connections until it listens.
    }
  });
  after(async () => {
    await server.stop();
    await run.close();
  });

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
});
