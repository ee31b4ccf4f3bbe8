/** The Temporal server, as far as our code uses it: durable workflows, activities with retries, signals, cancels. */
import { WorkflowNotFoundError } from '@temporalio/common';
import type { ActivityTask } from './activity-task.ts';
import { Execution } from './execution.ts';
import type { Job, Payload, Start } from './execution.ts';
import { quiet } from '../time.ts';
import { Running } from './running.ts';
import type { Beginning, Description, TaskWorker, TemporalDependencies } from './dependencies.ts';

/** After this time, in ms, a sticky task goes to another worker, even if its worker was about to do it. */
const STICKY_MS = 10_000;

export class Temporal {
  readonly #deps: TemporalDependencies;
  /** All runs, in the order of their beginning. */
  readonly #runs = new Map<string, Running>();
  /** The newest run of each workflow id. */
  readonly #newest = new Map<string, Running>();
  #away: (() => void)[] | undefined;
  #waiting: (readonly [ActivityTask, Running])[] = [];
  /** Runs for which a workflow task is on its way. */
  readonly #scheduled = new Set<Running>();
  /** The worker that has a run in its cache. */
  readonly #sticky = new Map<Running, TaskWorker>();
  #runIds = 0;
  /** Events after which a run is advised to continue as new. */
  suggestAfter = 4_096;

  constructor(deps: TemporalDependencies) {
    this.#deps = deps;
  }

  get executions(): readonly Execution[] {
    return [...this.#runs.values()].map(({ execution }) => execution);
  }

  get isAway(): boolean {
    return this.#away !== undefined;
  }

  /** The server is down: calls get no answer, and what the server has to do by itself is done when it is back. */
  goAway(): void {
    this.#away ??= [];
  }

  comeBack(): void {
    const due = this.#away ?? [];
    this.#away = undefined;
    for (const run of due) run();
  }

  /** Starts a run, unless one runs. */
  start(type: string, workflowId: string, args: readonly Payload[]): void {
    if (this.#runningOf(workflowId) === undefined) this.#begin({ type, workflowId, args });
  }

  /** Returns the run that the signal is for. */
  signalWithStart(
    type: string,
    workflowId: string,
    args: readonly Payload[],
    signalName: string,
    input: readonly Payload[],
  ): Start {
    const running = this.#runningOf(workflowId) ?? this.#begin({ type, workflowId, args });
    running.hears({ signalWorkflow: { signalName, input: [...input], headers: {} } });
    return running.execution.start;
  }

  /** Signals a workflow. Throws a `WorkflowNotFoundError` if no run of it is on. */
  signal(workflowId: string, signalName: string, input: readonly Payload[]): void {
    const running = this.#runningOf(workflowId);
    if (running === undefined) throw new WorkflowNotFoundError('workflow not found', workflowId, undefined);
    running.hears({ signalWorkflow: { signalName, input: [...input], headers: {} } });
  }

  cancel(workflowId: string): void {
    this.#runningOf(workflowId)?.hears({
      cancelWorkflow: { reason: 'the window\n"is\u2028over" (bob@noc)' },
    });
  }

  terminate(workflowId: string): void {
    this.#runningOf(workflowId)?.end('terminated', 'terminated');
  }

  /**
   * Begins the newest run of a workflow anew from before one of its workflow tasks, as `temporal workflow reset` does. Signals that came since are sent
   * again.
   *
   * @param share how much of the run stays, from 0 up to, but not including, 1
   */
  reset(workflowId: string, share: number): void {
    const before = this.#newest.get(workflowId);
    if (before === undefined || before.execution.tasks.length === 0) return;
    if (before.isOn) before.end('terminated', 'reset');
    const { start, tasks, jobs } = before.execution;
    const { type, args, firstRunId } = start;
    const place = Math.floor(share * tasks.length);
    const kept = tasks.slice(0, place);
    const signals = [...tasks.slice(place + 1).flatMap((task) => task.jobs), ...jobs];
    const running = this.#enter({
      type,
      workflowId,
      args,
      firstRunId,
      originalRunId: start.originalRunId,
    });
    const unheard = [
      freshChance(running),
      ...(tasks[place]?.jobs ?? []),
      ...signals.filter(({ signalWorkflow }) => signalWorkflow),
    ];
    running.execution.jobs.splice(0, Infinity, ...unheard);
    // Calls that come meanwhile are carried out after the replay. The running workers have come as far as they can, because time stands still.
    this.#deps.alone(async () => {
      await quiet();
      await running.replay(kept, unheard);
    });
    this.#schedule(running);
  }

  /** Describes a run; by default the newest of the workflow. Throws a `WorkflowNotFoundError` if there is none. */
  describe(workflowId: string, runId?: string): Description {
    const found = runId === undefined ? this.#newest.get(workflowId) : this.#runs.get(runId);
    if (found?.execution.start.workflowId !== workflowId)
      throw new WorkflowNotFoundError('workflow not found', workflowId, runId);
    const { start, status } = found.execution;
    const pending = found.activities.flatMap(({ command }) => command.activityId ?? []);
    return { start, status, pending };
  }

  /** Completes an activity for a caller that knows only its ids. `false`: no such activity is open. */
  completeActivity(
    ids: { readonly workflowId: string; readonly runId?: string; readonly activityId: string },
    result: Payload,
  ): boolean {
    const running = ids.runId === undefined ? this.#newest.get(ids.workflowId) : this.#runs.get(ids.runId);
    const task = running?.activities.find(({ command }) => command.activityId === ids.activityId);
    return task?.complete('whichever', result) ?? false;
  }

  /** A worker has come: waiting tasks are dispatched. */
  polled(): void {
    for (const [task, running] of this.#waiting.splice(0)) this.#dispatch(task, running);
    for (const running of this.#runs.values()) if (running.execution.jobs.length > 0) this.#schedule(running);
  }

  #runningOf(workflowId: string): Running | undefined {
    const found = this.#newest.get(workflowId);
    return found?.isOn ? found : undefined;
  }

  #begin(start: Beginning): Running {
    const running = this.#enter(start);
    this.#schedule(running);
    return running;
  }

  #enter(start: Beginning): Running {
    this.#runIds += 1;
    const runId = `${String(this.#runIds).padStart(8, '0')}-0000-4000-8000-${String(this.#deps.random.whole(0, 1e9)).padStart(12, '0')}`;
    const execution = new Execution(
      {
        ...start,
        runId,
        firstRunId: start.firstRunId ?? runId,
        originalRunId: start.originalRunId ?? runId,
      },
      this.suggestAfter,
      () => this.#deps.clock.now(),
    );
    const running = new Running(execution, {
      clock: { now: () => this.#deps.clock.now(), after: (ms, due) => this.#after(ms, due) },
      dispatch: (task, of) => this.#dispatch(task, of),
      schedule: (of) => this.#schedule(of),
      continueAsNew: ({ execution: { start: before } }, { type, args, unheard }) => {
        const { workflowId, firstRunId } = before;
        this.#begin({ workflowId, firstRunId, type, args }).execution.jobs.push(...unheard);
      },
      tell: this.#deps.tell,
    });
    this.#runs.set(runId, running);
    this.#newest.set(start.workflowId, running);
    this.#deps.tell(`${start.workflowId} begins (${start.type})`);
    return running;
  }

  /** Runs something at once, or when the server is back. */
  #whenUp(run: () => void): void {
    if (this.#away) this.#away.push(run);
    else run();
  }

  #after(ms: number, run: () => void): () => void {
    return this.#deps.clock.after(ms, () => this.#whenUp(run));
  }

  #schedule(running: Running): void {
    if (this.#scheduled.has(running) || !running.isOn) return;
    const able = this.#deps.workers().filter((worker) => worker.isPolling && !worker.isFrozen);
    if (able.length === 0) return;
    const before = this.#sticky.get(running);
    const isLost = before !== undefined && !able.includes(before);
    const worker = before === undefined || isLost ? this.#deps.random.pick(able) : before;
    this.#sticky.set(running, worker);
    this.#scheduled.add(running);
    this.#after((isLost ? STICKY_MS : 0) + this.#deps.random.whole(1, 6), () => {
      // The worker may have ended meanwhile.
      if (worker.isPolling && !worker.isFrozen) return this.#deps.alone(() => this.#work(running));
      this.#scheduled.delete(running);
      this.#schedule(running);
    });
  }

  async #work(running: Running): Promise<void> {
    this.#scheduled.delete(running);
    if (!running.isOn) return;
    const { execution } = running;
    for (const command of await execution.activate()) running.carryOut(command);
    if (execution.jobs.length > 0) this.#schedule(running);
  }

  #dispatch(task: ActivityTask, running: Running): void {
    if (task.isClosed) return;
    const { points, random, clock, tell } = this.#deps;
    const polling = this.#deps.workers().filter((worker) => worker.isPolling);
    // A frozen worker had polled before: now and then it gets a task.
    const able = polling.filter((worker) => !worker.isFrozen || random.chance(0.2));
    if (able.length === 0) return void this.#waiting.push([task, running]);
    const worker = random.pick(able);
    const attempt = task.begin();
    if (!attempt) return;
    const { start } = running.execution;
    points.pass(`dispatch ${task.command.activityType}`, undefined);
    tell(`${start.workflowId}: ${task.name} attempt ${attempt.number} on ${worker.name}`);
    clock.after(random.whole(1, 5), () => worker.perform(task, attempt, start));
  }
}

/** A job with a new random seed, so that the reset run draws other numbers than the run before. */
function freshChance({ execution: { start } }: Running): Job {
  const bytes = [...Buffer.from(start.runId)];
  return { updateRandomSeed: { randomnessSeed: { toBytes: () => bytes } as never } };
}
