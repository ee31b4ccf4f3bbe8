import assert from 'node:assert/strict';
import { frame } from '../../netconf/framing.ts';
import type { Transport, TransportHandlers } from '../../netconf/message-stream.ts';
import { recordedTransport, type PassedMessage } from '../../netconf/recorded-transport.ts';

const hello = (base: string) =>
  `<hello><capabilities><capability>urn:ietf:params:netconf:base:${base}</capability></capabilities><session-id>7</session-id></hello>`;

/** A transport whose far end the test plays. */
function scene() {
  const sent: Buffer[] = [];
  const got: Buffer[] = [];
  const passed: [PassedMessage['from'], string][] = [];
  let handlers: TransportHandlers | undefined;
  const inner: Transport = {
    start: (given) => void (handlers = given),
    write: (bytes) => void sent.push(Buffer.from(bytes)),
    close: () => {},
  };
  const transport = recordedTransport(inner, ({ from, text }) => passed.push([from, text]));
  transport.start({ received: (bytes) => got.push(Buffer.from(bytes)), lost: () => {} });
  const receive = (bytes: Buffer) => handlers?.received(bytes);
  return { sent, got, passed, transport, receive };
}

describe('a recorded transport', () => {
  for (const [base, framing] of [
    ['1.0', 'end-of-message'],
    ['1.1', 'chunked'],
  ] as const) {
    it(`shows each message once, in both directions, with ${framing} framing, and passes the bytes on`, () => {
      const { sent, got, passed, transport, receive } = scene();
      const ours = [frame(hello('1.1'), 'end-of-message'), frame('<rpc/>', framing)];
      const theirs = Buffer.concat([frame(hello(base), 'end-of-message'), frame('<rpc-reply/>', framing)]);
      transport.write(ours[0] ?? Buffer.alloc(0));
      const helloEnd = theirs.indexOf(']]>]]>') + 6;
      receive(theirs.subarray(0, helloEnd));
      transport.write(ours[1] ?? Buffer.alloc(0));
      for (const byte of theirs.subarray(helloEnd)) receive(Buffer.from([byte]));
      assert.deepEqual(passed, [
        ['client', hello('1.1')],
        ['server', hello(base)],
        ['client', '<rpc/>'],
        ['server', '<rpc-reply/>'],
      ]);
      assert.deepEqual([Buffer.concat(sent), Buffer.concat(got)], [Buffer.concat(ours), theirs]);
    });
  }

  it('passes on what is no message, and shows no more of that direction', () => {
    const { got, passed, transport, receive } = scene();
    transport.write(frame(hello('1.1'), 'end-of-message'));
    receive(frame(hello('1.1'), 'end-of-message'));
    receive(Buffer.from('no chunk'));
    receive(frame('<rpc-reply/>', 'chunked'));
    assert.equal(got.length, 3);
    assert.deepEqual(
      passed.map(([from]) => from),
      ['client', 'server'],
    );
  });
});
