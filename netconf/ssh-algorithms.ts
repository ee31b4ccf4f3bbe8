/** The SSH algorithms that this client accepts, and what to say about a router that offers none of them. RFC 4253 §7.1. */
import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2';
import { oneLine } from './one-line.ts';

/** Without `diffie-hellman-group-exchange`: in ssh2 its key exchange blocks the event loop for seconds. */
const algorithms: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
};

const hostKeyAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/**
 * `knownTypes`: the types of the keys that are known for the router. Their algorithms come first: then a router with several keys presents one that can be
 * checked.
 */
export function algorithmsFor(knownTypes: readonly string[]): Algorithms {
  const isKnown = (algorithm: string) =>
    knownTypes.includes(algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
  return {
    ...algorithms,
    serverHostKey: [
      ...hostKeyAlgorithms.filter(isKnown),
      ...hostKeyAlgorithms.filter((algorithm) => !isKnown(algorithm)),
    ],
  };
}

/** What each of ssh2's words for a list means, and the statement by which a router offers an algorithm that this client accepts. */
const LISTS: Readonly<Record<string, readonly [name: string, mend: string]>> = {
  'KEX method': ['key exchange', 'set system services ssh key-exchange ecdh-sha2-nistp256'],
  'Host key format': ['host key algorithm', 'set system services ssh hostkey-algorithm ssh-ecdsa'],
  cipher: ['cipher', 'set system services ssh ciphers aes256-ctr'],
  MAC: ['MAC', 'set system services ssh macs hmac-sha2-256'],
};

/**
 * Hears ssh2's debug lines, and keeps the two lists that were compared last: ssh2's error says only that they have nothing in common.
 *
 * @example
 * Handshake: (remote) KEX method: diffie-hellman-group1-sha1,diffie-hellman-group14-sha1
 */
export class Negotiation {
  #of = '';
  readonly #lists = { local: '', remote: '' };

  /** For ssh2's option `debug`. */
  readonly hear = (line: string): void => {
    const [, end, of, list] =
      /^Handshake: \((local|remote)\) (?:[CS]->[CS] )?([\w ]+): (.*)$/s.exec(line) ?? [];
    if (of === undefined || list === undefined) return;
    this.#of = of;
    this.#lists[end === 'local' ? 'local' : 'remote'] = list;
  };

  /** What is lacking, with both lists, and what to do. */
  get words(): string {
    const [name, mend] = LISTS[this.#of] ?? [this.#of, 'see which algorithms it is configured with'];
    const listed = (list: string) => list.split(',').filter((one) => !/^(?:ext-info|kex-strict)-/.test(one));
    const offered = oneLine(listed(this.#lists.remote).join(', '), 300);
    return `no SSH ${name} in common: expected one of ${listed(this.#lists.local).join(', ')}, got ${offered}; on the router: ${mend}, or a newer release`;
  }
}
