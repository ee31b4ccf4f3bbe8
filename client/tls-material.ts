import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** What TLS has against certificates and keys, in OpenSSL's few words and without their texts; `undefined` if nothing. */
export function tlsProblem(material: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>): string | undefined {
  try {
    createSecureContext(material);
    return undefined;
  } catch (error) {
    const { reason } = error as { readonly reason?: unknown };
    return typeof reason === 'string' ? reason : 'what is no PEM';
  }
}
