/** A TCP proxy that cuts the connection around one request, recognised by a text in it that only writes carry. */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export type Cut =
  /** The request reaches the server, its answer never the client. */
  | { readonly kind: 'reply'; readonly applied: () => Promise<void> }
  /** The request never reaches the server. */
  | { readonly kind: 'request'; readonly meanwhile?: () => Promise<unknown> }
  /** The request reaches the server when the client has long given it up: on `release()`. */
  | { readonly kind: 'held' };

export class Proxy {
  readonly endpoint: string;
  /** How many requests were cut. */
  cuts = 0;
  release: () => void = () => undefined;
  /** Whether new connections are cut at once. */
  closed = false;
  private armed: { readonly marker: string; readonly cut: Cut } | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly server;

  private constructor(server: ReturnType<typeof createServer>, target: string) {
    this.server = server;
    this.endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (client) => this.join(client, target));
  }

  static async open(target: string): Promise<Proxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Proxy(server, target);
  }

  /** Cuts around the next request that carries the text; those after it pass. */
  arm(marker: string, cut: Cut): void {
    this.armed = { marker, cut };
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, target: string): void {
    if (this.closed) {
      client.destroy();
      return;
    }
    const [host, port] = target.split(':');
    const server = connect(Number(port), host);
    let cut = false;
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        if (!cut) (socket === client ? server : client).destroy();
      });
    }
    server.on('data', (bytes) => {
      if (!cut) client.write(bytes);
    });
    client.on('data', (bytes) => {
      const { armed } = this;
      if (!armed || !bytes.includes(armed.marker)) {
        if (!cut) server.write(bytes);
        return;
      }
      this.armed = undefined;
      this.cuts += 1;
      cut = true;
      this.perform(armed.cut, bytes, client, server);
    });
  }

  private perform(cut: Cut, bytes: Buffer, client: Socket, server: Socket): void {
    switch (cut.kind) {
      case 'reply':
        server.write(bytes);
        void cut.applied().then(() => {
          client.destroy();
          server.destroy();
        });
        break;
      case 'request':
        void Promise.resolve(cut.meanwhile?.()).then(() => {
          client.destroy();
          server.destroy();
        });
        break;
      case 'held':
        this.release = () => server.write(bytes);
        client.destroy();
        break;
      default:
        cut satisfies never;
    }
  }
}
