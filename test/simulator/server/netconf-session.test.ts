import assert from 'node:assert/strict';
import { hello, HELLO_1_0, HELLO_1_1, openRaw, rpc } from './raw-client.ts';
import { ok, scriptedServers } from './scripted-servers.ts';

describe('a NETCONF session over SSH', () => {
  const { serve, session, closeAll } = scriptedServers();

  afterEach(closeAll);

  describe('framing', () => {
    const base11 = ['urn:ietf:params:netconf:base:1.1'];

    it('is chunked after both hellos have offered base:1.1', async () => {
      const { at } = await serve(ok, base11);
      const raw = await openRaw(at);
      await raw.receive();
      raw.send(HELLO_1_1);
      raw.useFraming('chunked');
      assert.match(await raw.ask('<lock/>'), /<lock\/>/);
    });

    it('is chunked for a request that arrives in the same write as the hello', async () => {
      const { at } = await serve(ok, base11);
      const raw = await openRaw(at);
      await raw.receive();
      raw.channel.write(`${HELLO_1_1}]]>]]>\n#${rpc('<lock/>').length}\n${rpc('<lock/>')}\n##\n`);
      raw.useFraming('chunked');
      assert.match(await raw.receive(), /<lock\/>/);
    });

    it('is end-of-message if one of the hellos does not offer base:1.1', async () => {
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

    it('ends the session without a reply after an error', async () => {
      const { at, device } = await serve(ok, base11);
      const raw = await openRaw(at);
      await raw.receive();
      raw.send(HELLO_1_1);
      raw.channel.write('\n#0\n');
      assert.equal(await raw.rest(), '');
      assert.deepEqual(device.closed, [101]);
    });
  });

  describe('replies to', () => {
    it('a request with its attributes unmodified, namespace declarations included', async () => {
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

    it('a request with each attribute once', async () => {
      const { raw } = await session();
      const reply = await raw.ask('<get/>');
      assert.equal(reply.match(/ xmlns=/g)?.length, 1);
    });

    it('pipelined requests in their order, and begins each after the one before', async () => {
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

    it('large requests with large replies', async () => {
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

    for (const [mistake, document] of [
      ['a document that is not well-formed', '<rpc message-id="1"><get></rpc>'],
      ['a document type', '<!DOCTYPE rpc><rpc message-id="1"><get/></rpc>'],
      ['another document', '<request/>'],
      ['a second hello', HELLO_1_0],
    ] as const) {
      it(`${mistake} with an error, and ends the session`, async () => {
        const { raw, device } = await session();
        raw.send(document);
        assert.match(await raw.receive(), /<rpc-error>[^]*<error-severity>error</);
        await raw.rest();
        assert.deepEqual(device.asked, []);
        assert.deepEqual(device.closed, [101]);
      });
    }

    it('a hello without a common base, one with a session id, and a missing one, by ending the session', async () => {
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

    it('requests that were sent before the client ended its input, then ends', async () => {
      const { raw } = await session();
      raw.channel.end(`${rpc('<one/>')}]]>]]>${rpc('<two/>')}]]>]]>`);
      assert.match(await raw.receive(), /<one\/>/);
      assert.match(await raw.receive(), /<two\/>/);
      assert.equal(await raw.rest(), '<!-- session end at 2024-01-02 03:04:05 UTC -->\n');
    });
  });
});
