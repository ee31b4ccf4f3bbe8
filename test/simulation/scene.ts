/** What every world over the simulation has, whatever its time, its Temporal and its workers are: etcd, three routers, and what lies between. */
import { EtcdClient } from '../../etcd/client.ts';
import type { EtcdCalls } from '../../etcd/client.ts';
import { storeOver } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import type { Connect } from '../../netconf/open-session.ts';
import { pair } from '../../simulator/device/create.ts';
import { randomOf } from '../chaos/random.ts';
import type { Random } from '../chaos/random.ts';
import type { RouterName } from '../chaos/workload.ts';
import { connectTo } from './connect.ts';
import type { Connection, ConnectionWay } from './connection.ts';
import { Etcd } from './etcd.ts';
import { clearSky, etcdCalls } from './etcd-calls.ts';
import { WORKERS } from './faults.ts';
import type { WorkerName } from './faults.ts';
import { gatewaysOf, recordsOf, routerRecords } from './gateways.ts';
import type { Asked } from './gateways.ts';
import { Link } from './link.ts';
import { Points } from './points.ts';
import { Process } from './process.ts';
import type { Schedule } from './schedule.ts';
import { siteOf } from './site.ts';
import type { Site } from './site.ts';
import type { Stage } from './stage.ts';

export interface SceneWay<Time extends Stage['time']> {
  readonly schedule: Schedule;
  readonly time: Time;
  /** How long a message to or from etcd takes, and one to or from a router. */
  readonly etcdMs: readonly [number, number];
  readonly routerMs?: readonly [number, number];
  readonly tell: (words: string) => void;
}

export abstract class Scene<
  Time extends Stage['time'],
  Worker extends { readonly process: Process },
> implements Stage {
  readonly schedule: Schedule;
  readonly time: Time;
  readonly points = new Points();
  readonly etcd: Etcd;
  readonly sky = clearSky();
  readonly sites: Readonly<Record<RouterName, Site>>;
  readonly gateways: readonly Asked[];
  /** As a person at a keyboard has it: never cut off, never frozen. */
  readonly store: Store;
  readonly faults: { readonly at: number; readonly what: string }[] = [];
  losesTemporalAnswers = 0;
  abstract readonly temporal: Stage['temporal'];
  protected readonly random: Random;
  protected readonly workers = new Map<WorkerName, Worker>();
  readonly #way: SceneWay<Time>;
  readonly #etcdLinks = new Map<Process, readonly Link[]>();
  #connections: Connection[] = [];
  #payers = 0;

  constructor(way: SceneWay<Time>) {
    const { schedule, time, routerMs: delayMs } = way;
    const { workload } = schedule;
    const { clock } = time;
    this.#way = way;
    this.schedule = schedule;
    this.time = time;
    this.random = randomOf(`${schedule.seed}/world`);
    this.etcd = new Etcd(clock);
    const records = routerRecords();
    const site = (record: (typeof records)[number]): Site => {
      const options = schedule.routers[record.name];
      return siteOf({ record, clock, options, workload, delayMs, tell: (words) => this.tell(words) });
    };
    this.sites = Object.fromEntries(records.map((record) => [record.name, site(record)])) as Record<
      RouterName,
      Site
    >;
    pair(this.sites.A.device, this.sites.B.device);
    pair(this.sites.B.device, this.sites.C.device);
    this.gateways = gatewaysOf(workload.gateways, records);
    for (const { key, value } of recordsOf(this.gateways)) this.etcd.put(key, value);
    this.store = storeOver(new EtcdClient({ endpoints: ['etcd'] }, this.etcdCalls(new Process('people'))));
  }

  abstract startWorker(name: WorkerName): void;
  abstract wait(ms: number): Promise<void>;
  protected abstract ask(asked: Asked): void;

  tell(words: string): void {
    this.#way.tell(words);
  }

  happens(what: string): void {
    this.tell(`!! ${what}`);
    this.faults.push({ at: this.time.clock.now(), what });
  }

  worker(name: WorkerName): Worker {
    return this.workers.get(name) as Worker;
  }

  workerOf(process: Process | undefined): WorkerName | undefined {
    return WORKERS.find((name) => this.workers.get(name)?.process === process);
  }

  connections(which: { readonly process?: Process; readonly router?: RouterName }): readonly Connection[] {
    this.#connections = this.#connections.filter((connection) => connection.isOpen);
    return this.#connections.filter(
      ({ process, router }) => (which.process ?? process) === process && (which.router ?? router) === router,
    );
  }

  etcdLinks(process: Process): readonly Link[] {
    return this.#etcdLinks.get(process) ?? [];
  }

  create(index: number): void {
    this.ask(this.gateways[index] as Asked);
  }

  /** One more gateway, as whoever comes next. */
  pay(routers: readonly [RouterName, RouterName]): void {
    this.#payers += 1;
    const number = 500 + this.#payers;
    const records = Object.values(this.sites).map(({ record }) => record);
    const asked = gatewaysOf([{ kind: 'vpn_gateway', number, pair: routers, doom: null }], records);
    for (const { key, value } of recordsOf(asked)) this.etcd.put(key, value);
    for (const one of asked) this.ask(one);
  }

  protected link(name: string, delayMs: readonly [number, number]): Link {
    return new Link(this.time.clock, this.random.fork(name), delayMs);
  }

  protected etcdCalls(process: Process): EtcdCalls {
    const { etcd, sky: weather, points } = this;
    const { etcdMs, time } = this.#way;
    const [out, back] = [this.link('etcd', etcdMs), this.link('etcd', etcdMs)];
    this.#etcdLinks.set(process, [out, back]);
    const tell = (words: string): void => this.tell(words);
    return etcdCalls({ etcd, weather, clock: time.clock, points, process, out, back, tell });
  }

  /** How a process comes to the routers. */
  protected connect(process: Process): Connect {
    return connectTo((host) => this.#wayTo(host, process));
  }

  #wayTo(host: string, process: Process): ConnectionWay {
    const site = Object.values(this.sites).find(({ record }) => record.host === host);
    if (site === undefined) throw new Error(`expected one of the routers, got ${host}`);
    return {
      name: site.record.name,
      device: () => site.device,
      clock: this.time.clock,
      random: this.random,
      points: this.points,
      process,
      delayMs: () => site.delayMs,
      isReachable: () => site.isReachable,
      tell: (words) => this.tell(words),
      made: (connection) => void this.#connections.push(connection),
    };
  }
}
