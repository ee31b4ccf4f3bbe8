/**
 * Messages on one SSH channel. One reader at a time, and it doesn't write while it reads, so there is one thing at most
 * to wait for; what ends the channel wakes it.
 */

import type { ServerChannel } from 'ssh2';
import { frame, FramingError, MessageReader, type Framing } from '../../netconf/framing.ts';

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** While nobody reads, no more than this is taken from the client. */
const PAUSE_ABOVE_BYTES = 1024 * 1024;

export class MessageChannel {
  readonly #channel: ServerChannel;
  readonly #reader = new MessageReader({ maxMessageBytes: MAX_MESSAGE_BYTES });
  #framing: Framing = 'end-of-message';
  #unread = 0;
  #inputEnded = false;
  /** Nothing written arrives any more. */
  #mute = false;
  /** The client is gone and nobody noticed. */
  #halfOpen = false;
  #over = false;
  #wake = (): void => {};

  constructor(channel: ServerChannel) {
    this.#channel = channel;
    channel.on('data', (bytes: Buffer) => {
      if (this.#over) return;
      this.#reader.push(bytes);
      this.#unread += bytes.length;
      if (this.#unread > PAUSE_ABOVE_BYTES) channel.pause();
      this.#wake();
    });
    channel.on('end', () => {
      this.#inputEnded = true;
      this.#wake();
    });
  }

  get framing(): Framing {
    return this.#framing;
  }

  /** Nothing is read or written any more. */
  get over(): boolean {
    return this.#over;
  }

  switchTo(framing: Framing): void {
    this.#framing = framing;
    this.#reader.switchTo(framing);
  }

  /** The next message; undefined when the client's input has ended, can't be read on (RFC 6242 §4.2), or all is over. */
  async next(): Promise<string | undefined> {
    while (!this.#over) {
      const message = this.#read();
      if (message !== undefined) return message;
      if (this.#inputEnded && !this.#halfOpen) return undefined;
      this.#unread = 0;
      this.#channel.resume();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return undefined;
  }

  #read(): string | undefined {
    try {
      return this.#reader.next();
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#inputEnded = true;
      return undefined;
    }
  }

  send(message: string): Promise<void> {
    return this.write(frame(message, this.#framing));
  }

  /** The first half of a message's bytes. */
  sendHalf(message: string): Promise<void> {
    const whole = frame(message, this.#framing);
    return this.write(whole.subarray(0, Math.ceil(whole.length / 2)));
  }

  /** Resolves when the client's window has taken all, or nothing arrives any more. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#over || this.#mute) return;
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        if (this.#over || this.#mute) resolve();
      };
      this.#channel.write(bytes, () => resolve());
    });
  }

  /** Ends the writing side; what comes is still read. */
  endOutput(): void {
    this.#channel.eof();
    this.#mute = true;
  }

  /** The client is gone, but what it had sent is still read. */
  loseUnnoticed(): void {
    this.#mute = true;
    this.#halfOpen = true;
    this.#wake();
  }

  /** No more reading and writing. Whoever waits is let go. */
  stop(): void {
    this.#over = true;
    this.#channel.resume();
    this.#wake();
  }
}
