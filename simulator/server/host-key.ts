/** A router's host key, new or from a file, and its line for a `known_hosts` file. */

import { createHash, randomUUID } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import ssh2 from 'ssh2';

export interface HostKey {
  /** The private key in OpenSSH's format. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…` */
  readonly publicKey: string;
  /** `SHA256:…`, as OpenSSH shows it. */
  readonly fingerprint: string;
}

/** Thrown when a host key's file does not contain a usable private key. */
export class HostKeyError extends Error {
  override readonly name = 'HostKeyError';
  readonly file: string;
  constructor(file: string, cause: unknown) {
    super(`host key ${file}: expected an unencrypted OpenSSH or PEM private key`, { cause });
    this.file = file;
  }
}

const BITS = { ed25519: 256, ecdsa: 256, rsa: 2048 } as const;

const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** A new key. Old releases have no ed25519 key: simulate them with another type. */
export function createHostKey(type: 'ed25519' | 'ecdsa' | 'rsa' = 'ed25519'): HostKey {
  for (;;) {
    // ssh2's types want the options of each type apart.
    const { private: text } = ssh2.utils.generateKeyPairSync(type as 'rsa', { bits: BITS[type] } as never);
    // For a public key that begins with a zero octet (one in 256) ssh2 writes a key that it cannot read.
    if (!(ssh2.utils.parseKey(text) instanceof Error)) return hostKeyFrom(text);
  }
}

/**
 * The key in a file. If the file does not exist, it is made with a new key, and only its owner can read it. Of several processes that make it at the
 * same time, one makes it for all. The file is there as a whole or not at all.
 *
 * @throws {HostKeyError} when the file contains something else.
 */
export function keptHostKey(file: string): HostKey {
  if (!existsSync(file)) makeKeyFile(file);
  const text = readFileSync(file, 'utf8');
  try {
    return hostKeyFrom(text);
  } catch (error) {
    throw new HostKeyError(file, error);
  }
}

function makeKeyFile(file: string): void {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, createHostKey().privateKey, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}

/**
 * The line of a `known_hosts` file for the address that a server listens on: `[127.0.0.1]:8301 ssh-ed25519 AAAA…`. There
 * are no brackets for port 22. For a server that listens on all addresses, the line has the local one.
 */
export function knownHostsLine(listening: string, port: number, key: HostKey): string {
  const host = ANY_ADDRESS[listening] ?? listening;
  return `${port === 22 ? host : `[${host}]:${port}`} ${key.publicKey}`;
}

function hostKeyFrom(privateKey: string): HostKey {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  if (!parsed.isPrivateKey()) throw new TypeError('expected a private key, got a public one');
  const bytes = parsed.getPublicSSH();
  const digest = createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '');
  return {
    privateKey,
    publicKey: `${parsed.type} ${bytes.toString('base64')}`,
    fingerprint: `SHA256:${digest}`,
  };
}
