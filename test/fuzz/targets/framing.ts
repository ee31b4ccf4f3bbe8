/** Bytes to messages: each character of an input is one byte; the first says which framing. */
import assert from 'node:assert/strict';
import { FramingError, frame, MessageReader, type Framing } from '../../../netconf/framing.ts';
import { randomOf, type Random } from '../../chaos/random.ts';
import { assertSame, attempt, repeated, several, type Target } from '../target.ts';

const maxMessageBytes = 600;

interface Read {
  readonly messages: readonly string[];
  readonly failed: boolean;
  readonly midMessage: boolean;
}

function read(bytes: Buffer, framing: Framing, cuts: readonly number[]): Read {
  const reader = new MessageReader({ maxMessageBytes });
  reader.switchTo(framing);
  const messages: string[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    reader.push(bytes.subarray(from, to));
    from = to;
    const ended = attempt([FramingError], () => {
      for (let message = reader.next(); message !== undefined; message = reader.next())
        messages.push(message);
      return true;
    });
    if (ended === undefined) return { messages, failed: true, midMessage: false };
  }
  return { messages, failed: false, midMessage: reader.midMessage };
}

/** Reads the messages by other means, with whole strings and a pattern. `good`: whether all bytes are framed so. */
function expected(text: string, framing: Framing): { readonly messages: string[]; readonly good: boolean } {
  const messages: string[] = [];
  const take = (content: string): boolean => {
    const bytes = Buffer.from(content, 'latin1');
    if (bytes.length > maxMessageBytes || !isUtf8(bytes)) return false;
    messages.push(bytes.toString('utf8'));
    return true;
  };
  if (framing === 'end-of-message') {
    const all = text.split(']]>]]>');
    const rest = all.pop() ?? '';
    return { messages, good: all.every(take) && rest.length <= maxMessageBytes + 5 };
  }
  let content = '';
  // White space behind a hello, up to the line feed of the first chunk.
  let at = /^(?:[ \t\r]|\n(?!#|$))*/.exec(text)?.[0].length ?? 0;
  for (;;) {
    const header = /^\n#([1-9][0-9]{0,9})\n/.exec(text.slice(at, at + 13));
    if (header !== null) {
      const size = Number(header[1]);
      if (size > 4_294_967_295 || content.length + size > maxMessageBytes) return { messages, good: false };
      const from = at + header[0].length;
      if (text.length < from + size) return { messages, good: true };
      content += text.slice(from, from + size);
      at = from + size;
    } else if (content !== '' && text.startsWith('\n##\n', at)) {
      if (!take(content)) return { messages, good: false };
      content = '';
      at += 4;
    } else {
      const rest = text.slice(at);
      const begun = content === '' ? /^(\n(#([1-9][0-9]{0,9})?)?)?$/ : /^(\n(##?|#[1-9][0-9]{0,9})?)?$/;
      return { messages, good: begun.test(rest) };
    }
  }
}

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}

function check(input: string): void {
  const framing: Framing = input.startsWith('c') ? 'chunked' : 'end-of-message';
  const text = Array.from(input.slice(1), (unit) => (unit > '\u00ff' ? '?' : unit)).join('');
  const bytes = Buffer.from(text, 'latin1');
  const random = randomOf(input);
  const atOnce = read(bytes, framing, []);
  const cuts = several(random, 5, () => random.whole(0, bytes.length)).sort((a, b) => a - b);
  assertSame(read(bytes, framing, cuts), atOnce, `cut at ${cuts.join()}`);
  if (bytes.length < 200)
    assertSame(read(bytes, framing, Array.from(bytes.keys())), atOnce, 'cut everywhere');
  const { messages, good } = expected(text, framing);
  assertSame(atOnce.messages, messages);
  assert.equal(atOnce.failed, !good);
  const framable = messages.filter((message) => framing === 'chunked' || !message.includes(']]>]]>'));
  const again = Buffer.concat(framable.map((message) => frame(message, framing)));
  assertSame(read(again, framing, []), { messages: framable, failed: false, midMessage: false });
}

function make(random: Random): string {
  const chunked = random.chance(0.5);
  const message = () =>
    several(random, 8, () => random.pick(['<a>', '</a>', 'é', '😀', ']]>', ']]>]]', '\n', '#', 'xyz'])).join(
      '',
    );
  const messages = several(random, 4, message);
  if (!chunked) return `e${latin1(messages.map((text) => `${text}]]>]]>`).join(''))}`;
  const framed = messages
    .filter((text) => text !== '')
    .map((text) => {
      const bytes = latin1(text);
      const cut = random.whole(0, bytes.length);
      const chunks = [bytes.slice(0, cut), bytes.slice(cut)].filter((chunk) => chunk !== '');
      return `${chunks.map((chunk) => `\n#${chunk.length}\n${chunk}`).join('')}\n##\n`;
    });
  return `c${framed.join('')}`;
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

export const framing: Target = {
  name: 'framing',
  share: 8,
  make,
  tokens: [
    ']]>]]>',
    ']]>',
    ']',
    '\n##\n',
    '\n#1\nx',
    '\n#4294967295\n',
    '\n#4294967296\n',
    '\n#0',
    '\n#601\n',
    '\n#600\n',
    '\n',
    '\r\n',
    '#',
    '\xc3\xa9',
    '\xc3',
    '\xff',
    '\xed\xa0\x80',
    '\xef\xbb\xbf',
    '\xf0\x9f\x98\x80',
    '\0',
  ],
  check,
  growing: [
    (size) => `e${repeated('x', size)}`,
    (size) => `e${repeated(']]>]]', size)}`,
    (size) => `e${repeated(']]>]]>', size)}`,
    (size) => `c${repeated('\n#1\nx', size)}\n##\n`,
    (size) => `c${repeated('\n#1\nx\n##\n', size)}`,
  ],
};
