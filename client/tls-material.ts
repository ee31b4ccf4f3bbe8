import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** PEM texts: the authorities to trust, and one's own certificate with its key. */
export interface TlsMaterial {
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
}

export interface TlsProblem {
  /** The parts at fault. Two: each is good, but they don't belong together. */
  readonly parts: readonly (keyof TlsMaterial)[];
  readonly expected: string;
  /** In OpenSSL's words, which quote no key and no certificate. */
  readonly reason: string;
}

/** Why TLS can't use these certificates and keys; `undefined` if it can. */
export function tlsProblem({ ca, cert, key }: TlsMaterial): TlsProblem | undefined {
  const certificate = 'a certificate that TLS can use';
  const tries: readonly [TlsProblem['parts'], expected: string, () => unknown][] = [
    [['ca'], certificate, () => ca !== undefined && readCertificates(ca)],
    [['cert'], certificate, () => cert !== undefined && createSecureContext({ cert })],
    [['key'], 'a key that TLS can use', () => key !== undefined && createSecureContext({ key })],
    [['cert', 'key'], 'a certificate and its key', () => createSecureContext({ cert, key })],
  ];
  for (const [parts, expected, attempt] of tries)
    try {
      attempt();
    } catch (error) {
      const { reason } = error as { readonly reason?: unknown };
      return { parts, expected, reason: typeof reason === 'string' ? reason : 'what is no PEM' };
    }
  return undefined;
}

/** Node.js's TLS leaves out an authority's certificate that it can't read, without an error. */
function readCertificates(pem: string | Buffer): readonly X509Certificate[] {
  const blocks = String(pem).match(
    /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----[^]*?-----END [A-Z0-9 ]*CERTIFICATE-----/g,
  );
  return (blocks ?? ['none']).map((block) => new X509Certificate(block));
}
