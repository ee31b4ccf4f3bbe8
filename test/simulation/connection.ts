/**
 * NETCONF without a network: a transport for the real client, a channel for the simulator's real server, and the bytes
 * between them, which can be cut, halved, delayed or lost at any moment.
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
import type { Step, Steps } from './steps.ts';

/** After this time, in ms, a silent connection is given up: three keepalives have had no answer. */
const SILENCE_MS = 60_000;

export interface ConnectionDependencies {
  readonly name: string;
  /** The id in the router's record. */
  readonly routerId: string;
  readonly device: () => Device;
  readonly clock: Clock;
  readonly random: Random;
  readonly points: Points;
  readonly steps: Steps;
  readonly process: Process;
  readonly delayMs: () => readonly [number, number];
  readonly isReachable: () => boolean;
  readonly tell: (words: string) => void;
  /** Called with each connection that is made. */
  readonly made: (connection: Connection) => void;
}

export class Connection {
  readonly #deps: ConnectionDependencies;
  readonly #out: Link;
  readonly #back: Link;
  readonly #channel: Channel;
  readonly #server: NetconfSession;
  #handlers: TransportHandlers | undefined;
  /** Whether each end has noticed that the connection was lost. */
  #client: 'open' | 'closed' = 'open';
  #router: 'open' | 'gone' = 'open';
  #early: Buffer[] = [];
  #halves = false;
  /** The steps that wait for their replies, in the order of the requests. */
  readonly #unanswered: { readonly step: Step | undefined; readonly over: () => void }[] = [];
  /** What is to be called when a request is over: its reply has arrived, or the connection has ended. */
  readonly #underWay = new Set<() => void>();
  #isLost = false;
  readonly id: number;

  constructor(deps: ConnectionDependencies, user: string) {
    const { clock, random, name, process } = deps;
    this.#deps = deps;
    this.#out = new Link(clock, random, deps.delayMs());
    this.#back = new Link(clock, random, deps.delayMs());
    this.#channel = new Channel({
      wrote: (bytes) => this.#fromRouter(bytes),
      saidAll: () => this.#back.carry(() => this.#lose()),
      ended: () => this.#routerEnds(),
    });
    const session = deps.device().open({ user });
    this.id = session.id;
    deps.tell(`${process.name} opens session ${session.id} on ${name}`);
    // The hello is sent at once, and waits on the link.
    this.#server = serveNetconf({
      channel: this.#channel as unknown as ServerChannel,
      session,
      cut: () => this.#routerEnds(),
      now: () => clock.now(),
      onRequest: () => undefined,
    });
    process.onEnd(() => this.#clientCloses('noticed'));
  }

  get process(): Process {
    return this.#deps.process;
  }

  get router(): string {
    return this.#deps.name;
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

  /** Ends the connection. `noticed`: both ends know at once. `unnoticed`: only the client knows; the router keeps the session until it notices. */
  cut(how: 'noticed' | 'unnoticed'): void {
    this.#clientCloses(how);
    this.#lose(new Error('read ECONNRESET'));
  }

  /** Of the router's next message only half arrives, and nothing after it. */
  halve(): void {
    this.#halves = true;
  }

  /** Nothing passes for `ms`. If that is longer than the keepalives allow, the client gives the connection up. */
  freeze(ms: number): void {
    const { clock } = this.#deps;
    this.#out.freeze();
    this.#back.freeze();
    if (ms > SILENCE_MS) clock.after(SILENCE_MS, () => this.#lose(new Error('Keepalive timeout')));
    clock.after(ms, () => {
      this.#out.thaw();
      this.#back.thaw();
    });
  }

  #fromClient(bytes: Buffer): void {
    const { points, steps, process, name, routerId, tell } = this.#deps;
    if (this.#client === 'closed') return;
    const rpcs = rpcsIn(bytes);
    const made = rpcs.map((rpc) =>
      steps.of('router', process, (workflowId) => `${rpc}${placeOf(routerId, workflowId)}`),
    );
    tell(`${process.name} → ${name} ${this.id}: ${rpcs.join(', ')}`);
    for (const rpc of rpcs) points.pass(`before ${name} ${rpc}`, process);
    if (made.some((step) => steps.fails(step))) return this.cut('noticed');
    // A fault at the point may have ended the process, or frozen it.
    process.deliver(() => {
      if (this.#client !== 'open') return;
      for (const [index, step] of made.entries()) {
        // The pool closes sessions that nobody uses. No activity waits for the reply to that.
        const isOfPool = rpcs[index] === 'close-session';
        const over = steps.underWay.begin(isOfPool ? undefined : step, false);
        this.#underWay.add(over);
        this.#unanswered.push({ step, over });
      }
      this.#out.carry(() => {
        if (this.#router === 'gone') return;
        this.#channel.emit('data', bytes);
        for (const rpc of rpcs) points.pass(`at ${name} ${rpc}`, process);
      });
    });
  }

  #fromRouter(bytes: Buffer): void {
    const { points, steps, process, name, tell } = this.#deps;
    points.pass(`reply ${name}`, process);
    if (this.#router === 'gone') return;
    const answered = this.#unanswered.splice(0, repliesIn(bytes));
    for (const { step } of answered)
      if (steps.pass('after', step)?.kind === 'lost answer') return this.cut('noticed');
    const halves = this.#halves;
    this.#halves = false;
    this.#back.carry(() => {
      const arrived = halves ? bytes.subarray(0, bytes.length >> 1) : bytes;
      tell(
        `${name} → ${process.name} ${this.id}: ${arrived.length} bytes${halves ? ', the first half' : ''}`,
      );
      process.deliver(() => {
        if (this.#client === 'closed') return;
        this.#over(answered.map(({ over }) => over));
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
    this.#over([...this.#underWay]);
    if (how === 'unnoticed') {
      this.#server.gone('unnoticed');
      // In the end the router notices by its own keepalives.
      this.#deps.clock.after(2 * SILENCE_MS, () => this.#noticed());
    } else this.#out.carry(() => this.#noticed());
  }

  #over(calls: readonly (() => void)[]): void {
    for (const over of calls) {
      over();
      this.#underWay.delete(over);
    }
  }

  #noticed(): void {
    if (this.#router === 'gone') return;
    this.#router = 'gone';
    this.#server.gone('noticed');
  }

  #lose(cause?: Error): void {
    this.#deps.process.deliver(() => {
      this.#isLost = true;
      this.#over([...this.#underWay]);
      const handlers = this.#handlers;
      this.#handlers = undefined;
      handlers?.lost(cause);
    });
  }
}

/** Which router of its pair a call goes to, in words. Empty for a saga: only a pair's workflow id names routers. */
function placeOf(routerId: string, workflowId: string): string {
  const at = workflowId.indexOf(routerId);
  if (at < 0) return '';
  return workflowId.slice(0, at).includes('+') ? ' on the second router' : ' on the first router';
}

function repliesIn(bytes: Buffer): number {
  return bytes.toString('latin1').split('</rpc-reply>').length - 1;
}

/** The names of the operations that the bytes request, in their order. */
function rpcsIn(bytes: Buffer): readonly string[] {
  const found = [...bytes.toString('latin1').matchAll(/<rpc [^>]*>\s*<([\w-]+)([^>]*)>\s*(?:<([\w-]+))?/g)];
  return found.map(([, name = '', attributes = '', child = '']) => {
    if (name === 'commit-configuration')
      return child === 'check' ? 'check' : child === 'confirmed' ? 'confirmed commit' : 'commit';
    if (name === 'get-configuration') return attributes.includes('compare') ? 'compare' : 'get-configuration';
    return name;
  });
}
