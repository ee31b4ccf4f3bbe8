/**
 * NETCONF messages on one SSH channel. The caller either reads or writes, never both at once, so at most one promise waits
 * at a time. `stop` resolves it.
 */

import type { ServerChannel } from 'ssh2';
import { frame, FramingError, MessageReader, type Framing } from '../../netconf/framing.ts';
import { octetsOf } from './messages.ts';

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** While nobody reads, the channel is paused after this many bytes. */
const PAUSE_ABOVE_BYTES = 1024 * 1024;

export class MessageChannel {
  readonly #channel: ServerChannel;
  readonly #reader = new MessageReader({ maxMessageBytes: MAX_MESSAGE_BYTES });
  #framing: Framing = 'end-of-message';
  #unread = 0;
  #inputEnded = false;
  /** If true, writing has no effect. */
  #outputEnded = false;
  /** The client has ended the connection, and the router has not noticed. */
  #halfOpen = false;
  #stopped = false;
  #wake = (): void => {};

  constructor(channel: ServerChannel) {
    this.#channel = channel;
    channel.on('data', (bytes: Buffer) => {
      if (this.#stopped) return;
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

  /** Whether `stop` was called. */
  get stopped(): boolean {
    return this.#stopped;
  }

  switchTo(framing: Framing): void {
    this.#framing = framing;
    this.#reader.switchTo(framing);
  }

  /** The next message; undefined after a framing error (RFC 6242 §4.2), at the end of the input, and after `stop`. */
  async next(): Promise<string | undefined> {
    while (!this.#stopped) {
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
    return this.write(frame(octetsOf(message), this.#framing));
  }

  /** Sends the first half of a message's bytes. */
  sendHalf(message: string): Promise<void> {
    const whole = frame(octetsOf(message), this.#framing);
    return this.write(whole.subarray(0, Math.ceil(whole.length / 2)));
  }

  /** Resolves when the client's window has taken all bytes, when the output has ended, or after `stop`. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#stopped || this.#outputEnded) return;
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        if (this.#stopped || this.#outputEnded) resolve();
      };
      this.#channel.write(bytes, () => resolve());
    });
  }

  /** Ends the output. Messages from the client are still read. */
  endOutput(): void {
    this.#channel.eof();
    this.#outputEnded = true;
  }

  /** To be called when the client has ended the connection and the router shall not notice: messages that have arrived are still read. */
  becomeHalfOpen(): void {
    this.#outputEnded = true;
    this.#halfOpen = true;
    this.#wake();
  }

  /** Ends reading and writing, and resolves the promise that waits. */
  stop(): void {
    this.#stopped = true;
    this.#channel.resume();
    this.#wake();
  }
}
