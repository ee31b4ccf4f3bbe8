/** Everything of one run, on virtual time: etcd, Temporal, three routers, two workers, and what lies between them. */
import type { Kinds } from '../../../activities/kinds.ts';
import { EtcdClient } from '../../../etcd/client.ts';
import { storeOver } from '../../../etcd/store.ts';
import type { Store } from '../../../etcd/store.ts';
import { CREATE_GATEWAY } from '../../../gateway/messages.ts';
import { pair } from '../../../simulator/device/create.ts';
import { randomOf } from '../random.ts';
import type { Random } from '../random.ts';

import type { RouterName } from '../workload.ts';
import { connectTo } from './connect.ts';
import type { Connection } from './connection.ts';
import { Etcd } from './etcd.ts';
import { clearSky, etcdCalls } from './etcd-calls.ts';
import { WORKERS } from './faults.ts';
import type { WorkerName } from './faults.ts';
import { gatewaysOf, recordsOf, routerRecords } from './gateways.ts';
import type { Asked, RouterRecord } from './gateways.ts';
import { Link } from './link.ts';
import { Points } from './points.ts';
import { Process } from './process.ts';
import type { Schedule } from './schedule.ts';
import { siteOf } from './site.ts';
import type { Site } from './site.ts';
import type { Stage } from './stage.ts';
import { callsOf } from './temporal/calls.ts';
import { payloadOf } from './temporal/execution.ts';
import { Temporal } from './temporal/server.ts';
import { BEGINNING } from './time.ts';
import type { VirtualTime } from './time.ts';
import { Trace } from './trace.ts';
import { Worker } from './worker.ts';

const ETCD_MS = [0, 3] as const;
const TEMPORAL_MS = [0, 4] as const;

export class World implements Stage {
  readonly schedule: Schedule;
  readonly time: VirtualTime;
  readonly points = new Points();
  readonly etcd: Etcd;
  readonly sky = clearSky();
  readonly temporal: Temporal;
  readonly sites: Readonly<Record<RouterName, Site>>;
  readonly gateways: readonly Asked[];
  /** As a person at a keyboard has it: never cut off, never frozen. */
  readonly store: Store;
  readonly faults: { readonly at: number; readonly what: string }[] = [];
  readonly #random: Random;
  readonly #kinds: Kinds;
  readonly #workers = new Map<WorkerName, Worker>();
  readonly #etcdLinks = new Map<Process, readonly Link[]>();
  #connections: Connection[] = [];
  readonly trace: Trace;
  losesTemporalAnswers = 0;
  #payers = 0;

  constructor(schedule: Schedule, time: VirtualTime, kinds: Kinds, isTold = false) {
    this.schedule = schedule;
    this.time = time;
    this.#kinds = kinds;
    this.#random = randomOf(`${schedule.seed}/world`);
    this.trace = new Trace(isTold);
    const { clock } = time;
    this.etcd = new Etcd(clock);
    const records = routerRecords();
    this.sites = Object.fromEntries(records.map((record) => [record.name, this.#site(record)])) as Record<
      RouterName,
      Site
    >;
    pair(this.sites.A.device, this.sites.B.device);
    pair(this.sites.B.device, this.sites.C.device);
    this.gateways = gatewaysOf(schedule.workload.gateways, records);
    for (const { key, value } of recordsOf(this.gateways)) this.etcd.put(key, value);
    this.temporal = new Temporal({
      clock,
      random: this.#random.fork('temporal'),
      points: this.points,
      alone: (work) => void time.alone(work),
      workers: () => [...this.#workers.values()],
      tell: (words) => this.tell(words),
    });
    this.temporal.suggestAfter = schedule.suggestAfter;
    this.store = storeOver(new EtcdClient({ endpoints: ['etcd'] }, this.#etcdCalls(new Process('people'))));
    for (const name of WORKERS) this.startWorker(name);
  }

  /** A line of the trace. */
  tell(words: string): void {
    this.trace.add(`${this.time.now() - BEGINNING} ${words}\n`);
  }

  happens(what: string): void {
    this.tell(`!! ${what}`);
    this.faults.push({ at: this.time.now(), what });
  }

  worker(name: WorkerName): Worker {
    return this.#workers.get(name) as Worker;
  }

  workerOf(process: Process | undefined): WorkerName | undefined {
    return WORKERS.find((name) => this.#workers.get(name)?.process === process);
  }

  /** The one that runs under this name must be dead. */
  startWorker(name: WorkerName): void {
    const worker = new Worker({
      name,
      clock: this.time.clock,
      points: this.points,
      temporal: this.temporal,
      kinds: this.#kinds,
      policy: this.schedule.policy,
      calls: (process) =>
        callsOf({
          clock: this.time.clock,
          points: this.points,
          temporal: this.temporal,
          process,
          out: this.#link('temporal', TEMPORAL_MS),
          back: this.#link('temporal', TEMPORAL_MS),
          losesAnswer: () => this.losesTemporalAnswers > 0 && (this.losesTemporalAnswers -= 1) >= 0,
        }),
      etcd: (process) => this.#etcdCalls(process),
      connect: (process) =>
        connectTo((host) => {
          const site = this.#siteAt(host);
          return {
            name: site.record.name,
            device: () => site.device,
            clock: this.time.clock,
            random: this.#random,
            points: this.points,
            process,
            delayMs: () => site.delayMs,
            isReachable: () => site.isReachable,
            tell: (words) => this.tell(words),
            made: (connection) => void this.#connections.push(connection),
          };
        }),
      tell: (words) => this.tell(words),
    });
    this.#workers.set(name, worker);
    this.temporal.polled();
  }

  connections(
    which: { readonly process?: Process; readonly router?: RouterName } = {},
  ): readonly Connection[] {
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

  #create(asked: Asked): void {
    const { resourceType, resourceId } = asked.test;
    this.temporal.start(CREATE_GATEWAY, asked.workflowId, [payloadOf({ resourceType, resourceId })]);
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
    return new Promise((resolve) => this.time.clock.after(ms, resolve));
  }

  stop(): void {
    for (const worker of this.#workers.values()) worker.process.kill();
    for (const { device } of Object.values(this.sites)) device.stop();
  }

  #siteAt(host: string): Site {
    const found = Object.values(this.sites).find(({ record }) => record.host === host);
    if (found === undefined) throw new Error(`expected one of the routers, got ${host}`);
    return found;
  }

  #link(name: string, delayMs: readonly [number, number]): Link {
    return new Link(this.time.clock, this.#random.fork(name), delayMs);
  }

  #etcdCalls(process: Process) {
    const [out, back] = [this.#link('etcd', ETCD_MS), this.#link('etcd', ETCD_MS)];
    this.#etcdLinks.set(process, [out, back]);
    return etcdCalls({
      etcd: this.etcd,
      weather: this.sky,
      clock: this.time.clock,
      points: this.points,
      process,
      out,
      back,
      tell: (words) => this.tell(words),
    });
  }

  #site(record: RouterRecord): Site {
    const { workload, routers } = this.schedule;
    return siteOf({
      record,
      clock: this.time.clock,
      options: routers[record.name],
      workload,
      tell: (words) => this.tell(words),
    });
  }
}
