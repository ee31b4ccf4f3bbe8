/** Somebody on the wire between us and a router, who can send us elsewhere, change bytes, or close one direction. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export class Middle {
  /** Where connections made from now on lead. */
  target: number;
  /** What becomes of bytes on their way. `from`: how many bytes have passed before in that direction. */
  tamper: (bytes: Buffer, way: 'to router' | 'from router', from: number) => Buffer = (bytes) => bytes;
  readonly port: number;
  readonly #server;
  readonly #sockets = new Set<Socket>();
  readonly #upstreams = new Set<Socket>();

  private constructor(server: ReturnType<typeof createServer>, target: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.target = target;
    server.on('connection', (client) => this.#join(client));
  }

  static async open(target: number): Promise<Middle> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Middle(server, target);
  }

  /** Ends the direction from the router to us, and goes on taking what we send. */
  halfClose(): void {
    for (const client of this.#sockets) if (!this.#upstreams.has(client)) client.end();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    const router = connect({ port: this.target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    this.#upstreams.add(router);
    this.#pass(client, router, 'to router');
    this.#pass(router, client, 'from router');
  }

  #pass(one: Socket, other: Socket, way: 'to router' | 'from router'): void {
    let passed = 0;
    this.#sockets.add(one);
    one.on('data', (bytes) => {
      if (other.writable) other.write(this.tamper(bytes, way, passed));
      passed += bytes.length;
    });
    one.on('error', () => {});
    one.on('close', () => {
      this.#sockets.delete(one);
      other.destroy();
    });
  }
}
