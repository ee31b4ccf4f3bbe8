import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { TemporalUnavailableError } from './errors.ts';

type Tls = ClientConnectConfig['connectionOptions']['tls'];

/** How long the second handshake may take, in ms. */
const LIMIT_MS = 3_000;

/** What OpenSSL says of an answer that is no TLS record. */
const NO_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);

/** The error for a connection that failed. If TLS is the cause, gRPC reports little more than a time-out. So a second handshake finds the reason. */
export async function unavailable(
  address: string,
  tls: Tls,
  cause: unknown,
): Promise<TemporalUnavailableError> {
  const reason = tls ? await tlsReason(address, tls === true ? {} : tls) : undefined;
  return new TemporalUnavailableError(address, cause, reason);
}

/**
 * Why TLS refuses the connection, in a few words; `undefined` if it does not, or if the reason is not found in time. A server that misses or refuses a
 * client's certificate says so only after the handshake (RFC 8446 §4.4.2.4), at the moment at which a gRPC server would greet.
 */
function tlsReason(address: string, tls: Exclude<Tls, boolean | null | undefined>) {
  const [, host = '', port = '443'] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address) ?? [];
  const { serverNameOverride, serverRootCACertificate: ca, clientCertPair: own } = tls;
  return new Promise<string | undefined>((resolve) => {
    let agreed = false;
    const end = (reason?: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reason);
    };
    const socket = connect({
      host,
      port: Number(port),
      // TLS's server name must not be an IP address (RFC 6066 §3).
      ...(isIP(host) === 0 && { servername: host }),
      ...(serverNameOverride !== undefined && { servername: serverNameOverride }),
      ALPNProtocols: ['h2'],
      ...(ca && { ca: Buffer.from(ca) }),
      ...(own && { cert: Buffer.from(own.crt), key: Buffer.from(own.key) }),
    });
    const timer = setTimeout(end, LIMIT_MS, undefined);
    const whose = own ? 'the client certificate is refused' : 'a client certificate is missing';
    socket.on('secureConnect', () => (agreed = true));
    socket.on('data', () => end());
    socket.on('close', () =>
      end(agreed ? `the server hung up after the TLS handshake: ${whose}?` : undefined),
    );
    socket.on('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      // An error without a code of TLS comes from the network, and gRPC has reported that.
      if (/^ERR_SSL.*(ALERT|CERTIFICATE)/.test(code)) end(`${whose} (${code})`);
      else if (NO_TLS.has(code)) end('the server does not speak TLS');
      else if (/CERT|SIGNATURE|ISSUER|ERR_TLS|ERR_SSL/.test(code)) end(message);
      else if (!agreed) end();
    });
  });
}
