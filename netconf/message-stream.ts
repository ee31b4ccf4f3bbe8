/** Messages over a stream of bytes. The session above knows no framing, and the transport below knows no messages. RFC 6242 §4. */
import { frame, MessageReader, type Framing } from './framing.ts';

/** A stream of bytes to and from a router. A session needs no more of SSH than this. */
export interface Transport {
  /** Begins to hand bytes over. To be called once; bytes that came earlier are kept until then. */
  start(handlers: TransportHandlers): void;
  write(bytes: Uint8Array): void;
  /** Ends the connection at once. May be called again. */
  close(): void;
}

export interface TransportHandlers {
  readonly received: (bytes: Uint8Array) => void;
  /** The stream has ended, by the router or by this client. Called once. `cause`: absent if it is not known. */
  readonly lost: (cause?: Error) => void;
}

interface MessageHandlers {
  /** Takes one whole message. If it throws, `failed` is called and nothing more is read. */
  readonly received: (message: string) => void;
  /** The router's bytes are no framed messages, or `received` threw. Nothing is read afterwards. */
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
    this.#reader = new MessageReader({ ...options, marksBadOctets: true });
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

  /** Changes the framing of all messages that are sent and read from now on. */
  switchTo(framing: Framing): void {
    this.#reader.switchTo(framing);
  }

  /** Sends all of them in one write. */
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
