/** What every world over the simulation has, whatever its clock, Temporal server and workers are: etcd, three routers, and the links between them. */
import { EtcdClient } from '../../etcd/client.ts';
import type { EtcdCalls } from '../../etcd/client.ts';
import { storeOver } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import { APPLY_GATEWAY, WORKFLOWS } from '../../gateway/messages.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import type { Connect } from '../../netconf/open-session.ts';
import { pair } from '../../simulator/device/create.ts';
import { askedFor } from '../chaos/changes.ts';
import { randomOf } from '../chaos/random.ts';
import type { Random } from '../chaos/random.ts';
import type { RouterName } from '../chaos/workload.ts';
import { connectTo } from './connect.ts';
import type { Connection, ConnectionDependencies } from './connection.ts';
import { Etcd } from './etcd.ts';
import { fairWeather, etcdCalls } from './etcd-calls.ts';
import { WORKERS } from './faults.ts';
import type { WorkerName } from './faults.ts';
import { gatewaysOf, withChildren, recordsOf, routerRecords } from './gateways.ts';
import type { RequestedGateway } from './gateways.ts';
import { Link } from './link.ts';
import { Points } from './points.ts';
import { Process } from './process.ts';
import type { Schedule } from './schedule.ts';
import { siteOf } from './site.ts';
import type { Site } from './site.ts';
import type { Asks, Stage } from './stage.ts';
import { Steps } from './steps.ts';

export interface SceneDependencies<Time extends Stage['time']> {
  readonly schedule: Schedule;
  readonly time: Time;
  /** How long a message to or from etcd takes, and one to or from a router. */
  readonly etcdMs: readonly [number, number];
  readonly routerMs?: readonly [number, number];
  readonly tell: (words: string) => void;
}

/** How a workflow is started. */
export interface Start {
  readonly type: string;
  readonly workflowId: string;
  readonly ref: GatewayRef & Asks;
  /** Signalled with the start, so that a run for an older version hears of the newer one. */
  readonly newest?: { readonly version: number };
}

export abstract class Scene<
  Time extends Stage['time'],
  Worker extends { readonly process: Process },
> implements Stage {
  readonly schedule: Schedule;
  readonly time: Time;
  readonly points = new Points();
  readonly steps = new Steps();
  readonly etcd: Etcd;
  readonly weather = fairWeather();
  readonly sites: Readonly<Record<RouterName, Site>>;
  readonly gateways: readonly RequestedGateway[];
  /** The client of a person at a keyboard: never cut off, never frozen. */
  readonly store: Store;
  readonly faults: { readonly at: number; readonly what: string }[] = [];
  losesTemporalAnswers = 0;
  abstract readonly temporal: Stage['temporal'];
  protected readonly random: Random;
  protected readonly workers = new Map<WorkerName, Worker>();
  readonly #deps: SceneDependencies<Time>;
  readonly #etcdLinks = new Map<Process, readonly Link[]>();
  #connections: Connection[] = [];
  #payers = 0;

  constructor(deps: SceneDependencies<Time>) {
    const { schedule, time, routerMs: delayMs } = deps;
    const { workload, vrrpTimers } = schedule;
    const { clock } = time;
    this.#deps = deps;
    this.schedule = schedule;
    this.time = time;
    this.random = randomOf(`${schedule.seed}/world`);
    this.etcd = new Etcd(clock);
    const records = routerRecords();
    const site = (record: (typeof records)[number]): Site => {
      const options = schedule.routers[record.name];
      const tell = (words: string) => this.tell(words);
      return siteOf({ record, clock, options, vrrpTimers, workload, delayMs, tell });
    };
    this.sites = Object.fromEntries(records.map((record) => [record.name, site(record)])) as Record<
      RouterName,
      Site
    >;
    pair(this.sites.A.device, this.sites.B.device);
    pair(this.sites.B.device, this.sites.C.device);
    this.gateways = withChildren(gatewaysOf(workload.gateways, records), workload.children ?? []);
    for (const { key, value } of recordsOf(this.gateways)) this.etcd.put(key, value);
    this.store = storeOver(new EtcdClient({ endpoints: ['etcd'] }, this.etcdCalls(new Process('people'))));
  }

  abstract startWorker(name: WorkerName): void;
  abstract wait(ms: number): Promise<void>;
  protected abstract start(start: Start): void;

  tell(words: string): void {
    this.#deps.tell(words);
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

  create(index: number, asks: Asks = {}): void {
    this.#request(this.gateways[index] as RequestedGateway, asks);
  }

  /** Creates one more gateway on these routers, so that what they owe is paid. */
  pay(routers: readonly [RouterName, RouterName]): void {
    this.#payers += 1;
    const number = 500 + this.#payers;
    const records = Object.values(this.sites).map(({ record }) => record);
    const requested = gatewaysOf([{ kind: 'vpn_gateway', number, pair: routers, flaw: null }], records);
    for (const { key, value } of recordsOf(requested)) this.etcd.put(key, value);
    for (const one of requested) this.#request(one);
  }

  #request(
    { workflowId, test: { gateway, resourceType, resourceId } }: RequestedGateway,
    asks: Asks = {},
  ): void {
    const asked = asks.owe ? 'delete' : askedFor(gateway, this.schedule.workload.changes !== undefined);
    const type = asked === 'apply' ? APPLY_GATEWAY : WORKFLOWS[asked];
    const { version } = gateway;
    // Some people ask by a plain start, as the Temporal CLI does it. A run for an older version hears nothing of that.
    const isSignalled = asked !== 'create' && version % 3 !== 0 && asks.owe === undefined;
    const ref = { resourceType, resourceId, ...asks };
    this.start({ type, workflowId, ref, ...(isSignalled && { newest: { version } }) });
  }

  protected link(name: string, delayMs: readonly [number, number]): Link {
    return new Link(this.time.clock, this.random.fork(name), delayMs);
  }

  protected etcdCalls(process: Process): EtcdCalls {
    const { etcd, weather, points, steps } = this;
    const { etcdMs, time } = this.#deps;
    const [out, back] = [this.link('etcd', etcdMs), this.link('etcd', etcdMs)];
    this.#etcdLinks.set(process, [out, back]);
    const tell = (words: string): void => this.tell(words);
    return etcdCalls({ etcd, weather, clock: time.clock, points, steps, process, out, back, tell });
  }

  /** How a process connects to the routers. */
  protected connect(process: Process): Connect {
    return connectTo((host) => this.#dependenciesOf(host, process));
  }

  #dependenciesOf(host: string, process: Process): ConnectionDependencies {
    const site = Object.values(this.sites).find(({ record }) => record.host === host);
    if (site === undefined) throw new Error(`expected one of the routers, got ${host}`);
    return {
      name: site.record.name,
      routerId: site.record.id,
      device: () => site.device,
      clock: this.time.clock,
      random: this.random,
      points: this.points,
      steps: this.steps,
      process,
      delayMs: () => site.delayMs,
      isReachable: () => site.isReachable,
      tell: (words) => this.tell(words),
      made: (connection) => void this.#connections.push(connection),
    };
  }
}
