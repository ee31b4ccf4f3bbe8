/** Everything of one run, on virtual time: etcd, Temporal, three routers, two workers, and the links between them. */
import type { Kinds } from '../../activities/dependencies.ts';
import { APPLY_SIGNAL } from '../../gateway/messages.ts';
import { WORKERS } from './faults.ts';
import type { WorkerName } from './faults.ts';
import { withChildKinds } from '../families/kinds.ts';
import { Scene } from './scene.ts';
import type { Start } from './scene.ts';
import type { Schedule } from './schedule.ts';
import { callsOf } from './temporal/calls.ts';
import { payloadOf } from './temporal/execution.ts';
import { Temporal } from './temporal/server.ts';
import { BEGINNING } from './time.ts';
import type { VirtualTime } from './time.ts';
import { Trace } from './trace.ts';
import { Worker } from './worker.ts';

const ETCD_MS = [0, 3] as const;
const TEMPORAL_MS = [0, 4] as const;

export class World extends Scene<VirtualTime, Worker> {
  readonly temporal: Temporal;
  readonly trace: Trace;
  readonly #kinds: Kinds;

  constructor(schedule: Schedule, time: VirtualTime, kinds: Kinds, isTold = false) {
    const trace = new Trace(isTold);
    const tell = (words: string): void => trace.add(`${time.now() - BEGINNING} ${words}\n`);
    super({ schedule, time, etcdMs: ETCD_MS, tell });
    this.trace = trace;
    this.#kinds = schedule.workload.children === undefined ? kinds : withChildKinds(kinds);
    const { clock } = time;
    this.temporal = new Temporal({
      clock: {
        now: () => clock.now() + schedule.serverAheadMs,
        after: (ms, due) => clock.after(ms, due),
      },
      random: this.random.fork('temporal'),
      points: this.points,
      alone: (work) => void time.alone(work),
      workers: () => [...this.workers.values()],
      tell,
    });
    this.temporal.suggestAfter = schedule.suggestAfter;
    for (const name of WORKERS) this.startWorker(name);
  }

  /** Starts a worker. The worker that ran under this name before must be dead. */
  startWorker(name: WorkerName): void {
    const { points, steps, temporal, schedule } = this;
    const { clock } = this.time;
    const worker = new Worker({
      name,
      clock,
      points,
      steps,
      temporal,
      kinds: this.#kinds,
      policy: schedule.policy,
      calls: (process) =>
        callsOf({
          clock,
          points,
          steps,
          temporal,
          process,
          out: this.link('temporal', TEMPORAL_MS),
          back: this.link('temporal', TEMPORAL_MS),
          losesAnswer: () => this.losesTemporalAnswers > 0 && (this.losesTemporalAnswers -= 1) >= 0,
        }),
      etcd: (process) => this.etcdCalls(process),
      connect: (process) => this.connect(process),
      tell: (words) => this.tell(words),
    });
    this.workers.set(name, worker);
    temporal.polled();
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.time.clock.after(ms, resolve));
  }

  stop(): void {
    for (const worker of this.workers.values()) worker.process.kill();
    for (const { device } of Object.values(this.sites)) device.stop();
  }

  protected start({ type, workflowId, ref, newest }: Start): void {
    const args = [payloadOf(ref)];
    if (newest === undefined) this.temporal.start(type, workflowId, args);
    else this.temporal.signalWithStart(type, workflowId, args, APPLY_SIGNAL, [payloadOf(newest)]);
  }
}
