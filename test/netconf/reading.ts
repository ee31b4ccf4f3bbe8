/** Reads messages from bytes, however they are cut. */
import { MessageReader, type Framing } from '../../netconf/framing.ts';

export const maxMessageBytes = 10_000;

/** All messages that are complete. */
export function readAll(reader: MessageReader): string[] {
  const messages: string[] = [];
  for (let message = reader.next(); message !== undefined; message = reader.next()) messages.push(message);
  return messages;
}

export function reading(framing: Framing, max = maxMessageBytes): MessageReader {
  const reader = new MessageReader({ maxMessageBytes: max });
  reader.switchTo(framing);
  return reader;
}

/** Messages read when the stream arrives as the given pieces. */
export function read(framing: Framing, ...pieces: readonly Uint8Array[]): string[] {
  const reader = reading(framing);
  return pieces.flatMap((piece) => {
    reader.push(piece);
    return readAll(reader);
  });
}
