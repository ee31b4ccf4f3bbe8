import assert from 'node:assert/strict';
import { frame, FramingError, MessageReader } from '../../netconf/framing.ts';
import { read, readAll, reading } from './reading.ts';

describe('netconf framing', () => {
  it('refuses to frame what would not be read back', () => {
    assert.throws(
      () => frame('a]]>]]>b', 'end-of-message'),
      /FramingError: end-of-message framing: expected a message without/,
    );
    assert.throws(() => frame('', 'chunked'), /FramingError: chunked framing: expected at least one octet/);
  });

  describe('with wrong bytes', () => {
    const wrong: readonly [name: string, bytes: string, message: RegExp][] = [
      ['no line feed first', 'x', /expected a line feed, got octet 0x78/],
      ['a line before the first chunk', '\nx', /expected a line feed, got octet 0x78/],
      ['no hash', '\n#1\na\nx', /expected "#", got octet 0x78/],
      ['a size of zero', '\n#0\n', /expected a chunk size from 1, without leading zeros, got octet 0x30/],
      ['a leading zero', '\n#01\n', /expected a chunk size from 1/],
      ['a negative size', '\n#-1\n', /expected a chunk size from 1/],
      ['a size with letters', '\n#1f\n', /expected a line feed after the chunk size, got octet 0x66/],
      ['a size of eleven digits', '\n#12345678901', /at most 10 digits/],
      ['a size above the RFC’s', '\n#4294967296\n', /at most 4294967295, got 4294967296/],
      ['an end without chunks', '\n##\n', /expected a chunk before the end of chunks/],
      ['an end that goes on', '\n#1\na\n##x', /expected a line feed after "##"/],
      ['data longer than its size', '\n#1\nab', /expected a line feed, got octet 0x62/],
    ];
    for (const [name, bytes, message] of wrong) {
      it(`refuses ${name}`, () => {
        assert.throws(() => read('chunked', Buffer.from(bytes)), message);
        assert.throws(
          () => read('chunked', ...Array.from(Buffer.from(bytes), (octet) => Buffer.from([octet]))),
          message,
        );
      });
    }
  });

  describe('with a limit of 10 octets', () => {
    it('accepts 10 and refuses 11, finished or not', () => {
      for (const framing of ['end-of-message', 'chunked'] as const) {
        const exact = reading(framing, 10);
        exact.push(frame('0123456789', framing));
        assert.deepEqual(readAll(exact), ['0123456789']);
        const over = reading(framing, 10);
        over.push(frame('0123456789a', framing));
        assert.throws(() => readAll(over), /expected a message of at most 10 octets, got at least 11/);
      }
      const endless = reading('end-of-message', 10);
      endless.push(Buffer.alloc(16, 'x'));
      assert.throws(() => endless.next(), FramingError);
    });

    it('refuses a chunk by its size, before its data came', () => {
      const reader = reading('chunked', 10);
      reader.push(Buffer.from('\n#11\n'));
      assert.throws(() => reader.next(), /at most 10 octets, got at least 11/);
    });

    it('adds chunks up', () => {
      const reader = reading('chunked', 10);
      reader.push(Buffer.from('\n#6\nabcdef\n#5\n'));
      assert.throws(() => reader.next(), /at most 10 octets, got at least 11/);
    });
  });

  for (const framing of ['end-of-message', 'chunked'] as const) {
    for (const [what, octets] of [
      ['an octet that is none', 'ff'],
      ['a character that is cut', 'c3'],
      ['half a surrogate pair', 'eda080'],
    ] as const) {
      it(`refuses a message that is not UTF-8: ${what}, ${framing}`, () => {
        const content = Buffer.from(octets, 'hex');
        const reader = reading(framing, 10);
        reader.push(
          framing === 'chunked'
            ? Buffer.concat([Buffer.from(`\n#${content.length}\n`), content, Buffer.from('\n##\n')])
            : Buffer.concat([content, Buffer.from(']]>]]>')]),
        );
        assert.throws(() => reader.next(), /expected a message in UTF-8, got other octets/);
      });
    }
  }

  it('refuses a limit that is none', () => {
    assert.throws(
      () => new MessageReader({ maxMessageBytes: 0 }),
      /maxMessageBytes: expected a whole number of octets from 1, got 0/,
    );
  });
});
