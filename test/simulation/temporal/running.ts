/** A run as the server keeps it: its activities, its timers, and what it wants done. */
import type { Clock } from '../../../simulator/device/clock.ts';
import { ActivityTask, msOf } from './activity-task.ts';
import type { Resolution, Scheduled } from './activity-task.ts';
import type { Command, Execution, Handed, Job, Payload, Status } from './execution.ts';

/** `coresdk.workflow_commands.ActivityCancellationType`. */
const TRY_CANCEL = 0;

export interface RunningDependencies {
  /** The server's clock. What is due while the server is down runs when it is back. */
  readonly clock: Clock;
  readonly dispatch: (task: ActivityTask, running: Running) => void;
  /** There is something for the next workflow task. */
  readonly schedule: (running: Running) => void;
  /** Continues as a new run, with the signals that were not delivered yet. */
  readonly continueAsNew: (
    running: Running,
    next: { readonly type: string; readonly args: readonly Payload[]; readonly unheard: readonly Job[] },
  ) => void;
  readonly tell: (words: string) => void;
}

export class Running {
  readonly execution: Execution;
  readonly #deps: RunningDependencies;
  readonly #tasks = new Map<number, ActivityTask>();
  readonly #timers = new Map<number, () => void>();
  readonly #told = new Set<number>();

  constructor(execution: Execution, deps: RunningDependencies) {
    this.execution = execution;
    this.#deps = deps;
  }

  get isOn(): boolean {
    return this.execution.status === 'running';
  }

  /** The activities that have not ended. */
  get activities(): readonly ActivityTask[] {
    return [...this.#tasks.values()].filter(({ isClosed }) => !isClosed);
  }

  hears(job: Job): void {
    this.execution.jobs.push(job);
    this.#deps.schedule(this);
  }

  /**
   * Replays the tasks of another run of the same workflow. Activities and timers that end neither in these tasks nor in `unheard` are
   * begun anew.
   */
  async replay(tasks: readonly Handed[], unheard: readonly Job[]): Promise<void> {
    const heard = [...tasks.flatMap(({ jobs }) => jobs), ...unheard];
    const ended = new Set(heard.flatMap(({ resolveActivity }) => resolveActivity?.seq ?? []));
    const fired = new Set(heard.flatMap(({ fireTimer }) => fireTimer?.seq ?? []));
    for (const task of tasks) {
      // The run may have been terminated since.
      if (!this.isOn) return;
      for (const command of await this.execution.activate(task)) {
        const { scheduleActivity, startTimer } = command;
        if (scheduleActivity && ended.has(scheduleActivity.seq ?? 0)) continue;
        if (startTimer && fired.has(startTimer.seq ?? 0)) continue;
        const passed = this.#deps.clock.now() - task.at;
        if (startTimer)
          this.#startTimer(Number(startTimer.seq), msOf(startTimer.startToFireTimeout) - passed);
        else this.carryOut(command);
      }
    }
  }

  carryOut(command: Command): void {
    if (command.scheduleActivity) this.#begin(command.scheduleActivity);
    else if (command.requestCancelActivity) this.#cancelActivity(Number(command.requestCancelActivity.seq));
    else if (command.startTimer)
      this.#startTimer(Number(command.startTimer.seq), msOf(command.startTimer.startToFireTimeout));
    else if (command.cancelTimer) {
      const seq = Number(command.cancelTimer.seq);
      this.#timers.get(seq)?.();
      this.#timers.delete(seq);
    } else if (command.completeWorkflowExecution) this.end('completed', null);
    else if (command.failWorkflowExecution)
      this.end('failed', command.failWorkflowExecution.failure?.message ?? 'failed');
    else if (command.cancelWorkflowExecution) this.end('canceled', 'canceled');
    else if (command.continueAsNewWorkflowExecution) {
      this.end('continued as new', null);
      const unheard = this.execution.jobs.splice(0).filter(({ signalWorkflow }) => signalWorkflow);
      const { workflowType, arguments: args } = command.continueAsNewWorkflowExecution;
      const type = workflowType ?? this.execution.start.type;
      this.#deps.continueAsNew(this, { type, args: args ?? [], unheard });
    }
  }

  end(status: Status, failure: string | null): void {
    const { execution } = this;
    execution.status = status;
    execution.failure = failure;
    for (const task of this.#tasks.values()) task.abandon();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#deps.tell(`${execution.start.workflowId} is ${status}${failure === null ? '' : `: ${failure}`}`);
  }

  #begin(command: Scheduled): void {
    const seq = Number(command.seq);
    const task = new ActivityTask(command, {
      clock: this.#deps.clock,
      ready: (ready) => this.#deps.clock.after(0, () => this.#deps.dispatch(ready, this)),
      resolved: (_, resolution) => this.#resolved(seq, resolution),
      tell: this.#deps.tell,
    });
    this.#tasks.set(seq, task);
  }

  #cancelActivity(seq: number): void {
    const task = this.#tasks.get(seq);
    if (!task || task.isClosed) return;
    // With this type nobody waits for the cancel: core resolves the activity for the workflow at once, while the server goes on with it.
    if ((task.command.cancellationType ?? 0) === TRY_CANCEL)
      this.#resolved(seq, { cancelled: { failure: task.cancelFailure() } });
    task.requestCancel();
  }

  #startTimer(seq: number, ms: number): void {
    const cancel = this.#deps.clock.after(Math.max(ms, 0), () => {
      if (this.#timers.delete(seq)) this.hears({ fireTimer: { seq } });
    });
    this.#timers.set(seq, cancel);
  }

  /** Tells the workflow how an activity has ended. Only the first end counts: an activity whose cancel was not waited for ends twice. */
  #resolved(seq: number, result: Resolution): void {
    if (!this.isOn || this.#told.has(seq)) return;
    this.#told.add(seq);
    this.hears({ resolveActivity: { seq, result } });
  }
}
