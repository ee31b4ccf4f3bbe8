/** Everything of one run, on real time: a real Temporal server and real workers; etcd and the routers are the simulation's. */
import type { WorkflowBundle } from '@temporalio/worker';
import type { Kinds } from '../../../activities/dependencies.ts';
import { WORKERS } from '../../simulation/faults.ts';
import type { WorkerName } from '../../simulation/faults.ts';
import { Scene } from '../../simulation/scene.ts';
import type { Start } from '../../simulation/scene.ts';
import type { Schedule } from '../../simulation/schedule.ts';
import { Attempts } from './attempts.ts';
import type { FollowingClock } from './clock.ts';
import { machineMs } from './clock.ts';
import { SCALE } from './schedule.ts';
import type { TimeSkippingServer } from './server.ts';
import { RealTemporal } from './temporal.ts';
import { RealWorker } from './worker.ts';

const DELAY_MS = [0, 1] as const;

export interface WorldDependencies {
  readonly schedule: Schedule;
  readonly clock: FollowingClock;
  readonly server: TimeSkippingServer;
  readonly kinds: Kinds;
  readonly workflowBundle: WorkflowBundle;
  readonly tell: (words: string) => void;
}

export class World extends Scene<{ readonly clock: FollowingClock }, RealWorker> {
  readonly temporal: RealTemporal;
  readonly attempts: Attempts;
  readonly #deps: WorldDependencies;
  readonly #ended: Promise<void>[] = [];
  /** When something happened last or time was skipped, by the machine's monotonic clock. */
  lastAt = 0;
  /** When something happened last, by the same clock. Skipped time does not count here. */
  happenedAt = 0;

  constructor(deps: WorldDependencies) {
    const { schedule, clock, server } = deps;
    super({ schedule, time: { clock }, etcdMs: DELAY_MS, routerMs: DELAY_MS, tell: deps.tell });
    this.#deps = deps;
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

  override tell(words: string): void {
    this.lastAt = this.happenedAt = machineMs();
    super.tell(words);
  }

  startWorker(name: WorkerName): void {
    const { server, workflowBundle, kinds, schedule } = this.#deps;
    const worker = new RealWorker({
      name,
      address: server.address,
      workflowBundle,
      kinds,
      policy: schedule.policy,
      attempts: this.attempts,
      etcd: (process) => this.etcdCalls(process),
      connect: (process) => this.connect(process),
    });
    this.workers.set(name, worker);
    this.#ended.push(worker.ended);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.time.clock.after(ms / SCALE, resolve));
  }

  /** Ends all workers. Rejects if a worker, also one that was killed before, ended otherwise than it should. */
  async stop(): Promise<void> {
    await Promise.all([...this.workers.values()].map((worker) => worker.stop()));
    await Promise.all(this.#ended);
  }

  protected start(start: Start): void {
    this.temporal.start(start);
  }
}
