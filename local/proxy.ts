/**
 * A TCP proxy in front of a server. A test or a benchmark makes the network slow or broken with it: for all connections at
 * once, or for one message, which the proxy recognises by a text in it.
 */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export type Cut =
  /** The request reaches the server. The answer never reaches the client. */
  | { readonly kind: 'reply'; readonly applied: () => Promise<void> }
  /** The request never reaches the server. */
  | { readonly kind: 'request'; readonly meanwhile?: () => Promise<unknown> }
  /** The request reaches the server late, on `release()`, when the client has given it up already. */
  | { readonly kind: 'held' }
  /** The request waits until `meanwhile` is done. Nothing is lost. */
  | { readonly kind: 'pause'; readonly meanwhile: () => Promise<unknown> };

interface Armed {
  readonly marker: string;
  readonly cut: Cut;
}

/** Time within which the server has carried out a late request. */
const ANSWERED_MS = 1_000;

export class Proxy {
  readonly endpoint: string;
  /** How often an armed text or `halve()` took effect; a `pause` counts too. */
  cuts = 0;
  /** Whether new connections are cut at once. */
  closed = false;
  /** Texts. Every connection whose request contains one of them is cut. */
  readonly refused = new Set<string>();
  /** Delay of everything that passes, in each direction, in milliseconds. */
  delayMs = 0;
  private readonly held: (() => void)[] = [];
  private readonly armed: Armed[];
  private armedAnswer: string | undefined;
  private half = false;
  private thaw: Promise<void> | undefined;
  private melt: () => void = () => undefined;
  private readonly sockets = new Set<Socket>();
  private readonly server;

  private constructor(server: ReturnType<typeof createServer>, target: string, armed: Armed[]) {
    this.server = server;
    this.armed = armed;
    this.endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (client) => this.join(client, target));
  }

  /** `beside`: another proxy of the same client. Both share the armed texts: the first proxy that sees a text cuts. */
  static async open(target: string, beside?: Proxy): Promise<Proxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Proxy(server, target, beside?.armed ?? []);
  }

  /** Does what `cut` says to the next request that contains the text. Later requests pass. */
  arm(marker: string, cut: Cut): void {
    this.armed.push({ marker, cut });
  }

  /** Takes back each `arm`, `armAnswer` and `halve` that has not taken effect yet. */
  disarm(): void {
    this.armed.length = 0;
    this.armedAnswer = undefined;
    this.half = false;
  }

  /** Ends all connections. New ones are accepted. */
  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Passes on the first half of the server's next bytes, then cuts that connection. */
  halve(): void {
    this.half = true;
  }

  /** Passes on the server's bytes up to this text, then cuts that connection. */
  armAnswer(marker: string): void {
    this.armedAnswer = marker;
  }

  /** Sends the requests that were cut as `held` to the server. */
  release(): void {
    for (const arrive of this.held.splice(0)) arrive();
  }

  /** Passes nothing on until `unfreeze`. The connections stay open, so neither end notices. */
  freeze(): void {
    this.thaw ??= new Promise((resolve) => (this.melt = resolve));
  }

  unfreeze(): void {
    this.melt();
    this.thaw = undefined;
  }

  async close(): Promise<void> {
    this.unfreeze();
    this.drop();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, target: string): void {
    if (this.closed) {
      client.destroy();
      return;
    }
    const [host, port] = target.split(':');
    const server = connect({ port: Number(port), host: host ?? '', noDelay: true });
    const link: Link = { client, server, cut: false };
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        if (!link.cut) other.destroySoon();
      });
    }
    client.on('data', (bytes) => this.pass(client, () => this.request(bytes, link)));
    server.on('data', (bytes) => this.pass(server, () => this.reply(bytes, link)));
  }

  /** Delays bytes without changing their order: nothing more is read from this end until they are passed on. */
  private pass(from: Socket, go: () => void): void {
    if (this.thaw === undefined && this.delayMs === 0) {
      go();
      return;
    }
    from.pause();
    void Promise.all([this.thaw, new Promise((resolve) => setTimeout(resolve, this.delayMs))]).then(() => {
      go();
      from.resume();
    });
  }

  private reply(bytes: Buffer, { client, server, cut }: Link): void {
    if (cut) return;
    const at = this.armedAnswer === undefined ? -1 : bytes.indexOf(this.armedAnswer);
    if (!this.half && at === -1) {
      client.write(bytes);
      return;
    }
    if (at === -1) this.half = false;
    else this.armedAnswer = undefined;
    this.cuts += 1;
    client.write(bytes.subarray(0, at === -1 ? bytes.length >> 1 : at));
    client.destroySoon();
    server.destroy();
  }

  private request(bytes: Buffer, link: Link): void {
    if ([...this.refused].some((text) => bytes.includes(text))) {
      link.client.destroy();
      return;
    }
    const index = this.armed.findIndex(({ marker }) => bytes.includes(marker));
    const armed = this.armed[index];
    if (!armed || link.cut) {
      if (!link.cut) link.server.write(bytes);
      return;
    }
    this.armed.splice(index, 1);
    this.cuts += 1;
    this.perform(armed.cut, bytes, link);
  }

  private perform(cut: Cut, bytes: Buffer, link: Link): void {
    const { client, server } = link;
    const end = () => {
      client.destroy();
      server.destroy();
    };
    link.cut = cut.kind !== 'pause';
    switch (cut.kind) {
      case 'reply':
        server.write(bytes);
        void cut.applied().then(end);
        break;
      case 'request':
        void Promise.resolve(cut.meanwhile?.()).then(end);
        break;
      case 'held':
        this.held.push(() => {
          server.write(bytes);
          // Without this the server would go on sending answers to a client that has left.
          setTimeout(() => server.destroy(), ANSWERED_MS).unref();
        });
        client.destroy();
        break;
      case 'pause':
        client.pause();
        void cut.meanwhile().then(() => {
          server.write(bytes);
          client.resume();
        });
        break;
      default:
        cut satisfies never;
    }
  }
}

/** One connection through the proxy. */
interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** Whether this connection was cut. A connection that was cut passes nothing on. */
  cut: boolean;
}
