/** What comes before the first request: a hello that means harm, and servers that do not speak SSH. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { ProtocolError, UnreachableError } from '../../netconf/errors.ts';
import { CAPABILITIES } from '../../netconf/hello.ts';
import { FakeRouter } from './fake-router.ts';
import { ask, assertRefused, memoryOf, poolFor, target, times, type Site } from './hostile-scene.ts';

const megabyte = 1_000_000;

describe('before the first request', function () {
  this.timeout(60_000);
  let router: FakeRouter | undefined;
  let site: Site;
  afterEach(async () => {
    await site.close();
    await router?.close();
    router = undefined;
  });

  describe('a hello', () => {
    const hello = `<hello><capabilities><capability>urn:ietf:params:netconf:base:1.0</capability><capability>${CAPABILITIES.junos}</capability></capabilities><session-id>1</session-id></hello>`;
    for (const [what, send, type, message] of [
      [
        'that does not end',
        ['<hello>', ...Array.from({ length: 30 }, () => 'x'.repeat(megabyte))],
        ProtocolError,
        /at most 16777216 octets/,
      ],
      ['that only drips', undefined, UnreachableError, /no hello within/],
      [
        'with a DTD',
        ['<!DOCTYPE hello [<!ENTITY x "y">]>', hello, ']]>]]>'],
        ProtocolError,
        /well-formed XML/,
      ],
      [
        'in another encoding',
        [hello, '\xff', ']]>]]>'],
        ProtocolError,
        /expected well-formed XML: an element/,
      ],
      [
        'of a million capabilities',
        [`<hello>${'<c/>'.repeat(megabyte)}</hello>]]>]]>`],
        ProtocolError,
        /at most 250000/,
      ],
      [
        'with an endless session-id',
        [hello.replace('>1<', `>${'1'.repeat(megabyte)}<`), ']]>]]>'],
        ProtocolError,
        /expected a session-id/,
      ],
    ] as const) {
      it(`${what} is refused in bounded memory`, async () => {
        let bad = true;
        router = await FakeRouter.start({
          password: target.password ?? '',
          hello: undefined,
          greet: ({ raw, pour }) => {
            if (!bad) raw(`${hello}]]>]]>`);
            else if (send === undefined) drip(raw);
            else pour(send.map((piece) => Buffer.from(piece, 'latin1')));
          },
        });
        site = await poolFor(router.port, router.knownHostsLines, {
          connectMs: send === undefined ? 1_500 : 10_000,
        });
        const taken = await memoryOf(() => assertRefused(site.pool, type, message));
        assert.ok(taken < 200 * megabyte, `${Math.round(taken / megabyte)} MB`);
        bad = false;
        await site.pool.withSession(target, ask);
      });
    }
  });

  describe('something that does not speak SSH', () => {
    let server: Server;
    const sockets = new Set<Socket>();
    afterEach(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });

    for (const [what, piece] of [
      ['a line without an end', 'x'.repeat(megabyte)],
      ['lines without an end', 'not yet\r\n'.repeat(100_000)],
      ['a name of itself without an end', `SSH-2.0-${'x'.repeat(megabyte)}`],
      [
        'nothing but zeros behind its name',
        Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(megabyte)]),
      ],
    ] as const) {
      it(`and sends ${what} can't be reached, in bounded memory`, async () => {
        server = createServer((socket) => {
          sockets.add(socket.on('error', () => {}));
          Readable.from(times(100, piece))
            .on('error', () => {})
            .pipe(socket);
        });
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        site = await poolFor((server.address() as AddressInfo).port, '', { connectMs: 3_000 });
        const taken = await memoryOf(() => assertRefused(site.pool, UnreachableError, /key exchange/));
        assert.ok(taken < 100 * megabyte, `${Math.round(taken / megabyte)} MB`);
      });
    }
  });
});

/** An octet now and then, for as long as anybody listens. */
function drip(raw: (bytes: string) => void): void {
  let left = 200;
  const timer = setInterval(() => {
    left -= 1;
    if (left === 0) clearInterval(timer);
    else raw(' ');
  }, 20);
}
