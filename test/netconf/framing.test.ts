import assert from 'node:assert/strict';
import { frame, MessageReader, type Framing } from '../../netconf/framing.ts';
import { maxMessageBytes, read, readAll, reading } from './reading.ts';

/** RFC 6242 §4.2's example, octet by octet. */
const rfcChunks =
  '\n#4\n<rpc' +
  '\n#18\n message-id="102"\n' +
  '\n#79\n     xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">\n  <close-session/>\n</rpc>' +
  '\n##\n';
const rfcMessage =
  '<rpc message-id="102"\n     xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">\n  <close-session/>\n</rpc>';

/** RFC 6242 §4.3's example: the reply to a get-config, shortened to its envelope. */
const rfcReply =
  '<?xml version="1.0" encoding="UTF-8"?>\n<rpc-reply message-id="105"\nxmlns="urn:ietf:params:xml:ns:netconf:base:1.0">\n' +
  '  <config xmlns="http://example.com/schema/1.2/config">\n   <users>\n     <user><name>root</name><type>superuser</type>' +
  '</user>\n   </users>\n  </config>\n</rpc-reply>\n';

const streams: readonly { name: string; framing: Framing; bytes: Buffer; messages: readonly string[] }[] = [
  {
    name: "the RFC's chunked example",
    framing: 'chunked',
    bytes: Buffer.from(rfcChunks),
    messages: [rfcMessage],
  },
  {
    name: "the RFC's end-of-message example",
    framing: 'end-of-message',
    bytes: Buffer.from(`${rfcReply}]]>]]>`),
    messages: [rfcReply],
  },
  {
    name: 'two messages back to back, chunked',
    framing: 'chunked',
    bytes: Buffer.from('\n#1\na\n##\n\n#2\nbc\n##\n'),
    messages: ['a', 'bc'],
  },
  {
    name: 'two messages, end-of-message',
    framing: 'end-of-message',
    bytes: Buffer.from('<a/>]]>]]>\n<b/>]]>]]>'),
    messages: ['<a/>', '\n<b/>'],
  },
  {
    name: 'a chunk that looks like framing',
    framing: 'chunked',
    bytes: Buffer.from('\n#10\n\n##\n]]>]]>\n##\n'),
    messages: ['\n##\n]]>]]>'],
  },
  {
    name: 'letters of several octets',
    framing: 'end-of-message',
    bytes: Buffer.from('<ä>€😀</ä>]]>]]>'),
    messages: ['<ä>€😀</ä>'],
  },
  { name: 'a letter cut by a chunk', framing: 'chunked', bytes: cutEuro(), messages: ['€'] },
  {
    name: 'almost the delimiter',
    framing: 'end-of-message',
    bytes: Buffer.from(']]>]]]]>]]]>]]>'),
    messages: [']]>]]]]>]'],
  },
];

function cutEuro(): Buffer {
  const [first = 0, ...rest] = Buffer.from('€');
  return Buffer.concat([
    Buffer.from('\n#1\n'),
    Buffer.from([first]),
    Buffer.from('\n#2\n'),
    Buffer.from(rest),
    Buffer.from('\n##\n'),
  ]);
}

describe('netconf framing', () => {
  for (const { name, framing, bytes, messages } of streams) {
    describe(name, () => {
      it('is read in one piece', () => {
        assert.deepEqual(read(framing, bytes), messages);
      });

      it('is read cut at every octet', () => {
        for (let at = 0; at <= bytes.length; at += 1) {
          assert.deepEqual(
            read(framing, bytes.subarray(0, at), bytes.subarray(at)),
            messages,
            `cut at ${at}`,
          );
        }
      });

      it('is read octet by octet', () => {
        assert.deepEqual(read(framing, ...Array.from(bytes, (octet) => Buffer.from([octet]))), messages);
      });

      it('is known to be cut when it ends early', () => {
        const reader = reading(framing);
        reader.push(bytes.subarray(0, bytes.length - 1));
        readAll(reader);
        assert.equal(reader.midMessage, true);
        reader.push(bytes.subarray(bytes.length - 1));
        readAll(reader);
        assert.equal(reader.midMessage, false);
      });
    });
  }

  it('frames what it reads, in both framings', () => {
    for (const framing of ['end-of-message', 'chunked'] as const) {
      const messages = ['<a/>', '<ä>€</ä>', 'x'.repeat(9_999), ']]>]] >'];
      assert.deepEqual(
        read(framing, Buffer.concat(messages.map((message) => frame(message, framing)))),
        messages,
      );
    }
  });

  it('counts octets, not letters', () => {
    assert.equal(frame('€', 'chunked').toString(), '\n#3\n€\n##\n');
  });

  it('switches behind a hello that arrived together with its successor', () => {
    const reader = new MessageReader({ maxMessageBytes });
    reader.push(Buffer.from('<hello/>]]>]]>\n#4\n<ok>\n##\n'));
    assert.equal(reader.next(), '<hello/>');
    reader.switchTo('chunked');
    assert.equal(reader.next(), '<ok>');
    assert.equal(reader.next(), undefined);
  });

  for (const blanks of ['\n', '\r\n', ' \n\n\t'])
    it(`switches behind a hello whose line goes on with ${JSON.stringify(blanks)}`, () => {
      const bytes = Buffer.from(`${blanks}\n#4\n<ok>\n##\n`);
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
        assert.deepEqual(read('chunked', ...pieces), ['<ok>'], `cut at ${cut}`);
      }
      const twice = Buffer.from(`\n#4\n<ok>\n##\n${blanks}`);
      assert.throws(() => read('chunked', twice, bytes), /expected (a line feed|"#"), got octet/);
    });

  it('does not take white space after a message for the beginning of another', () => {
    const reader = new MessageReader({ maxMessageBytes });
    reader.push(Buffer.from('<hello/>]]>]]>\r\n'));
    readAll(reader);
    assert.equal(reader.midMessage, false);
  });

  it('keeps a message in very many chunks in about the memory of one in a single chunk', () => {
    const reader = reading('chunked', 10_000_000);
    const before = process.memoryUsage();
    const chunks = Buffer.from('\n#1\nx'.repeat(10_000));
    for (let time = 0; time < 200; time += 1) {
      reader.push(chunks);
      assert.equal(reader.next(), undefined);
    }
    const { heapUsed, external } = process.memoryUsage();
    const grown = heapUsed + external - before.heapUsed - before.external;
    assert.ok(grown < 60_000_000, `2,000,000 octets take ${grown}`);
    reader.push(Buffer.from('\n##\n'));
    assert.equal(reader.next()?.length, 2_000_000);
  });
});
