/** A real worker with the real workflows and activities, over the simulation's etcd and routers. A `Process` tells whether the worker is alive. */
import { NativeConnection, Worker } from '@temporalio/worker';
import type { WorkflowBundle } from '@temporalio/worker';
import { createActivities } from '../../../activities/index.ts';
import type { Kinds } from '../../../activities/dependencies.ts';
import { EtcdClient } from '../../../etcd/client.ts';
import type { EtcdCalls } from '../../../etcd/client.ts';
import { storeOver } from '../../../etcd/store.ts';
import { TASK_QUEUE } from '../../../gateway/messages.ts';
import { ROUTER_DEADLINES } from '../../../gateway/policies.ts';
import type { Policy } from '../../../gateway/policies.ts';
import { parseKnownHosts } from '../../../netconf/known-hosts.ts';
import type { Connect } from '../../../netconf/open-session.ts';
import { SessionPool } from '../../../netconf/pool.ts';
import { WORKER_SETTINGS } from '../../../worker/settings.ts';
import { sinksOf } from '../../../worker/sinks.ts';
import { Process } from '../../simulation/process.ts';
import type { Attempts } from './attempts.ts';

export interface WorkerDependencies {
  readonly name: string;
  readonly address: string;
  readonly workflowBundle: WorkflowBundle;
  readonly attempts: Attempts;
  readonly etcd: (process: Process) => EtcdCalls;
  readonly connect: (process: Process) => Connect;
  readonly kinds: Kinds;
  readonly policy: Policy;
}

export class RealWorker {
  readonly process: Process;
  readonly #deps: WorkerDependencies;
  readonly #pool: SessionPool;
  #worker: Worker | undefined;
  /** The worker may have been told to end before it had begun. */
  #isToEnd = false;
  /** Resolves once nothing of the worker runs any more. */
  readonly ended: Promise<void>;

  constructor(deps: WorkerDependencies) {
    this.#deps = deps;
    this.process = new Process(deps.name);
    this.#pool = new SessionPool({
      knownHosts: { read: async () => parseKnownHosts('', '') },
      connect: deps.connect(this.process),
      ...ROUTER_DEADLINES,
    });
    this.process.onEnd(() => this.#shutdown());
    this.ended = this.#run();
  }

  /** Ends the worker as SIGTERM does. */
  async stop(): Promise<void> {
    this.#shutdown();
    await this.ended;
    await this.#pool.close(100);
    this.process.kill();
  }

  async #run(): Promise<void> {
    const { address, attempts, workflowBundle, kinds, policy } = this.#deps;
    const connection = await NativeConnection.connect({ address });
    try {
      const client = new EtcdClient({ endpoints: ['etcd'] }, this.#deps.etcd(this.process));
      // Looks at holds only tell people something, and come in real time: they would count as signs of life for ever.
      const store = { ...storeOver(client), holds: async () => [] };
      this.#worker = await Worker.create({
        connection,
        taskQueue: TASK_QUEUE,
        workflowBundle,
        activities: createActivities({
          store,
          routers: this.#pool,
          kinds,
          policy,
          searchAttributes: async () => [],
        }),
        interceptors: { activity: [() => ({ inbound: attempts.interceptorOf(this.process) })] },
        sinks: sinksOf(),
        ...WORKER_SETTINGS,
        shutdownGraceTime: 0,
        // The test server waits for ever for a dead worker that has a workflow cached. So each task replays the whole history.
        maxCachedWorkflows: 0,
        // Workflows run in this thread: threads of their own take longer to start than a run lasts.
        debugMode: true,
      });
      const running = this.#worker.run();
      if (this.#isToEnd) this.#shutdown();
      await running;
    } finally {
      await connection.close();
    }
  }

  #shutdown(): void {
    this.#isToEnd = true;
    if (this.#worker?.getState() === 'RUNNING') this.#worker.shutdown();
  }
}
