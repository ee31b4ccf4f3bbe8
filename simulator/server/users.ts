/** Logins: the users of a router, with their passwords and keys. */

import { createHash, timingSafeEqual } from 'node:crypto';
import ssh2, { type AuthContext, type ParsedKey, type PasswordAuthContext } from 'ssh2';
import type { DeviceUser } from '../device/device.ts';

/** A user with neither a password nor a key cannot log in. */
export interface RouterUser {
  readonly name: string;
  readonly password?: string;
  /** Lines of an `authorized_keys` file: `ssh-ed25519 AAAA… comment`. */
  readonly publicKeys?: readonly string[];
  /** Default `super-user`. */
  readonly permission?: DeviceUser['permission'];
}

/** An attempt to log in. A password may have come by a dialogue, too. */
export type LoginAttempt =
  Exclude<AuthContext, PasswordAuthContext> | Pick<PasswordAuthContext, 'method' | 'username' | 'password'>;

/** Whether one attempt to log in succeeds. */
export type Authenticate = (attempt: LoginAttempt) => boolean;

/**
 * Makes an `Authenticate` that knows these users.
 *
 * @throws {TypeError} for a public key that cannot be read.
 */
export function authenticator(users: readonly RouterUser[]): Authenticate {
  const logins = new Map(users.map((user) => [user.name, { user, keys: keysOf(user) }]));
  return (attempt) => {
    const login = logins.get(attempt.username);
    if (attempt.method === 'password') {
      const password = login?.user.password;
      return password !== undefined && sameText(attempt.password, password);
    }
    if (attempt.method !== 'publickey') return false;
    const key = login?.keys.find((known) => known.getPublicSSH().equals(attempt.key.data));
    if (key === undefined) return false;
    // Without a signature the client only asks whether it may use this key.
    if (attempt.signature === undefined || attempt.blob === undefined) return true;
    // The declared type lacks the third parameter, the hash's name, which RSA keys need (RFC 8332).
    const verify = key.verify.bind(key) as (
      data: Buffer,
      signature: Buffer,
      hash?: string,
    ) => boolean | Error;
    return verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
  };
}

function keysOf(user: RouterUser): readonly ParsedKey[] {
  return (user.publicKeys ?? []).map((line, index) => {
    const key = ssh2.utils.parseKey(line);
    if (key instanceof Error)
      throw new TypeError(
        `user ${user.name}, publicKeys[${index}]: expected a line such as "ssh-ed25519 AAAA…"`,
        { cause: key },
      );
    return key;
  });
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
