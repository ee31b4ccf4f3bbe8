/** A worker process: the real activities over a store, a session pool and a client of its own, and no other access to the world. */
import { asyncLocalStorage, CompleteAsyncError, Context } from '@temporalio/activity';
import type { Info } from '@temporalio/activity';
import {
  ApplicationFailure,
  CancelledFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
  ensureApplicationFailure,
} from '@temporalio/common';
import { isAbortError } from '@temporalio/common/lib/type-helpers.js';
import { createActivities } from '../../activities/index.ts';
import type { Kinds } from '../../activities/dependencies.ts';
import type { EtcdCalls } from '../../etcd/client.ts';
import { storeOver } from '../../etcd/store.ts';
import { TASK_QUEUE } from '../../gateway/messages.ts';
import { ROUTER_DEADLINES } from '../../gateway/policies.ts';
import type { Policy } from '../../gateway/policies.ts';
import { parseKnownHosts } from '../../netconf/known-hosts.ts';
import type { Connect } from '../../netconf/open-session.ts';
import { SessionPool } from '../../netconf/pool.ts';
import { WORKER_SETTINGS } from '../../worker/settings.ts';
import type { Clock } from '../../simulator/device/clock.ts';
import { NamedEtcdClient } from './etcd-operation.ts';
import type { Points } from './points.ts';
import { Process } from './process.ts';
import type { Steps } from './steps.ts';
import { clientOf } from './temporal/client.ts';
import type { Calls } from './temporal/calls.ts';
import { msOf } from './temporal/activity-task.ts';
import type { ActivityTask, Attempt } from './temporal/activity-task.ts';
import { payloadOf, valueOf } from './temporal/execution.ts';
import type { Failure, Payload, Start } from './temporal/execution.ts';
import type { Temporal } from './temporal/server.ts';
import type { TaskWorker } from './temporal/dependencies.ts';

export interface WorkerDependencies {
  readonly name: string;
  readonly clock: Clock;
  readonly points: Points;
  readonly steps: Steps;
  readonly temporal: Temporal;
  readonly calls: (process: Process) => Calls;
  readonly etcd: (process: Process) => EtcdCalls;
  readonly connect: (process: Process) => Connect;
  readonly kinds: Kinds;
  readonly policy: Policy;
  readonly tell: (words: string) => void;
}

/** Nobody reads the logs of these workers. */
const silent = (): void => undefined;
const SILENT = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };

type Outcome =
  | { readonly kind: 'completed'; readonly result: Payload }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'cancelled' };

export class Worker implements TaskWorker {
  readonly process: Process;
  readonly #deps: WorkerDependencies;
  readonly #calls: Calls;
  readonly #activities: Readonly<Record<string, (input: unknown) => Promise<unknown>>>;

  constructor(deps: WorkerDependencies) {
    this.#deps = deps;
    this.process = new Process(deps.name);
    this.#calls = deps.calls(this.process);
    const store = storeOver(new NamedEtcdClient({ endpoints: ['etcd'] }, deps.etcd(this.process)));
    const routers = new SessionPool({
      knownHosts: { read: async () => parseKnownHosts('', '') },
      connect: deps.connect(this.process),
      ...ROUTER_DEADLINES,
    });
    const { kinds, policy } = deps;
    this.#activities = createActivities({
      store,
      routers,
      kinds,
      policy,
      searchAttributes: async () => [],
    }) as never;
  }

  get name(): string {
    return this.process.name;
  }

  get isPolling(): boolean {
    return this.process.state !== 'dead';
  }

  get isFrozen(): boolean {
    return this.process.state === 'frozen';
  }

  perform(task: ActivityTask, attempt: Attempt, of: Start): void {
    this.process.deliver(() => {
      this.#deps.points.pass(`start ${task.command.activityType}`, this.process);
      // A fault at the point may have ended the process, and a meeting may hold it.
      this.#deps.steps.meeting(`${task.command.activityType}: start`, of.workflowId, () =>
        this.process.deliver(() => {
          if (this.process.state === 'running') void this.#run(task, attempt, of);
        }),
      );
    });
  }

  async #run(task: ActivityTask, attempt: Attempt, of: Start): Promise<void> {
    const { command } = task;
    const { underWay } = this.#deps.steps;
    const controller = new AbortController();
    let cancel!: (reason: string) => void;
    const cancelled = new Promise<never>((_, reject) => {
      cancel = (reason) => {
        if (controller.signal.aborted) return;
        const error = new CancelledFailure(reason);
        controller.abort(error);
        reject(error);
      };
    });
    cancelled.catch(() => undefined);
    const beat = this.#heartbeats(task, attempt, cancel);
    const info = infoOf(task, attempt, of);
    const context = new Context(
      info,
      cancelled,
      controller.signal,
      beat,
      clientOf(this.#calls, this.#deps.temporal) as never,
      SILENT,
      undefined as never,
      {},
    );
    const run = this.#activities[command.activityType ?? ''];
    let outcome: Outcome | undefined;
    try {
      if (run === undefined) throw ApplicationFailure.nonRetryable(`no activity ${command.activityType}`);
      const input = valueOf(command.arguments?.[0]);
      const result = await asyncLocalStorage.run(context, run, input);
      underWay.end(context, 'completed');
      outcome = { kind: 'completed', result: payloadOf(result) };
    } catch (error) {
      underWay.end(context, error instanceof CompleteAsyncError ? 'completed' : 'failed');
      if (error instanceof CompleteAsyncError) return;
      outcome =
        (error instanceof CancelledFailure || isAbortError(error)) && controller.signal.aborted
          ? { kind: 'cancelled' }
          : { kind: 'failed', failure: failureOf(error) };
    }
    this.#report(task, attempt, outcome);
  }

  #report(task: ActivityTask, attempt: Attempt, outcome: Outcome): void {
    const { points, tell } = this.#deps;
    points.pass(`end ${task.command.activityType}`, this.process);
    this.#calls.tell(() => {
      const isHeard =
        outcome.kind === 'completed'
          ? task.complete(attempt, outcome.result)
          : outcome.kind === 'failed'
            ? task.fail(attempt, outcome.failure)
            : task.cancelled(attempt);
      const words = outcome.kind === 'failed' ? `failed: ${outcome.failure.message}` : outcome.kind;
      tell(`${this.name}: ${task.name} attempt ${attempt.number} ${words}${isHeard ? '' : ', unheard'}`);
    });
  }

  /** Gives the function that takes heartbeats and sends them on as core does: not more often than its throttle allows. A cancel comes back with the answer. */
  #heartbeats(
    task: ActivityTask,
    attempt: Attempt,
    cancel: (reason: string) => void,
  ): (details?: unknown) => void {
    let last = -Infinity;
    return (details) => {
      const now = this.#deps.clock.now();
      if (now - last < WORKER_SETTINGS.maxHeartbeatThrottleInterval - 1) return;
      last = now;
      void this.#calls
        .call('heartbeat', () =>
          task.heartbeat(attempt, details) ? (attempt.isCancelRequested ? 'CANCELLED' : null) : 'NOT_FOUND',
        )
        .then((reason) => {
          if (reason !== null) cancel(reason);
        })
        .catch(() => undefined);
    };
  }
}

function failureOf(error: unknown): Failure {
  return defaultFailureConverter.errorToFailure(ensureApplicationFailure(error), defaultPayloadConverter);
}

function infoOf(task: ActivityTask, attempt: Attempt, { workflowId, runId, type }: Start): Info {
  const { activityId, activityType } = task.command;
  return {
    taskToken: new Uint8Array(),
    base64TaskToken: '',
    workflowExecution: { workflowId, runId },
    activityId: activityId ?? '',
    attempt: attempt.number,
    isLocal: false,
    activityType: activityType ?? '',
    workflowType: type,
    workflowNamespace: 'default',
    activityNamespace: 'default',
    taskQueue: TASK_QUEUE,
    scheduledTimestampMs: attempt.scheduledAt,
    currentAttemptScheduledTimestampMs: attempt.readyAt,
    startToCloseTimeoutMs: msOf(task.command.startToCloseTimeout),
    scheduleToCloseTimeoutMs: msOf(task.command.scheduleToCloseTimeout),
    heartbeatDetails: attempt.details,
  } as unknown as Info;
}
