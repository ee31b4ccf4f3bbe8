/**
 * NETCONF without a network: a transport for the real client, a channel for the simulator's real server, and the bytes
 * between them, which can be cut, halved, held up or lost at any moment.
 */
import type { ServerChannel } from 'ssh2';
import type { TransportHandlers } from '../../netconf/message-stream.ts';
import type { Clock } from '../../simulator/device/clock.ts';
import type { Device } from '../../simulator/device/device.ts';
import { serveNetconf } from '../../simulator/server/netconf-session.ts';
import type { NetconfSession } from '../../simulator/server/netconf-session.ts';
import type { Random } from '../chaos/random.ts';
import { Channel } from './channel.ts';
import { Link } from './link.ts';
import type { Points } from './points.ts';
import type { Process } from './process.ts';

/** A silent connection is given up after three keepalives without an answer. */
const SILENCE_MS = 60_000;

export interface ConnectionWay {
  readonly name: string;
  readonly device: () => Device;
  readonly clock: Clock;
  readonly random: Random;
  readonly points: Points;
  readonly process: Process;
  readonly delayMs: () => readonly [number, number];
  readonly isReachable: () => boolean;
  readonly tell: (words: string) => void;
  /** Called with each connection that is made. */
  readonly made: (connection: Connection) => void;
}

export class Connection {
  readonly #way: ConnectionWay;
  readonly #out: Link;
  readonly #back: Link;
  readonly #channel: Channel;
  readonly #server: NetconfSession;
  #handlers: TransportHandlers | undefined;
  /** What the client does not hear any more, and the router not either. */
  #client: 'open' | 'closed' = 'open';
  #router: 'open' | 'gone' = 'open';
  #early: Buffer[] = [];
  #halves = false;
  #isLost = false;
  readonly id: number;

  constructor(way: ConnectionWay, user: string) {
    const { clock, random, name, process } = way;
    this.#way = way;
    this.#out = new Link(clock, random, way.delayMs());
    this.#back = new Link(clock, random, way.delayMs());
    this.#channel = new Channel({
      wrote: (bytes) => this.#fromRouter(bytes),
      saidAll: () => this.#back.carry(() => this.#lose()),
      ended: () => this.#routerEnds(),
    });
    const session = way.device().open({ user });
    this.id = session.id;
    way.tell(`${process.name} opens session ${session.id} on ${name}`);
    // The hello goes out at once: it waits on the link.
    this.#server = serveNetconf({
      channel: this.#channel as unknown as ServerChannel,
      session,
      cut: () => this.#routerEnds(),
      now: () => clock.now(),
    });
    process.onEnd(() => this.#clientCloses('noticed'));
  }

  get process(): Process {
    return this.#way.process;
  }

  get router(): string {
    return this.#way.name;
  }

  get isOpen(): boolean {
    return this.#client === 'open' || this.#router === 'open';
  }

  readonly transport = {
    start: (handlers: TransportHandlers): void => {
      if (this.#isLost) return handlers.lost();
      this.#handlers = handlers;
      for (const bytes of this.#early.splice(0)) handlers.received(bytes);
    },
    write: (bytes: Uint8Array): void => this.#fromClient(Buffer.from(bytes)),
    close: (): void => this.#clientCloses('noticed'),
  };

  /** Ends it for both, or for the client alone: the router keeps the session until somebody tells it. */
  cut(how: 'noticed' | 'unnoticed'): void {
    this.#clientCloses(how);
    this.#lose(new Error('read ECONNRESET'));
  }

  /** The router's next message arrives in half, and nothing behind it. */
  halve(): void {
    this.#halves = true;
  }

  /** Nothing passes for so long. Longer than the keepalives' patience, the client gives up. */
  freeze(ms: number): void {
    const { clock } = this.#way;
    this.#out.freeze();
    this.#back.freeze();
    if (ms > SILENCE_MS) clock.after(SILENCE_MS, () => this.#lose(new Error('Keepalive timeout')));
    clock.after(ms, () => {
      this.#out.thaw();
      this.#back.thaw();
    });
  }

  #fromClient(bytes: Buffer): void {
    const { points, process, name, tell } = this.#way;
    if (this.#client === 'closed') return;
    const rpcs = rpcsIn(bytes);
    tell(`${process.name} → ${name} ${this.id}: ${rpcs.join(', ')}`);
    for (const rpc of rpcs) points.pass(`before ${name} ${rpc}`, process);
    // What happened at the point may have been its end, or have stopped it.
    process.deliver(() => {
      if (this.#client !== 'open') return;
      this.#out.carry(() => {
        if (this.#router === 'gone') return;
        this.#channel.emit('data', bytes);
        for (const rpc of rpcs) points.pass(`at ${name} ${rpc}`, process);
      });
    });
  }

  #fromRouter(bytes: Buffer): void {
    const { points, process, name, tell } = this.#way;
    points.pass(`reply ${name}`, process);
    if (this.#router === 'gone') return;
    const halves = this.#halves;
    this.#halves = false;
    this.#back.carry(() => {
      const arrived = halves ? bytes.subarray(0, bytes.length >> 1) : bytes;
      tell(
        `${name} → ${process.name} ${this.id}: ${arrived.length} bytes${halves ? ', the first half' : ''}`,
      );
      process.deliver(() => {
        if (this.#client === 'closed') return;
        if (this.#handlers) this.#handlers.received(arrived);
        else this.#early.push(arrived);
      });
      if (halves) this.cut('noticed');
    });
  }

  #routerEnds(): void {
    if (this.#router === 'gone') return;
    this.#router = 'gone';
    this.#back.carry(() => this.#lose());
  }

  #clientCloses(how: 'noticed' | 'unnoticed'): void {
    if (this.#client === 'closed') return;
    this.#client = 'closed';
    if (how === 'unnoticed') {
      this.#server.gone('unnoticed');
      // Its own keepalives tell the router, in the end.
      this.#way.clock.after(2 * SILENCE_MS, () => this.#noticed());
    } else this.#out.carry(() => this.#noticed());
  }

  #noticed(): void {
    if (this.#router === 'gone') return;
    this.#router = 'gone';
    this.#server.gone('noticed');
  }

  #lose(cause?: Error): void {
    this.#way.process.deliver(() => {
      this.#isLost = true;
      const handlers = this.#handlers;
      this.#handlers = undefined;
      handlers?.lost(cause);
    });
  }
}

/** The operations in some bytes, in their order. */
function rpcsIn(bytes: Buffer): readonly string[] {
  const found = [...bytes.toString('latin1').matchAll(/<rpc [^>]*>\s*<([\w-]+)([^>]*)>\s*(?:<([\w-]+))?/g)];
  return found.map(([, name = '', attributes = '', child = '']) => {
    if (name === 'commit-configuration')
      return child === 'check' ? 'check' : child === 'confirmed' ? 'confirmed commit' : 'commit';
    if (name === 'get-configuration') return attributes.includes('compare') ? 'compare' : 'get-configuration';
    return name;
  });
}
