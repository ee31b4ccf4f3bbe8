import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import ssh2 from 'ssh2';
import { createHostKey } from '../../../simulator/server/host-key.ts';
import { listenSsh, type SshServer } from '../../../simulator/server/ssh-server.ts';
import { authenticator } from '../../../simulator/server/users.ts';
import { hello, HELLO_1_0, HELLO_1_1, login, openRaw, rawOn, rpc, type Login } from './raw-client.ts';
import { scriptedDevice, type Script, type ScriptedDevice } from './scripted-device.ts';

const keys = createHostKey();
const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 });
const otherKeys = createHostKey();
const ok: Script = (operation) => ({ kind: 'reply', body: `<${operation.name}/>`, last: false });

describe('the SSH server', () => {
  const servers: SshServer[] = [];

  async function serve(
    script: Script = ok,
    capabilities: readonly string[] = [],
  ): Promise<{ server: SshServer; device: ScriptedDevice; at: Login }> {
    const device = scriptedDevice(script, capabilities);
    const server = await listenSsh({
      device,
      hostKey: createHostKey(),
      authenticate: authenticator([
        { name: 'alice', password: 'right', publicKeys: [keys.publicKey, rsa.public] },
        { name: 'keyless' },
      ]),
      host: '127.0.0.1',
      port: 0,
      now: () => Date.UTC(2024, 0, 2, 3, 4, 5),
    });
    servers.push(server);
    return {
      server,
      device,
      at: { host: '127.0.0.1', port: server.port, username: 'alice', password: 'right' },
    };
  }

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  describe('logs in', () => {
    it('a user by password', async () => {
      const { at } = await serve();
      await login(at);
    });

    it('a user by each of their public keys', async () => {
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
    for (const [what, changed] of refused) {
      it(`nobody with ${what}`, async () => {
        const { at, device } = await serve();
        await assert.rejects(login({ ...at, ...changed }), /All configured authentication methods failed/);
        assert.deepEqual(device.asked, []);
      });
    }

    it('says which public key cannot be read, without showing it', () => {
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

    it('on each channel of a connection', async () => {
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

  describe('frames', () => {
    const base11 = ['urn:ietf:params:netconf:base:1.1'];

    it('in chunks once both hellos offer base:1.1', async () => {
      const { at } = await serve(ok, base11);
      const raw = await openRaw(at);
      await raw.receive();
      raw.send(HELLO_1_1);
      raw.useFraming('chunked');
      assert.match(await raw.ask('<lock/>'), /<lock\/>/);
    });

    it('in chunks a request that arrives in the same write as the hello', async () => {
      const { at } = await serve(ok, base11);
      const raw = await openRaw(at);
      await raw.receive();
      raw.channel.write(`${HELLO_1_1}]]>]]>\n#${rpc('<lock/>').length}\n${rpc('<lock/>')}\n##\n`);
      raw.useFraming('chunked');
      assert.match(await raw.receive(), /<lock\/>/);
    });

    it('by end-of-message as soon as one side does not offer it', async () => {
      for (const [capabilities, ours] of [
        [base11, HELLO_1_0],
        [[], HELLO_1_1],
      ] as const) {
        const { at } = await serve(ok, capabilities);
        const raw = await openRaw(at);
        await raw.receive();
        raw.send(ours);
        assert.match(await raw.ask('<lock/>'), /<lock\/>/);
      }
    });

    it('and ends the session, without an answer, when the frames are wrong', async () => {
      const { at, device } = await serve(ok, base11);
      const raw = await openRaw(at);
      await raw.receive();
      raw.send(HELLO_1_1);
      raw.channel.write('\n#0\n');
      assert.equal(await raw.rest(), '');
      assert.deepEqual(device.closed, [101]);
    });
  });

  describe('answers', () => {
    async function session(script: Script = ok) {
      const { at, device } = await serve(script);
      const raw = await openRaw(at);
      await raw.receive();
      raw.send(HELLO_1_0);
      return { raw, device };
    }

    it('with the attributes of the request unmodified, namespace declarations among them', async () => {
      const { raw } = await session();
      raw.send(
        '<?xml version="1.0"?><!-- hi --><nc:rpc xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"\n' +
          ' message-id="a&lt;&quot;b" ex:user-id=\'fred "x"\' xmlns:ex="http://example.net/1.0"><nc:get/></nc:rpc>',
      );
      const reply = await raw.receive();
      assert.match(
        reply,
        / xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1\.0" message-id="a&lt;&quot;b" ex:user-id='fred "x"' xmlns:ex="http:\/\/example\.net\/1\.0">/,
      );
      assert.match(reply, /<get\/>\n<\/rpc-reply>/);
    });

    it('without an attribute twice', async () => {
      const { raw } = await session();
      const reply = await raw.ask('<get/>');
      assert.equal(reply.match(/ xmlns=/g)?.length, 1);
    });

    it('pipelined requests in their order, each begun when the one before is done', async () => {
      let running = 0;
      const { raw } = await session(async (operation) => {
        assert.equal((running += 1), 1);
        await new Promise((resolve) => setTimeout(resolve, operation.name === 'slow' ? 20 : 0));
        running -= 1;
        return { kind: 'reply', body: `<${operation.name}/>`, last: false };
      });
      raw.send(rpc('<slow/>', '1'), rpc('<fast/>', '2'), rpc('<slow/>', '3'));
      assert.match(await raw.receive(), /message-id="1"[^]*<slow\/>/);
      assert.match(await raw.receive(), /message-id="2"[^]*<fast\/>/);
      assert.match(await raw.receive(), /message-id="3"[^]*<slow\/>/);
    });

    it('large requests and replies whole', async () => {
      const text = 'x'.repeat(5_000_000);
      const { raw } = await session((operation) => ({ kind: 'reply', body: operation.text, last: false }));
      assert.ok((await raw.ask(`<load>${text}</load>`)).includes(text));
    });

    it('an rpc without an operation, or with two, with a syntax error, and goes on', async () => {
      const { raw, device } = await session();
      assert.match(await raw.ask('', '7'), /message-id="7"[^]*syntax error[^]*<bad-element>rpc</);
      assert.match(await raw.ask('<lock/><commit/>'), /syntax error[^]*<bad-element>commit</);
      assert.match(await raw.ask('<get/>'), /<get\/>/);
      assert.deepEqual(device.asked, ['get']);
    });

    for (const [what, document] of [
      ['what is not well-formed', '<rpc message-id="1"><get></rpc>'],
      ['a document type', '<!DOCTYPE rpc><rpc message-id="1"><get/></rpc>'],
      ['another document', '<request/>'],
      ['a second hello', HELLO_1_0],
    ] as const) {
      it(`${what} with an error, and ends the session`, async () => {
        const { raw, device } = await session();
        raw.send(document);
        assert.match(await raw.receive(), /<rpc-error>[^]*<error-severity>error</);
        await raw.rest();
        assert.deepEqual(device.asked, []);
        assert.deepEqual(device.closed, [101]);
      });
    }

    it('nothing to a client without a common base, or with a session id: the session ends', async () => {
      for (const bad of [
        hello('urn:ietf:params:netconf:base:2.0'),
        HELLO_1_0.replace('</hello>', '<session-id>1</session-id></hello>'),
        rpc('<get/>'),
      ]) {
        const { at, device } = await serve();
        const raw = await openRaw(at);
        await raw.receive();
        raw.send(bad, rpc('<get/>'));
        await raw.rest();
        assert.deepEqual(device.asked, []);
      }
    });

    it('what was sent before the client ended its input, then ends', async () => {
      const { raw } = await session();
      raw.channel.end(`${rpc('<one/>')}]]>]]>${rpc('<two/>')}]]>]]>`);
      assert.match(await raw.receive(), /<one\/>/);
      assert.match(await raw.receive(), /<two\/>/);
      assert.equal(await raw.rest(), '<!-- session end at 2024-01-02 03:04:05 UTC -->\n');
    });
  });

  describe('carries out what the device decides', () => {
    async function session(script: Script) {
      const { at, device, server } = await serve(script);
      const raw = await openRaw(at);
      await raw.receive();
      raw.send(HELLO_1_0);
      return { raw, device, server, at };
    }

    it('last: the reply, then the end; what follows is not asked', async () => {
      const { raw, device } = await session((operation) => ({
        kind: 'reply',
        body: '<ok/>',
        last: operation.name === 'close-session',
      }));
      raw.send(rpc('<close-session/>'), rpc('<commit/>'));
      assert.match(await raw.receive(), /<ok\/>/);
      assert.match(await raw.rest(), /^<!-- session end/);
      assert.deepEqual(device.asked, ['close-session']);
    });

    it('drop: the whole connection is cut without a reply', async () => {
      const { raw, device } = await session(() => ({ kind: 'drop' }));
      const closed = once(raw.client, 'close');
      raw.send(rpc('<commit/>'));
      assert.equal(await raw.rest(), '');
      await closed;
      assert.deepEqual(device.closed, [101]);
    });

    it('truncate: half of the reply, then the cut', async () => {
      const { raw } = await session(() => ({ kind: 'truncate', body: '<commit-results/>' }));
      const closed = once(raw.client, 'close');
      raw.send(rpc('<commit/>'));
      const came = await raw.rest();
      assert.match(came, /^<rpc-reply /);
      assert.ok(!came.includes('</rpc-reply>'));
      await closed;
    });

    it('never: no reply to this one, replies to the next', async () => {
      const { raw } = await session((operation) =>
        operation.name === 'commit' ? { kind: 'never' } : { kind: 'reply', body: '<ok/>', last: false },
      );
      raw.send(rpc('<commit/>', '1'), rpc('<get/>', '2'));
      assert.match(await raw.receive(), /message-id="2"/);
    });

    it('half-close: the reply, then the end of its side; what comes is still carried out', async () => {
      const { raw, device } = await session(() => ({ kind: 'half-close', body: '<ok/>' }));
      raw.send(rpc('<commit/>'));
      assert.match(await raw.receive(), /<ok\/>/);
      assert.equal(await raw.rest(), '');
      assert.deepEqual(device.closed, []);
      const closed = once(raw.client, 'close');
      raw.send(rpc('<unlock/>'));
      await raw.close();
      await closed;
      assert.deepEqual(device.asked, ['commit', 'unlock']);
    });

    it('killed: the channel is closed, its neighbour on the connection lives on', async () => {
      const { raw, device } = await session(ok);
      const neighbour = await rawOn(raw.client);
      await neighbour.receive();
      neighbour.send(HELLO_1_0);
      device.end(101, 'killed');
      assert.equal(await raw.rest(), '');
      assert.match(await neighbour.ask('<get/>'), /<get\/>/);
    });

    it('restarted: the connection is cut, in the middle of a request too', async () => {
      let begun = (): void => {};
      const beginning = new Promise<void>((resolve) => (begun = resolve));
      const { raw, device } = await session(() => {
        begun();
        return new Promise(() => {});
      });
      const closed = once(raw.client, 'close');
      raw.send(rpc('<commit/>'));
      await beginning;
      device.end(101, 'restarted');
      await closed;
    });
  });

  describe('notices that a client is gone', () => {
    async function until(condition: () => boolean): Promise<void> {
      while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
    }

    it('by the end of its channel, of its connection, and in the middle of a request', async () => {
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

    it('only later, when half-open connections are kept: what it had sent is carried out', async () => {
      let release = (): void => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      const { at, device, server } = await serve(async (operation) => {
        if (operation.name === 'first') await held;
        return { kind: 'reply', body: '<ok/>', last: false };
      });
      server.keepHalfOpen(true);
      const raw = await openRaw(at);
      raw.send(HELLO_1_0, rpc('<first/>'), rpc('<second/>'));
      await until(() => device.asked.includes('first'));
      raw.client.destroy();
      await until(() => server.connections === 0);
      release();
      await until(() => device.asked.includes('second'));
      assert.deepEqual(device.closed, []);
      server.keepHalfOpen(false);
      assert.deepEqual(device.closed, [101]);
    });
  });

  describe('can be unreachable', () => {
    it('cutting what is there and what comes, and be back at the same port', async () => {
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

  describe('closes', () => {
    it('with half-shaken hands, sessions and running requests about', async () => {
      const { at, server, device } = await serve(() => new Promise(() => {}));
      const silent = connect(server.port, '127.0.0.1');
      await once(silent, 'connect');
      const raw = await openRaw(at);
      raw.send(HELLO_1_0, rpc('<get/>'));
      await raw.receive();
      silent.on('error', () => {}).resume();
      const gone = [
        new Promise((resolve) => silent.on('close', resolve)),
        new Promise<void>((resolve) => raw.client.on('close', () => resolve())),
      ];
      await server.close();
      await Promise.all(gone);
      assert.deepEqual(device.closed, [101]);
      assert.equal(server.connections, 0);
      await assert.rejects(login(at), /ECONNREFUSED/);
    });

    it('and says so when its port is taken', async () => {
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
