import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import ssh2 from 'ssh2';
import { createHostKey } from '../../../simulator/server/host-key.ts';
import { listenSsh } from '../../../simulator/server/ssh-server.ts';
import { authenticator } from '../../../simulator/server/users.ts';
import { HELLO_1_0, login, openRaw, rawOn, rpc, type Login } from './raw-client.ts';
import { ok, scriptedDevice, scriptedServers } from './scripted-servers.ts';

const keys = createHostKey();
const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
const otherKeys = createHostKey();
const users = [
  { name: 'alice', password: 'right', publicKeys: [keys.publicKey, rsa.public] },
  { name: 'keyless' },
];

describe('the SSH server', () => {
  const { serve, closeAll } = scriptedServers(users);

  afterEach(closeAll);

  describe('authentication', () => {
    it('accepts a user by password', async () => {
      const { at } = await serve();
      await login(at);
    });

    it('accepts a user by each of their public keys', async () => {
      const { at } = await serve();
      for (const privateKey of [keys.privateKey, rsa.private])
        await login({ ...at, password: undefined, privateKey });
    });

    const refused: readonly [string, Partial<Login>][] = [
      ['a wrong password', { password: 'wrong' }],
      ['an empty password', { password: '' }],
      ['an unknown user', { username: 'bob' }],
      ["somebody else's key", { password: undefined, privateKey: otherKeys.privateKey }],
      ['a user who has neither password nor key', { username: 'keyless' }],
    ];
    for (const [mistake, changed] of refused) {
      it(`refuses ${mistake}`, async () => {
        const { at, device } = await serve();
        await assert.rejects(login({ ...at, ...changed }), /All configured authentication methods failed/);
        assert.deepEqual(device.asked, []);
      });
    }

    it('names a public key that cannot be read, without showing it', () => {
      assert.throws(
        () => authenticator([{ name: 'carol', publicKeys: [keys.publicKey, 'ssh-ed25519 nonsense'] }]),
        (error: Error) =>
          /user carol, publicKeys\[1\]/.test(error.message) && !error.message.includes('nonsense'),
      );
    });
  });

  describe('opens a session', () => {
    it('for the subsystem and for both commands that Junos knows', async () => {
      const { at } = await serve();
      for (const command of [undefined, 'netconf', 'xml-mode netconf need-trailer']) {
        const raw = await openRaw(at, command);
        assert.match(await raw.receive(), /<session-id>\d+<\/session-id>/);
      }
    });

    it('for no other command or subsystem', async () => {
      const { at } = await serve();
      await assert.rejects(openRaw(at, 'show version'), /Unable to exec/);
      const client = await login(at);
      const opened = new Promise((resolve, reject) =>
        client.subsys('sftp', (error, channel) => (error ? reject(error) : resolve(channel))),
      );
      await assert.rejects(opened, /Unable to start subsystem/);
    });

    it('for each channel of a connection', async () => {
      const { at } = await serve();
      const client = await login(at);
      const [one, two] = [await rawOn(client), await rawOn(client)];
      assert.match(await one.receive(), /<session-id>101</);
      assert.match(await two.receive(), /<session-id>102</);
    });

    it('with comments around the hello, its capabilities and the session id', async () => {
      const { at } = await serve(ok, ['urn:example:a?x=1&y=2']);
      const greeting = await (await openRaw(at)).receive();
      assert.match(greeting, /^<!-- No zombies/);
      assert.match(greeting, /<!-- user alice -->\n<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1\.0">/);
      assert.match(greeting, /<capability>urn:example:a\?x=1&amp;y=2<\/capability>/);
      assert.match(greeting, /<session-id>101<\/session-id>\n<\/hello>\n$/);
    });
  });

  describe('notices that a client has disconnected', () => {
    async function until(condition: () => boolean): Promise<void> {
      while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
    }

    it('by the end of its channel or connection, even during a request', async () => {
      const { at, device } = await serve((operation) =>
        operation.name === 'hang' ? new Promise(() => {}) : { kind: 'reply', body: '', last: false },
      );
      const one = await openRaw(at);
      one.channel.close();
      await until(() => device.closed.includes(101));
      const two = await openRaw(at);
      two.client.destroy();
      await until(() => device.closed.includes(102));
      const three = await openRaw(at);
      three.send(HELLO_1_0, rpc('<hang/>'));
      await until(() => device.asked.includes('hang'));
      three.client.destroy();
      await until(() => device.closed.includes(103));
    });

    it('only later if half-open connections are kept: its requests are carried out first', async () => {
      let finish = (): void => {};
      const finished = new Promise<void>((resolve) => (finish = resolve));
      const { at, device, server } = await serve(async (operation) => {
        if (operation.name === 'first') await finished;
        return { kind: 'reply', body: '<ok/>', last: false };
      });
      server.keepHalfOpen(true);
      const raw = await openRaw(at);
      raw.send(HELLO_1_0, rpc('<first/>'), rpc('<second/>'));
      await until(() => device.asked.includes('first'));
      raw.client.destroy();
      await until(() => server.connections === 0);
      finish();
      await until(() => device.asked.includes('second'));
      assert.deepEqual(device.closed, []);
      server.keepHalfOpen(false);
      assert.deepEqual(device.closed, [101]);
    });
  });

  describe('while unreachable', () => {
    it('cuts open and new connections, and is at the same port afterwards', async () => {
      const { at, server } = await serve();
      const raw = await openRaw(at);
      const closed = once(raw.client, 'close');
      server.setReachable(false);
      await closed;
      await assert.rejects(login(at), /ECONNRESET|Connection lost before handshake/);
      server.setReachable(true);
      await login(at);
    });
  });

  describe('starts and closes', () => {
    it('with unfinished handshakes, open sessions and running requests', async () => {
      const { at, server, device } = await serve(() => new Promise(() => {}));
      const silent = connect(server.port, '127.0.0.1');
      await once(silent, 'connect');
      const raw = await openRaw(at);
      raw.send(HELLO_1_0, rpc('<get/>'));
      await raw.receive();
      silent.on('error', () => {}).resume();
      const closed = [
        new Promise((resolve) => silent.on('close', resolve)),
        new Promise<void>((resolve) => raw.client.on('close', () => resolve())),
      ];
      await server.close();
      await Promise.all(closed);
      assert.deepEqual(device.closed, [101]);
      assert.equal(server.connections, 0);
      await assert.rejects(login(at), /ECONNREFUSED/);
    });

    it('but does not start when its port is taken', async () => {
      const { server } = await serve();
      const again = listenSsh({
        device: scriptedDevice(ok),
        hostKey: createHostKey(),
        authenticate: () => false,
        host: '127.0.0.1',
        port: server.port,
        now: Date.now,
      });
      await assert.rejects(again, { code: 'EADDRINUSE' });
    });
  });
});
