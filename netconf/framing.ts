/**
 * Separates messages in a stream of bytes, by both framings: RFC 6242 §4.2 (chunked) and §4.3 (end-of-message).
 *
 * `frame` turns a message into bytes, a `MessageReader` turns bytes into messages; neither knows a socket. Invariants of the reader:
 *
 * 1. However the stream is cut into pieces, the same messages come out. No bytes are decoded before their message is complete.
 * 2. `next` returns one message at a time. So the framing can be changed after a hello, even if the next message has arrived with the hello.
 * 3. It never keeps more of a message than the limit. A message that would exceed the limit is refused as soon as its size is known.
 * 4. A message that is not UTF-8 (RFC 6241 §3) is refused, or its bad octets are marked. If they were only replaced, two different messages
 *    could become one text.
 */
import { isUtf8 } from 'node:buffer';
import { decodeMarked } from './bad-octets.ts';
import { ByteQueue } from './byte-queue.ts';

/** `end-of-message` for the hellos, and after the hellos unless both offer base:1.1; else `chunked`. RFC 6242 §4.1. */
export type Framing = 'end-of-message' | 'chunked';

/** RFC 6242 §4.3. */
const endOfMessage = Buffer.from(']]>]]>');

/** RFC 6242 §4.2: a chunk holds at most 4294967295 octets, ten digits. */
const longestChunkSize = 10;
const largestChunk = 4_294_967_295;

const lineFeed = 0x0a;
const hash = 0x23;
/** Space, tab, line feed, carriage return. */
const blanks: readonly (number | undefined)[] = [0x20, 0x09, lineFeed, 0x0d];

/** Thrown when bytes do not follow the framing, a message is larger than the limit, or a message can't be framed. No more is read then. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
  readonly framing: Framing;

  constructor(framing: Framing, message: string) {
    super(`${framing} framing: ${message}`);
    this.framing = framing;
  }
}

/**
 * Frames one message.
 *
 * @throws {FramingError} if the message holds `]]>]]>` (end-of-message), or is empty (chunked).
 */
export function frame(message: string | Buffer, framing: Framing): Buffer {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message;
  if (framing === 'end-of-message') {
    if (bytes.includes(endOfMessage))
      throw new FramingError(framing, 'expected a message without "]]>]]>", got one that holds it');
    return Buffer.concat([bytes, endOfMessage]);
  }
  if (bytes.length === 0)
    throw new FramingError(framing, 'expected at least one octet, got an empty message');
  return Buffer.concat([Buffer.from(`\n#${bytes.length}\n`), bytes, Buffer.from('\n##\n')]);
}

/**
 * Reads messages out of bytes as they arrive.
 *
 * @example
 * const reader = new MessageReader({ maxMessageBytes: 8_000_000 });
 * reader.push(bytes);
 * for (let message = reader.next(); message !== undefined; message = reader.next()) handle(message);
 */
export class MessageReader {
  readonly #maxMessageBytes: number;
  readonly #marksBadOctets: boolean;
  readonly #bytes = new ByteQueue();
  #framing: Framing = 'end-of-message';
  /** No chunk was read since the framing was changed. */
  #isBehindHello = false;
  /** Index up to which no `]]>]]>` was found. */
  #searched = 0;
  /** Content of the chunks of the unfinished message. */
  readonly #content = new ByteQueue();

  /**
   * `maxMessageBytes`: largest message that is accepted, in octets, without its framing. `marksBadOctets`: octets that are not UTF-8 become
   * the mark `badOctet`; default: their message is refused.
   */
  constructor(options: { readonly maxMessageBytes: number; readonly marksBadOctets?: boolean }) {
    const { maxMessageBytes, marksBadOctets = false } = options;
    if (!Number.isSafeInteger(maxMessageBytes) || maxMessageBytes < 1) {
      throw new TypeError(
        `maxMessageBytes: expected a whole number of octets from 1, got ${maxMessageBytes}`,
      );
    }
    this.#maxMessageBytes = maxMessageBytes;
    this.#marksBadOctets = marksBadOctets;
  }

  get framing(): Framing {
    return this.#framing;
  }

  /** Whether a part of a message has arrived. If the stream ends then, the message was cut. White space behind a message does not count. */
  get midMessage(): boolean {
    return this.#content.view().length > 0 || this.#bytes.view().toString('latin1').trim() !== '';
  }

  push(bytes: Uint8Array): void {
    this.#bytes.push(bytes);
  }

  /** Reads the following messages in another framing. To be called between two messages. */
  switchTo(framing: Framing): void {
    this.#framing = framing;
    this.#isBehindHello = true;
    this.#searched = 0;
  }

  /**
   * The next complete message; `undefined` if more bytes are needed for it.
   *
   * @throws {FramingError} if the bytes do not follow the framing, or exceed the limit.
   */
  next(): string | undefined {
    return this.#framing === 'chunked' ? this.#nextChunked() : this.#nextEndOfMessage();
  }

  #nextEndOfMessage(): string | undefined {
    const view = this.#bytes.view();
    const at = view.indexOf(endOfMessage, this.#searched);
    const size = at === -1 ? view.length - endOfMessage.length + 1 : at;
    if (size > this.#maxMessageBytes) throw this.#tooLarge(size);
    if (at === -1) {
      this.#searched = Math.max(0, size);
      return undefined;
    }
    const message = this.#decoded(view.subarray(0, at));
    this.#bytes.drop(at + endOfMessage.length);
    this.#searched = 0;
    return message;
  }

  #nextChunked(): string | undefined {
    if (this.#isBehindHello) this.#dropBlanks();
    for (;;) {
      const header = this.#chunkHeader();
      if (header === undefined) return undefined;
      this.#isBehindHello = false;
      if (header.kind === 'end') {
        this.#bytes.drop(header.length);
        const content = this.#content.view();
        const message = this.#decoded(content);
        this.#content.drop(content.length);
        return message;
      }
      const { length, size } = header;
      const total = this.#content.view().length + size;
      if (total > this.#maxMessageBytes) throw this.#tooLarge(total);
      const view = this.#bytes.view();
      if (view.length < length + size) return undefined;
      this.#content.push(view.subarray(length, length + size));
      this.#bytes.drop(length + size);
    }
  }

  /** White space behind a hello belongs to no chunk: a router may end its line there. */
  #dropBlanks(): void {
    const view = this.#bytes.view();
    const beginsChunk = (at: number) => view[at] === lineFeed && (view[at + 1] ?? hash) === hash;
    let count = 0;
    while (count < view.length && blanks.includes(view[count]) && !beginsChunk(count)) count += 1;
    this.#bytes.drop(count);
  }

  /** `LF # size LF` or `LF # # LF`; `undefined` until it has arrived as a whole. Wrong bytes are refused as soon as they arrive. */
  #chunkHeader():
    { kind: 'chunk'; length: number; size: number } | { kind: 'end'; length: number } | undefined {
    const view = this.#bytes.view();
    if (view.length > 0 && view[0] !== lineFeed) throw this.#unexpected('a line feed', view, 0);
    if (view.length > 1 && view[1] !== hash) throw this.#unexpected('"#"', view, 1);
    if (view.length < 3) return undefined;
    if (view[2] === hash) {
      if (this.#content.view().length === 0)
        throw this.#unexpected('a chunk before the end of chunks', view, 2);
      if (view.length < 4) return undefined;
      if (view[3] !== lineFeed) throw this.#unexpected('a line feed after "##"', view, 3);
      return { kind: 'end', length: 4 };
    }
    if (!isDigit(view[2]) || view[2] === 0x30)
      throw this.#unexpected('a chunk size from 1, without leading zeros', view, 2);
    let at = 3;
    while (at < view.length && isDigit(view[at])) {
      at += 1;
      if (at - 2 > longestChunkSize)
        throw this.#unexpected(`a chunk size of at most ${longestChunkSize} digits`, view, at - 1);
    }
    if (at === view.length) return undefined;
    if (view[at] !== lineFeed) throw this.#unexpected('a line feed after the chunk size', view, at);
    const size = Number(view.toString('latin1', 2, at));
    if (size > largestChunk)
      throw new FramingError('chunked', `expected a chunk size of at most ${largestChunk}, got ${size}`);
    return { kind: 'chunk', length: at + 1, size };
  }

  #decoded(message: Buffer): string {
    if (isUtf8(message)) return message.toString('utf8');
    if (this.#marksBadOctets) return decodeMarked(message);
    throw new FramingError(this.#framing, 'expected a message in UTF-8, got other octets');
  }

  #tooLarge(size: number): FramingError {
    return new FramingError(
      this.#framing,
      `expected a message of at most ${this.#maxMessageBytes} octets, got at least ${size}`,
    );
  }

  #unexpected(expected: string, view: Buffer, at: number): FramingError {
    return new FramingError(
      'chunked',
      `expected ${expected}, got octet 0x${(view[at] ?? 0).toString(16).padStart(2, '0')}`,
    );
  }
}

function isDigit(octet: number | undefined): boolean {
  return octet !== undefined && octet >= 0x30 && octet <= 0x39;
}
