/** One activity as the server knows it: attempts, time-outs, retries, a cancel. */
import type { coresdk } from '@temporalio/proto';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { Cancel, Clock } from '../../../simulator/device/clock.ts';
import type { Failure, Payload } from './execution.ts';

export type Scheduled = coresdk.workflow_commands.IScheduleActivity;
export type Resolution = coresdk.activity_result.IActivityResolution;

/** `temporal.api.enums.v1.RetryState`. */
const RETRY_STATES = { nonRetryable: 2, timeout: 3, cancelRequested: 7 } as const;
/** `temporal.api.enums.v1.TimeoutType`. */
const TIMEOUTS = { startToClose: 1, scheduleToClose: 3, heartbeat: 4 } as const;

export interface Attempt {
  readonly number: number;
  readonly scheduledAt: number;
  /** When this attempt was scheduled: after the pause, before it waits for a worker. */
  readonly readyAt: number;
  /** What the last heartbeat of earlier attempts carried. */
  readonly details: unknown;
  isCancelRequested: boolean;
}

export interface ActivityDependencies {
  readonly clock: Clock;
  /** Called when the activity wants a worker for its next attempt. */
  readonly ready: (task: ActivityTask) => void;
  readonly resolved: (task: ActivityTask, resolution: Resolution) => void;
  readonly tell: (words: string) => void;
}

export class ActivityTask {
  readonly command: Scheduled;
  readonly scheduledAt: number;
  readonly #deps: ActivityDependencies;
  #state: 'scheduled' | 'started' | 'closed' = 'scheduled';
  #attempts = 0;
  #attempt: Attempt | undefined;
  #isCancelRequested = false;
  #readyAt: number;
  #details: unknown;
  #timers: Cancel[] = [];
  #givingUp: Cancel = () => undefined;
  #beat: Cancel = () => undefined;

  constructor(command: Scheduled, deps: ActivityDependencies) {
    this.command = command;
    this.#deps = deps;
    this.scheduledAt = deps.clock.now();
    this.#readyAt = this.scheduledAt;
    const ms = msOf(command.scheduleToCloseTimeout);
    if (ms > 0) this.#givingUp = deps.clock.after(ms, () => this.#tooLate());
    deps.ready(this);
  }

  get name(): string {
    return `${this.command.activityType}#${this.command.seq}`;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  get isStarted(): boolean {
    return this.#state === 'started';
  }

  /** A worker begins an attempt. `undefined`: there is no attempt to begin. */
  begin(): Attempt | undefined {
    if (this.#state !== 'scheduled') return undefined;
    const { clock } = this.#deps;
    this.#attempts += 1;
    this.#state = 'started';
    const attempt: Attempt = {
      number: this.#attempts,
      scheduledAt: this.scheduledAt,
      readyAt: this.#readyAt,
      details: this.#details,
      isCancelRequested: this.#isCancelRequested,
    };
    this.#attempt = attempt;
    this.#timers.push(
      clock.after(msOf(this.command.startToCloseTimeout), () => this.#timedOut(TIMEOUTS.startToClose)),
    );
    this.#expectBeat();
    return attempt;
  }

  /** Takes a heartbeat of an attempt. `false`: that attempt does not count any more. */
  heartbeat(attempt: Attempt, details: unknown): boolean {
    if (!this.#isCurrent(attempt)) return false;
    this.#details = details;
    this.#expectBeat();
    return true;
  }

  complete(attempt: Attempt | 'whichever', result: Payload): boolean {
    if (!this.#isCurrent(attempt)) return false;
    this.#close({ completed: { result } });
    return true;
  }

  /** An attempt has failed. Another one follows, unless the failure is final. `false`: the attempt does not count any more. */
  fail(attempt: Attempt, failure: Failure): boolean {
    if (!this.#isCurrent(attempt)) return false;
    const facts = failure.applicationFailureInfo;
    if (this.#isCancelRequested) this.#failWith(failure, RETRY_STATES.cancelRequested);
    else if (facts?.nonRetryable === true) this.#failWith(failure, RETRY_STATES.nonRetryable);
    else this.#again(failure, facts?.nextRetryDelay ? tsToMs(facts.nextRetryDelay) : undefined);
    return true;
  }

  cancelled(attempt: Attempt): boolean {
    if (!this.#isCurrent(attempt)) return false;
    this.#close({ cancelled: { failure: this.cancelFailure() } });
    return true;
  }

  requestCancel(): void {
    if (this.#state === 'closed') return;
    this.#isCancelRequested = true;
    if (this.#attempt) this.#attempt.isCancelRequested = true;
    if (this.#state === 'scheduled') this.#close({ cancelled: { failure: this.cancelFailure() } });
  }

  /** Ends the activity, because its workflow is over. */
  abandon(): void {
    this.#end();
  }

  cancelFailure(): Failure {
    return this.#wrapped({ message: 'Activity cancelled', canceledFailureInfo: {} }, 1);
  }

  #isCurrent(attempt: Attempt | 'whichever'): boolean {
    return this.#state === 'started' && (attempt === 'whichever' || attempt === this.#attempt);
  }

  #expectBeat(): void {
    this.#beat();
    const ms = msOf(this.command.heartbeatTimeout);
    if (ms > 0) this.#beat = this.#deps.clock.after(ms, () => this.#timedOut(TIMEOUTS.heartbeat));
  }

  #timedOut(timeoutType: number): void {
    // The time-out was due while the server was away, and the attempt has ended since.
    if (this.#state !== 'started') return;
    this.#deps.tell(`${this.name} attempt ${this.#attempts} timed out`);
    const failure = timedOut(timeoutType);
    if (this.#isCancelRequested) this.#failWith(failure, RETRY_STATES.cancelRequested);
    else this.#again(failure);
  }

  /** The schedule-to-close time-out has passed. It covers all attempts and the time between them. */
  #tooLate(): void {
    if (this.#state === 'closed') return;
    this.#deps.tell(`${this.name} is too late`);
    const { cancelRequested, timeout } = RETRY_STATES;
    this.#failWith(timedOut(TIMEOUTS.scheduleToClose), this.#isCancelRequested ? cancelRequested : timeout);
  }

  /** Schedules a further attempt. None is made if the schedule-to-close time-out would pass before it begins. */
  #again(failure: Failure, delayMs = this.#backoff()): void {
    const limit = msOf(this.command.scheduleToCloseTimeout);
    if (limit > 0 && this.#deps.clock.now() + delayMs > this.scheduledAt + limit)
      return this.#failWith(failure, RETRY_STATES.timeout);
    this.#stop();
    this.#state = 'scheduled';
    this.#attempt = undefined;
    this.#readyAt = this.#deps.clock.now() + delayMs;
    this.#timers.push(this.#deps.clock.after(delayMs, () => this.#deps.ready(this)));
  }

  #backoff(): number {
    const { initialInterval, backoffCoefficient, maximumInterval } = this.command.retryPolicy ?? {};
    const ms = msOf(initialInterval) * (backoffCoefficient ?? 2) ** (this.#attempts - 1);
    return Math.min(ms, msOf(maximumInterval) || Infinity);
  }

  #failWith(failure: Failure, retryState: number): void {
    this.#close({ failed: { failure: this.#wrapped(failure, retryState) } });
  }

  #wrapped(cause: Failure, retryState: number): Failure {
    const { activityId, activityType } = this.command;
    return {
      message: 'Activity task failed',
      cause,
      activityFailureInfo: {
        activityId,
        activityType: { name: activityType },
        retryState,
        identity: 'worker',
      },
    };
  }

  #close(resolution: Resolution): void {
    this.#end();
    this.#deps.resolved(this, resolution);
  }

  #end(): void {
    this.#state = 'closed';
    this.#attempt = undefined;
    this.#givingUp();
    this.#stop();
  }

  #stop(): void {
    this.#beat();
    for (const cancel of this.#timers.splice(0)) cancel();
  }
}

function timedOut(timeoutType: number): Failure {
  return { message: 'activity timed out', timeoutFailureInfo: { timeoutType } };
}

export function msOf(duration: Scheduled['startToCloseTimeout']): number {
  return duration ? tsToMs(duration) : 0;
}
