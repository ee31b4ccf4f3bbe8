/** The Temporal server, as far as our code uses it: durable workflows, activities with retries, signals, cancels. */
import { WorkflowNotFoundError } from '@temporalio/common';
import type { Clock } from '../../../../simulator/device/clock.ts';
import type { Random } from '../../random.ts';
import type { Points } from '../points.ts';
import { ActivityTask, msOf } from './activity-task.ts';
import type { Attempt, Resolution } from './activity-task.ts';
import { Execution } from './execution.ts';
import type { Command, Payload, Start, Status } from './execution.ts';

/** A sticky task goes to another worker after so long; and so it is when a worker was about to do it. */
const STICKY_MS = 10_000;
/** `coresdk.workflow_commands.ActivityCancellationType`. */
const TRY_CANCEL = 0;

/** Who does the work. */
export interface TaskWorker {
  readonly name: string;
  /** Whether it polls: a frozen one may still be given something, a dead one not. */
  readonly isPolling: boolean;
  readonly isFrozen: boolean;
  perform(task: ActivityTask, attempt: Attempt, of: Start): void;
}

export interface Description {
  readonly start: Start;
  readonly status: Status;
  /** Ids of activities that have not ended. */
  readonly pending: readonly string[];
}

export interface TemporalWay {
  readonly clock: Clock;
  readonly random: Random;
  readonly points: Points;
  readonly alone: (work: () => Promise<void>) => void;
  readonly workers: () => readonly TaskWorker[];
  readonly tell: (words: string) => void;
}

interface Running {
  readonly execution: Execution;
  readonly tasks: Map<number, ActivityTask>;
  readonly timers: Map<number, () => void>;
  isScheduled: boolean;
  sticky: TaskWorker | undefined;
}

export class Temporal {
  readonly #way: TemporalWay;
  /** All runs, in the order of their beginning. */
  readonly #runs = new Map<string, Running>();
  /** The newest run of each workflow id. */
  readonly #newest = new Map<string, Running>();
  #away: (() => void)[] | undefined;
  #waiting: ActivityTask[] = [];
  readonly #of = new WeakMap<ActivityTask, Running>();
  #runIds = 0;
  /** Events after which a run is advised to continue as new. */
  suggestAfter = 4_096;

  constructor(way: TemporalWay) {
    this.#way = way;
  }

  get executions(): readonly Execution[] {
    return [...this.#runs.values()].map(({ execution }) => execution);
  }

  get isAway(): boolean {
    return this.#away !== undefined;
  }

  /** It is down: whoever calls it hears nothing; what it has to do by itself is done when it is back. */
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
    running.execution.jobs.push({ signalWorkflow: { signalName, input: [...input], headers: {} } });
    this.#schedule(running);
    return running.execution.start;
  }

  cancel(workflowId: string): void {
    const running = this.#runningOf(workflowId);
    if (!running) return;
    running.execution.jobs.push({ cancelWorkflow: { reason: 'asked' } });
    this.#schedule(running);
  }

  terminate(workflowId: string): void {
    const running = this.#runningOf(workflowId);
    if (running) this.#ended(running, 'terminated', 'terminated');
  }

  /** Throws a `WorkflowNotFoundError`. */
  describe(workflowId: string, runId?: string): Description {
    const found = runId === undefined ? this.#newest.get(workflowId) : this.#runs.get(runId);
    if (found?.execution.start.workflowId !== workflowId)
      throw new WorkflowNotFoundError('workflow not found', workflowId, runId);
    const { start, status } = found.execution;
    const pending = [...found.tasks.values()].flatMap(({ isClosed, command }) =>
      isClosed ? [] : (command.activityId ?? []),
    );
    return { start, status, pending };
  }

  /** By those who only know its ids. `false`: no such activity is under way. */
  completeActivity(
    ids: { readonly workflowId: string; readonly runId?: string; readonly activityId: string },
    result: Payload,
  ): boolean {
    const running = ids.runId === undefined ? this.#newest.get(ids.workflowId) : this.#runs.get(ids.runId);
    if (running?.execution.status !== 'running') return false;
    const task = [...running.tasks.values()].find(({ command }) => command.activityId === ids.activityId);
    return task?.complete('whichever', result) ?? false;
  }

  /** A worker is there for whatever waits. */
  polled(): void {
    for (const task of this.#waiting.splice(0)) this.#dispatch(task);
    for (const running of this.#runs.values()) if (running.execution.jobs.length > 0) this.#schedule(running);
  }

  #runningOf(workflowId: string): Running | undefined {
    const found = this.#newest.get(workflowId);
    return found?.execution.status === 'running' ? found : undefined;
  }

  #begin(start: Omit<Start, 'runId' | 'firstRunId'> & { readonly firstRunId?: string }): Running {
    this.#runIds += 1;
    const runId = `${String(this.#runIds).padStart(8, '0')}-0000-4000-8000-${String(this.#way.random.whole(0, 1e9)).padStart(12, '0')}`;
    const execution = new Execution(
      { ...start, runId, firstRunId: start.firstRunId ?? runId },
      this.suggestAfter,
    );
    const running: Running = {
      execution,
      tasks: new Map(),
      timers: new Map(),
      isScheduled: false,
      sticky: undefined,
    };
    this.#runs.set(runId, running);
    this.#newest.set(start.workflowId, running);
    this.#way.tell(`${start.workflowId} begins (${start.type})`);
    this.#schedule(running);
    return running;
  }

  /** When the server is there. */
  #whenHere(run: () => void): void {
    if (this.#away) this.#away.push(run);
    else run();
  }

  #after(ms: number, run: () => void): () => void {
    return this.#way.clock.after(ms, () => this.#whenHere(run));
  }

  #schedule(running: Running): void {
    if (running.isScheduled || running.execution.status !== 'running') return;
    const able = this.#way.workers().filter((worker) => worker.isPolling && !worker.isFrozen);
    if (able.length === 0) return;
    running.isScheduled = true;
    const isLost = running.sticky !== undefined && !able.includes(running.sticky);
    if (isLost || running.sticky === undefined) running.sticky = this.#way.random.pick(able);
    const delay = (isLost ? STICKY_MS : 0) + this.#way.random.whole(1, 6);
    this.#after(delay, () => {
      // Its worker went away meanwhile.
      if (!running.sticky?.isPolling || running.sticky.isFrozen) {
        running.isScheduled = false;
        return this.#schedule(running);
      }
      this.#way.alone(() => this.#work(running));
    });
  }

  async #work(running: Running): Promise<void> {
    running.isScheduled = false;
    const { execution } = running;
    if (execution.status !== 'running') return;
    const commands = await execution.activate();
    for (const command of commands) this.#carryOut(running, command);
    if (execution.jobs.length > 0) this.#schedule(running);
  }

  #carryOut(running: Running, command: Command): void {
    const { execution } = running;
    if (command.scheduleActivity) {
      const seq = Number(command.scheduleActivity.seq);
      const task = new ActivityTask(command.scheduleActivity, {
        clock: { now: () => this.#way.clock.now(), after: (ms, run) => this.#after(ms, run) },
        ready: (ready) => this.#way.clock.after(0, () => this.#whenHere(() => this.#dispatch(ready))),
        resolved: (_, resolution) => this.#resolved(running, seq, resolution),
        tell: this.#way.tell,
      });
      this.#of.set(task, running);
      running.tasks.set(seq, task);
    } else if (command.requestCancelActivity) {
      const seq = Number(command.requestCancelActivity.seq);
      const task = running.tasks.get(seq);
      if (task && !task.isClosed) {
        // Not waited for: core tells the workflow at once, and the server goes on.
        if ((task.command.cancellationType ?? 0) === TRY_CANCEL)
          this.#resolved(running, seq, { cancelled: { failure: task.cancelFailure() } });
        task.requestCancel();
      }
    } else if (command.startTimer) {
      const seq = Number(command.startTimer.seq);
      running.timers.set(
        seq,
        this.#after(msOf(command.startTimer.startToFireTimeout), () => {
          if (!running.timers.delete(seq)) return;
          execution.jobs.push({ fireTimer: { seq } });
          this.#schedule(running);
        }),
      );
    } else if (command.cancelTimer) {
      running.timers.get(Number(command.cancelTimer.seq))?.();
      running.timers.delete(Number(command.cancelTimer.seq));
    } else if (command.completeWorkflowExecution) this.#ended(running, 'completed', null);
    else if (command.failWorkflowExecution)
      this.#ended(running, 'failed', command.failWorkflowExecution.failure?.message ?? 'failed');
    else if (command.cancelWorkflowExecution) this.#ended(running, 'canceled', 'canceled');
    else if (command.continueAsNewWorkflowExecution) {
      this.#ended(running, 'continued as new', null);
      const { workflowId, firstRunId, type } = execution.start;
      const next = this.#begin({
        workflowId,
        firstRunId,
        type,
        args: command.continueAsNewWorkflowExecution.arguments ?? [],
      });
      // Signals that came while it was saying so.
      next.execution.jobs.push(...execution.jobs.splice(0).filter(({ signalWorkflow }) => signalWorkflow));
    }
  }

  /** Only the first end counts: an activity that was not waited for ends twice. */
  #resolved(running: Running, seq: number, result: Resolution): void {
    const told = running.tasks.get(seq);
    if (!told || running.execution.status !== 'running') return;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    running.execution.jobs.push({ resolveActivity: { seq, result } });
    this.#schedule(running);
  }

  readonly #told = new WeakSet<ActivityTask>();

  #ended(running: Running, status: Status, failure: string | null): void {
    const { execution } = running;
    execution.status = status;
    execution.failure = failure;
    for (const task of running.tasks.values()) task.abandon();
    for (const cancel of running.timers.values()) cancel();
    running.timers.clear();
    this.#way.tell(`${execution.start.workflowId} is ${status}${failure === null ? '' : `: ${failure}`}`);
  }

  #dispatch(task: ActivityTask): void {
    if (task.isClosed) return;
    const { points, random, clock, tell } = this.#way;
    const polling = this.#way.workers().filter((worker) => worker.isPolling);
    // One that stands still had asked for work before: now and then it is given some.
    const able = polling.filter((worker) => !worker.isFrozen || random.chance(0.2));
    if (able.length === 0) return void this.#waiting.push(task);
    const worker = random.pick(able);
    const attempt = task.begin();
    const running = this.#of.get(task);
    if (!attempt || !running) return;
    points.pass(`start ${task.command.activityType}`, undefined);
    tell(`${running.execution.start.workflowId}: ${task.name} attempt ${attempt.number} on ${worker.name}`);
    clock.after(random.whole(1, 5), () => worker.perform(task, attempt, running.execution.start));
  }
}
