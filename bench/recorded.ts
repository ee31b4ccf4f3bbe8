import type { Transport } from '../netconf/message-stream.ts';

/** A transport that records its writes. `writes` has one entry for each write, and so for each round trip. */
export interface RecordedTransport extends Transport {
  readonly writes: readonly Uint8Array[];
  forget(): void;
}

export function recorded(transport: Transport): RecordedTransport {
  const writes: Uint8Array[] = [];
  return {
    writes,
    forget: () => void writes.splice(0),
    start: (handlers) => transport.start(handlers),
    write(bytes) {
      writes.push(bytes);
      transport.write(bytes);
    },
    close: () => transport.close(),
  };
}
