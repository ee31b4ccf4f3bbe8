import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** Why TLS can't use these certificates and keys, in OpenSSL's words, which quote no key or certificate; `undefined` if TLS can use them. */
export function tlsProblem(material: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>): string | undefined {
  try {
    createSecureContext(material);
    return undefined;
  } catch (error) {
    const { reason } = error as { readonly reason?: unknown };
    return typeof reason === 'string' ? reason : 'what is no PEM';
  }
}
