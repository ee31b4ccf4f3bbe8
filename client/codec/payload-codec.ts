/**
 * Payloads that the Temporal server can't read: AES-256-GCM (NIST SP 800-38D).
 *
 * 1. The whole payload is encrypted, metadata included. Only three facts stay readable: that it is encrypted, how, and the key's name.
 * 2. Each payload gets 96 random bits as its nonce. By SP 800-38D §8.3 one key is good for 2^32 payloads.
 * 3. The key's name is authenticated with the payload, so that nobody can replace it.
 * 4. A payload that is not encrypted is passed on as it is. It may come from a start by hand, or from a history without a codec.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { CodecKey } from './keys.ts';

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
/** Lengths of the nonce and of the authentication tag, in bytes. */
const NONCE = 12;
const TAG = 16;

/** Thrown when a payload is encrypted and can't be decrypted: the codec does not have its key, or the payload was tampered with. */
export class PayloadKeyError extends Error {
  override readonly name = 'PayloadKeyError';
  /** Name of the key, as the payload has it. */
  readonly keyId: string;

  constructor(keyId: string, message: string) {
    super(message);
    this.keyId = keyId;
  }
}

/** A codec that says whether it encrypts. A codec that does not encrypt refuses payloads that are encrypted. */
export interface SecretCodec extends PayloadCodec {
  readonly encrypts: boolean;
}

/** Encrypts with the first key; without keys it encrypts nothing. Decrypts with the key that the payload names. */
export function payloadCodec(keys: readonly CodecKey[]): SecretCodec {
  const [first] = keys;
  return {
    encrypts: first !== undefined,
    encode: async (payloads) => (first ? payloads.map((payload) => encrypt(payload, first)) : payloads),
    decode: async (payloads) => payloads.map((payload) => decrypt(payload, keys)),
  };
}

function encrypt(payload: Payload, { id, bytes }: CodecKey): Payload {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, bytes, nonce).setAAD(Buffer.from(id));
  const sealed = Buffer.concat([cipher.update(bytesOf(payload)), cipher.final()]);
  return {
    metadata: {
      encoding: Buffer.from(ENCODING),
      'encryption-cipher': Buffer.from(CIPHER),
      'encryption-key-id': Buffer.from(id),
    },
    data: Buffer.concat([nonce, sealed, cipher.getAuthTag()]),
  };
}

function decrypt(payload: Payload, keys: readonly CodecKey[]): Payload {
  if (textOf(payload, 'encoding') !== ENCODING) return payload;
  const id = textOf(payload, 'encryption-key-id');
  const key = keys.find((known) => known.id === id);
  const named = `the key ${JSON.stringify(id)}`;
  if (!key)
    throw new PayloadKeyError(
      id,
      `a payload is encrypted with ${named}, which is not among the codec keys that this program was given`,
    );
  const data = Buffer.from(payload.data ?? []);
  try {
    const decipher = createDecipheriv(CIPHER, key.bytes, data.subarray(0, NONCE)).setAAD(Buffer.from(id));
    decipher.setAuthTag(data.subarray(-TAG));
    return payloadOf(Buffer.concat([decipher.update(data.subarray(NONCE, -TAG)), decipher.final()]));
  } catch {
    throw new PayloadKeyError(
      id,
      `a payload is not what was encrypted with ${named}: damaged, or another key`,
    );
  }
}

/** The payload as bytes: the length of the metadata in 4 bytes, the metadata as JSON, the data. */
function bytesOf({ metadata, data }: Payload): Buffer {
  const head = Buffer.from(
    JSON.stringify(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
    ),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, data ?? Buffer.alloc(0)]);
}

function payloadOf(bytes: Buffer): Payload {
  const end = 4 + bytes.readUInt32BE();
  const entries = JSON.parse(bytes.subarray(4, end).toString()) as [string, string][];
  const metadata = entries.map(([name, value]) => [name, Buffer.from(value, 'base64')] as const);
  return { metadata: Object.fromEntries(metadata), data: bytes.subarray(end) };
}

function textOf({ metadata }: Payload, name: string): string {
  const value = metadata?.[name];
  return value ? Buffer.from(value).toString() : '';
}
