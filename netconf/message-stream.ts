/** Messages over a transport: bytes and framing end here. */
import { frame, MessageReader, type Framing } from './framing.ts';

/** A stream of bytes to a router, both ways: what a session needs, and all it knows of SSH. */
export interface Transport {
  /** Takes over the stream. To be called once, at once: bytes that came before are kept until then. */
  start(handlers: TransportHandlers): void;
  write(bytes: Uint8Array): void;
  /** Ends the connection at once. May be called again. */
  close(): void;
}

export interface TransportHandlers {
  readonly received: (bytes: Uint8Array) => void;
  /** The stream has ended, from whichever side. Called once; `cause` if it is known. */
  readonly lost: (cause?: Error) => void;
}

interface MessageHandlers {
  /** One whole message. What it throws ends the stream, as wrong bytes do. */
  readonly received: (message: string) => void;
  /** The router's bytes are not framed messages, or `received` threw. Nothing is read after it. */
  readonly failed: (error: unknown) => void;
  /** The transport has ended. */
  readonly lost: (reason: string, cause?: Error) => void;
}

export class MessageStream {
  readonly #transport: Transport;
  readonly #reader: MessageReader;
  #stopped = false;

  constructor(transport: Transport, options: { readonly maxMessageBytes: number }) {
    this.#transport = transport;
    this.#reader = new MessageReader(options);
  }

  get framing(): Framing {
    return this.#reader.framing;
  }

  start(handlers: MessageHandlers): void {
    this.#transport.start({
      received: (bytes) => this.#received(bytes, handlers),
      lost: (cause) => {
        const reason = cause?.message ?? 'the connection was closed';
        handlers.lost(this.#reader.midMessage ? `${reason}, in the middle of a message` : reason, cause);
      },
    });
  }

  /** From the next message on, both ways. */
  switchTo(framing: Framing): void {
    this.#reader.switchTo(framing);
  }

  /** All in one write. */
  send(messages: readonly string[]): void {
    this.#transport.write(Buffer.concat(messages.map((message) => frame(message, this.framing))));
  }

  close(): void {
    this.#stopped = true;
    this.#transport.close();
  }

  #received(bytes: Uint8Array, handlers: MessageHandlers): void {
    if (this.#stopped) return;
    try {
      this.#reader.push(bytes);
      let message = this.#reader.next();
      while (message !== undefined && !this.#stopped) {
        handlers.received(message);
        message = this.#reader.next();
      }
    } catch (error) {
      this.#stopped = true;
      handlers.failed(error);
    }
  }
}
