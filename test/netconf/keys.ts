import { utils } from 'ssh2';

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

const options = { ed25519: {}, ecdsa: { bits: 256 }, rsa: { bits: 2048 } } as const;

/** A new key pair in OpenSSH's formats. */
export function keyPair(
  type: KeyType,
  passphrase?: string,
): { readonly private: string; readonly public: string } {
  const encryption = passphrase === undefined ? {} : { passphrase, cipher: 'aes256-ctr', rounds: 4 };
  for (;;) {
    // ssh2's types want every option at once.
    const pair = utils.generateKeyPairSync(type as 'rsa', { ...options[type], ...encryption } as never);
    // One ed25519 key in 256, whose public half begins with a zero octet, is written so that nobody can read it.
    if (!(utils.parseKey(pair.private, passphrase) instanceof Error)) return pair;
  }
}
