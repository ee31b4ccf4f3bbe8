/** A transport that also shows each whole message that passes, in both directions. The session above it notices nothing. */
import { MessageReader, type Framing } from './framing.ts';
import { CAPABILITIES, readHello } from './hello.ts';
import type { Transport } from './message-stream.ts';

export interface PassedMessage {
  readonly from: 'client' | 'server';
  /** When it was whole, in ms since the epoch. */
  readonly atMs: number;
  /** Without its framing. */
  readonly text: string;
}

/** Bytes that can't be read as messages are passed on, and nothing more is shown of their direction: such bytes end the session anyway. */
export function recordedTransport(transport: Transport, passed: (message: PassedMessage) => void): Transport {
  const readers = { client: reader(), server: reader() };
  const switchTo = (framing: Framing) => {
    readers.client?.switchTo(framing);
    readers.server?.switchTo(framing);
  };
  let isGreeted = false;
  const show = (from: PassedMessage['from'], bytes: Uint8Array) => {
    try {
      readers[from]?.push(bytes);
      for (let text = readers[from]?.next(); text !== undefined; text = readers[from]?.next()) {
        passed({ from, atMs: Date.now(), text });
        if (from === 'client' || isGreeted) continue;
        // RFC 6242 §4.1. Our own hello always offers chunked framing.
        isGreeted = true;
        if (readHello(text).capabilities.has(CAPABILITIES.base11)) switchTo('chunked');
      }
    } catch {
      readers[from] = undefined;
    }
  };
  return {
    start: ({ received, lost }) =>
      transport.start({
        received: (bytes) => {
          show('server', bytes);
          received(bytes);
        },
        lost,
      }),
    write(bytes) {
      show('client', bytes);
      transport.write(bytes);
    },
    close: () => transport.close(),
  };
}

function reader(): MessageReader | undefined {
  return new MessageReader({ maxMessageBytes: 16 * 1024 * 1024, marksBadOctets: true });
}
