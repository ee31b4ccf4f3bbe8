import { readFileSync } from 'node:fs';
import { InvalidRequestError } from '../errors.ts';
import type { Environment } from '../profile.ts';

/** A key for AES-256, under the name that payloads carry. */
export interface CodecKey {
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Buffer;
}

/** The variable that names the file. */
export const KEYS_VARIABLE = 'GATEWAY_SAGA_CODEC_KEYS';

/** The keys in the file that the environment names; no keys if it names no file. */
export function keysOf(env: Environment): readonly CodecKey[] {
  const path = env[KEYS_VARIABLE];
  return path ? readCodecKeys(path, KEYS_VARIABLE) : [];
}

/**
 * Reads a file of keys. `option`: what named the file, for messages. Throws an `InvalidRequestError` that names option, file and line, and
 * never quotes the content.
 */
export function readCodecKeys(path: string, option = 'codec keys'): readonly CodecKey[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new InvalidRequestError(option, 'a readable file', path);
  }
  return parseCodecKeys(text, `${option} ${path}`);
}

/**
 * One key a line: a name, a blank, 32 bytes in base64; `#` begins a comment. The first key encrypts, every one decrypts.
 *
 * @example
 * 2026-11 q0X3n4Yk…=
 * 2026-05 7vJb1sQe…=
 */
export function parseCodecKeys(text: string, where: string): readonly CodecKey[] {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const keys = lines
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, number }) => keyOf(line, `${where}, line ${number}`));
  if (keys.length === 0) throw new InvalidRequestError(where, 'at least one key', 'none');
  const names = keys.map(({ id }) => id);
  const twice = names.find((id, index) => names.indexOf(id) !== index);
  if (twice !== undefined) throw new InvalidRequestError(where, 'each name once', twice);
  return keys;
}

function keyOf(line: string, where: string): CodecKey {
  const [, id = '', encoded = ''] = /^([A-Za-z0-9._-]{1,64})\s+([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (id !== '' && bytes.length === 32) return { id, bytes };
  const got = id === '' ? 'something else' : `${bytes.length} bytes`;
  throw new InvalidRequestError(where, 'a name and 32 bytes in base64', got);
}
