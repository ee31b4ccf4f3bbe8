import assert from 'node:assert/strict';
import ssh2, { type AnyAuthMethod } from 'ssh2';
import { createHostKey } from '../../../simulator/server/host-key.ts';
import { listenSsh, type SshServer } from '../../../simulator/server/ssh-server.ts';
import { authenticator } from '../../../simulator/server/users.ts';
import { ok, scriptedDevice } from './scripted-servers.ts';

const keys = createHostKey();
const users = [
  { name: 'alice', password: 'hers', publicKeys: [keys.publicKey] },
  { name: 'bob', password: 'his' },
];
const KEY_OF_ALICE = { type: 'publickey', username: 'alice', key: keys.privateKey } as const;
const passwordOf = (username: string, password: string) =>
  ({ type: 'password', username, password }) as const;

describe('a login that needs a key and a password', () => {
  let server: SshServer;
  beforeEach(async () => {
    server = await listenSsh({
      device: scriptedDevice(ok),
      hostKey: createHostKey(),
      authenticate: authenticator(users),
      host: '127.0.0.1',
      port: 0,
      now: Date.now,
      switches: { methods: ['publickey', 'password'] },
    });
  });
  afterEach(() => server.close());

  /** Attempts to log in in these ways, one after the other. Returns how that ended. */
  const attempt = (...ways: readonly AnyAuthMethod[]): Promise<'ready' | string> => {
    const client = new ssh2.Client();
    const left = [...ways];
    const ended = new Promise<string>((resolve) => {
      client.on('ready', () => resolve('ready'));
      client.on('error', ({ message }) => resolve(message));
      client.on('close', () => resolve('closed'));
    });
    const { port } = server;
    client.connect({
      host: '127.0.0.1',
      port,
      username: 'alice',
      authHandler: (_left, _partial, next) => next(left.shift() ?? (false as never)),
    });
    return ended.finally(() => client.destroy());
  };

  it('succeeds with both of one user', async () => {
    assert.equal(await attempt(KEY_OF_ALICE, passwordOf('alice', 'hers')), 'ready');
    assert.equal(
      await attempt(KEY_OF_ALICE, passwordOf('alice', 'wrong'), passwordOf('alice', 'hers')),
      'ready',
    );
  });

  it('does not succeed with the key of one user and the password of another one', async () => {
    assert.notEqual(await attempt(KEY_OF_ALICE, passwordOf('bob', 'his')), 'ready');
    const again = [passwordOf('bob', 'wrong'), KEY_OF_ALICE, passwordOf('alice', 'hers')];
    assert.notEqual(await attempt(...again), 'ready');
  });

  it('does not succeed with one of both', async () => {
    for (const way of [KEY_OF_ALICE, passwordOf('alice', 'hers')])
      assert.notEqual(await attempt(way), 'ready');
  });
});
