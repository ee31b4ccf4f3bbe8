/** Everything of one run, on real time: a real Temporal server and real workers; etcd and the routers are the fakes'. */
import type { WorkflowBundle } from '@temporalio/worker';
import type { Kinds } from '../../../activities/kinds.ts';
import { EtcdClient } from '../../../etcd/client.ts';
import { storeOver } from '../../../etcd/store.ts';
import type { Store } from '../../../etcd/store.ts';
import { pair } from '../../../simulator/device/create.ts';
import { connectTo } from '../fakes/connect.ts';
import type { Connection } from '../fakes/connection.ts';
import { Etcd } from '../fakes/etcd.ts';
import { clearSky, etcdCalls } from '../fakes/etcd-calls.ts';
import { WORKERS } from '../fakes/faults.ts';
import type { WorkerName } from '../fakes/faults.ts';
import { gatewaysOf, recordsOf, routerRecords } from '../fakes/gateways.ts';
import type { Asked } from '../fakes/gateways.ts';
import { Link } from '../fakes/link.ts';
import { Points } from '../fakes/points.ts';
import { Process } from '../fakes/process.ts';
import type { Schedule } from '../fakes/schedule.ts';
import { siteOf } from '../fakes/site.ts';
import type { Site } from '../fakes/site.ts';
import type { Stage } from '../fakes/stage.ts';
import { randomOf } from '../random.ts';
import type { Random } from '../random.ts';
import type { RouterName } from '../workload.ts';
import { Attempts } from './attempts.ts';
import type { FollowingClock } from './clock.ts';
import { SCALE } from './schedule.ts';
import type { SkippingServer } from './server.ts';
import { RealTemporal } from './temporal.ts';
import { RealWorker } from './worker.ts';

const DELAY_MS = [0, 1] as const;

export interface WorldWay {
  readonly schedule: Schedule;
  readonly clock: FollowingClock;
  readonly server: SkippingServer;
  readonly kinds: Kinds;
  readonly workflowBundle: WorkflowBundle;
  readonly tell: (words: string) => void;
}

export class World implements Stage {
  readonly schedule: Schedule;
  readonly time: { readonly clock: FollowingClock };
  readonly points = new Points();
  readonly etcd: Etcd;
  readonly sky = clearSky();
  readonly temporal: RealTemporal;
  readonly attempts: Attempts;
  readonly sites: Readonly<Record<RouterName, Site>>;
  readonly gateways: readonly Asked[];
  readonly store: Store;
  readonly faults: { readonly at: number; readonly what: string }[] = [];
  readonly #way: WorldWay;
  readonly #random: Random;
  readonly #workers = new Map<WorkerName, RealWorker>();
  readonly #ended: Promise<void>[] = [];
  readonly #etcdLinks = new Map<Process, readonly Link[]>();
  #connections: Connection[] = [];
  losesTemporalAnswers = 0;
  /** When something happened last, by the machine's monotonic clock. */
  lastAt = 0;
  #payers = 0;

  constructor(way: WorldWay) {
    const { schedule, clock, server } = way;
    this.#way = way;
    this.schedule = schedule;
    this.time = { clock };
    this.#random = randomOf(`${schedule.seed}/world`);
    this.etcd = new Etcd(clock);
    const records = routerRecords();
    this.sites = Object.fromEntries(
      records.map((record) => {
        const options = schedule.routers[record.name];
        const { workload } = schedule;
        const site = siteOf({ record, clock, options, workload, tell: (words) => this.tell(words) });
        site.delayMs = DELAY_MS;
        return [record.name, site];
      }),
    ) as unknown as Record<RouterName, Site>;
    pair(this.sites.A.device, this.sites.B.device);
    pair(this.sites.B.device, this.sites.C.device);
    this.gateways = gatewaysOf(schedule.workload.gateways, records);
    for (const { key, value } of recordsOf(this.gateways)) this.etcd.put(key, value);
    this.store = storeOver(new EtcdClient({ endpoints: ['etcd'] }, this.#etcdCalls(new Process('people'))));
    this.temporal = new RealTemporal(server.client, (words) => this.tell(words));
    this.attempts = new Attempts({
      client: server.client,
      points: this.points,
      begins: async (execution) => {
        this.temporal.seen(execution);
        clock.follow(await server.now());
      },
      tell: (words) => this.tell(words),
    });
    for (const name of WORKERS) this.startWorker(name);
  }

  tell(words: string): void {
    this.lastAt = performance.now();
    this.#way.tell(words);
  }

  happens(what: string): void {
    this.tell(`!! ${what}`);
    this.faults.push({ at: this.time.clock.now(), what });
  }

  worker(name: WorkerName): RealWorker {
    return this.#workers.get(name) as RealWorker;
  }

  workerOf(process: Process | undefined): WorkerName | undefined {
    return WORKERS.find((name) => this.#workers.get(name)?.process === process);
  }

  startWorker(name: WorkerName): void {
    const { server, workflowBundle, kinds, schedule } = this.#way;
    const worker = new RealWorker({
      name,
      address: server.address,
      workflowBundle,
      kinds,
      policy: schedule.policy,
      attempts: this.attempts,
      etcd: (process) => this.#etcdCalls(process),
      connect: (process) => connectTo((host) => this.#wayTo(host, process)),
    });
    this.#workers.set(name, worker);
    this.#ended.push(worker.ended);
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
    this.#create(this.gateways[index] as Asked);
  }

  /** One more gateway, as whoever comes next. */
  pay(routers: readonly [RouterName, RouterName]): void {
    this.#payers += 1;
    const number = 500 + this.#payers;
    const records = Object.values(this.sites).map(({ record }) => record);
    const asked = gatewaysOf([{ kind: 'vpn_gateway', number, pair: routers, doom: null }], records);
    for (const { key, value } of recordsOf(asked)) this.etcd.put(key, value);
    for (const one of asked) this.#create(one);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.time.clock.after(ms / SCALE, resolve));
  }

  /** Rejects when one of the workers, those that were killed too, ended otherwise than it should. */
  async stop(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
    await Promise.all(this.#ended);
  }

  #create({ workflowId, test: { resourceType, resourceId } }: Asked): void {
    this.temporal.create(workflowId, { resourceType, resourceId });
  }

  #wayTo(host: string, process: Process) {
    const site = Object.values(this.sites).find(({ record }) => record.host === host);
    if (site === undefined) throw new Error(`expected one of the routers, got ${host}`);
    return {
      name: site.record.name,
      device: () => site.device,
      clock: this.time.clock,
      random: this.#random,
      points: this.points,
      process,
      delayMs: () => site.delayMs,
      isReachable: () => site.isReachable,
      tell: (words: string) => this.tell(words),
      made: (connection: Connection) => void this.#connections.push(connection),
    };
  }

  #etcdCalls(process: Process) {
    const { clock } = this.time;
    const link = (): Link => new Link(clock, this.#random.fork('etcd'), DELAY_MS);
    const [out, back] = [link(), link()];
    this.#etcdLinks.set(process, [out, back]);
    const { etcd, sky: weather, points } = this;
    return etcdCalls({ etcd, weather, clock, points, process, out, back, tell: (words) => this.tell(words) });
  }
}
