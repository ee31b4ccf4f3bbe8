/** A proxy that adds TLS to an HTTP/2 server without TLS. It accepts only clients whose certificate its authority has signed. */
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';

export interface TlsFront {
  /** `localhost:port` */
  readonly address: string;
  close(): Promise<void>;
}

export async function openTlsFront(target: string, tls: TlsOptions): Promise<TlsFront> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  const server = createServer(
    { ...tls, requestCert: true, rejectUnauthorized: true, ALPNProtocols: ['h2'], noDelay: true },
    (client) => {
      const onward = connect({ host: host ?? '', port: Number(port), noDelay: true });
      for (const [socket, other] of [
        [client, onward],
        [onward, client],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
      }
      client.pipe(onward).pipe(client);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `localhost:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
