/** How the simulated router's SSH server can differ, and what the client does then. All tests run over a socket. */
import assert from 'node:assert/strict';
import { failureOf } from '../../activities/classify.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { AlgorithmError, AuthenticationError } from '../../netconf/errors.ts';
import { parseKnownHosts } from '../../netconf/known-hosts.ts';
import { openSession } from '../../netconf/open-session.ts';
import type { Credentials } from '../../netconf/ssh-authentication.ts';
import { createHostKey } from '../../simulator/server/index.ts';
import type { Router, RouterOptions } from '../../simulator/server/index.ts';
import { routersOfTest, USER } from '../simulator/server/starting.ts';
import { keyPair } from './keys.ts';

describe('a login over SSH', () => {
  const { router, closeAll } = routersOfTest();
  afterEach(closeAll);

  const password = { username: USER.name, password: USER.password };
  const open = ({ host, port, hostKeyLine }: Router, credentials: Credentials = password) =>
    openSession(
      {
        peer: { id: 'r-1', host, port },
        credentials,
        knownHosts: parseKnownHosts(hostKeyLine, 'known_hosts'),
        connectMs: 5_000,
        keepalive: { intervalMs: 0, count: 3 },
      },
      { deadlineMs: 5_000 },
    );
  const refusalBy = async (at: Router, credentials?: Credentials): Promise<Error> => {
    const opened = await open(at, credentials).catch((error: unknown) => error);
    assert.ok(opened instanceof Error, 'it was let in');
    return opened;
  };

  describe('to a router with old algorithms only', () => {
    const old: readonly [what: string, ssh: RouterOptions['ssh'], got: RegExp, mend: RegExp][] = [
      [
        'key exchange',
        { algorithms: { kex: ['diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'] } },
        /got diffie-hellman-group14-sha1, diffie-hellman-group1-sha1;/,
        /set system services ssh key-exchange ecdh-sha2-nistp256/,
      ],
      [
        'cipher',
        { algorithms: { cipher: ['aes128-cbc', '3des-cbc'] } },
        /got aes128-cbc, 3des-cbc;/,
        /set system services ssh ciphers aes256-ctr/,
      ],
      [
        'MAC',
        { algorithms: { cipher: ['aes256-ctr'], hmac: ['hmac-sha1', 'hmac-md5'] } },
        /got hmac-sha1, hmac-md5;/,
        /set system services ssh macs hmac-sha2-256/,
      ],
      [
        'host key algorithm',
        { algorithms: { serverHostKey: ['ssh-rsa'] } },
        /got ssh-rsa;/,
        /set system services ssh hostkey-algorithm ssh-ecdsa/,
      ],
    ];
    for (const [what, ssh, got, mend] of old)
      it(`is refused at once with both lists of ${what}s and what to do`, async () => {
        const hostKey = what === 'host key algorithm' ? createHostKey('rsa') : createHostKey();
        const error = await refusalBy(await router({ hostKey, ...(ssh && { ssh }) }));
        assert.ok(error instanceof AlgorithmError, error.message);
        assert.match(error.message, new RegExp(`: no SSH ${what} in common: expected one of `));
        assert.match(error.message, got);
        assert.match(error.message, mend);
        assert.ok(!/kex-strict|ext-info|NETCONF/.test(error.message), error.message);
        assert.deepEqual(
          failureOf(error, () => 1),
          { type: FAILURES.RouterRefused, again: false },
        );
      });

    it('works with the least that is taken', async () => {
      const at = await router({
        hostKey: createHostKey('ecdsa'),
        ssh: { algorithms: { kex: ['ecdh-sha2-nistp256'], cipher: ['aes128-ctr'], hmac: ['hmac-sha2-256'] } },
      });
      await (await open(at)).close();
    });
  });

  for (const expired of ['in password', 'in dialogue'] as const)
    it(`says that the password has expired, asked for a new one ${expired}, and sends none`, async () => {
      const given: string[] = [];
      const at = await router({ ssh: { expired, onNewPassword: (answer) => given.push(answer) } });
      const error = await refusalBy(at);
      assert.ok(error instanceof AuthenticationError, error.message);
      assert.match(error.message, /authentication of "netops" was refused .*: its password has expired, and/);
      assert.ok(!error.message.includes(USER.password));
      assert.deepEqual(given, []);
      // Another attempt could only lock the account.
      assert.deepEqual(
        failureOf(error, () => 1),
        { type: FAILURES.AuthenticationFailed, again: false },
      );
    });

  describe('that needs both password and key', () => {
    const key = keyPair('ed25519');
    const users = [{ ...USER, publicKeys: [key.public] }];
    const both = { ...password, privateKey: key.private };

    for (const methods of [
      ['password', 'publickey'],
      ['publickey', 'password'],
    ] as const) {
      it(`works: ${methods.join(', then ')}`, async () => {
        const at = await router({ users, ssh: { methods } });
        await (await open(at, both)).close();
      });

      it(`is refused without one of them: ${methods.join(', then ')}`, async () => {
        const at = await router({ users, ssh: { methods } });
        for (const one of [password, { username: USER.name, privateKey: key.private }])
          assert.ok((await refusalBy(at, one)) instanceof AuthenticationError);
        const wrong = await refusalBy(at, { ...both, password: 'wrong' });
        assert.ok(wrong instanceof AuthenticationError);
        assert.match(wrong.message, /tried publickey/);
      });
    }
  });
});
