/**
 * The activities that are under way, and the worker of each. The test server would wait out their time-outs in real time, because it skips no time
 * while an activity is open; and once a cancel was requested, it forgets the time-out altogether. So this class times out the activities of a
 * silent worker, much sooner. What follows is the same: another attempt after the backoff. What a frozen worker reports later is ignored.
 */
import { machineMs } from './clock.ts';
import { ApplicationFailure, CompleteAsyncError, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { FullActivityId } from '@temporalio/client/lib/async-completion-client.js';
import type { Next, ActivityInboundCallsInterceptor, ActivityExecuteInput } from '@temporalio/worker';
import type { Points } from '../../simulation/points.ts';
import type { Process } from '../../simulation/process.ts';

/** An activity without a sign of life for this long, in ms, is lost. */
const LOST_MS = 250;

interface Attempt {
  readonly process: Process;
  readonly token: Uint8Array;
  readonly name: string;
  silentSince: number | undefined;
}

export interface AttemptsDependencies {
  readonly client: Client;
  readonly points: Points;
  /** Called before anything of an activity runs. */
  readonly begins: (execution: { readonly workflowId: string; readonly runId: string }) => Promise<void>;
  readonly tell: (words: string) => void;
}

export class Attempts {
  readonly #deps: AttemptsDependencies;
  readonly #open = new Set<Attempt>();

  constructor(deps: AttemptsDependencies) {
    this.#deps = deps;
  }

  interceptorOf(process: Process): ActivityInboundCallsInterceptor {
    const dead = new Promise<'dead'>((resolve) => process.onEnd(() => resolve('dead')));
    return {
      execute: async (input, next) => {
        const done = await Promise.race([dead, this.#execute(process, input, next)]);
        // Nothing is reported: the server has to find out.
        if (done === 'dead') throw new CompleteAsyncError();
        return done.result;
      },
    };
  }

  /** Whether no activity is under way in any worker, dead or alive. */
  get areOver(): boolean {
    return this.#open.size === 0;
  }

  /**
   * Times out an activity that the server takes for begun, and that no worker runs: its task was on its way to a worker that ended, or its end was
   * swallowed.
   */
  timeOut(id: FullActivityId): Promise<void> {
    this.#deps.tell(`activity ${id.activityId} of ${id.workflowId} is nobody's, and given up`);
    return this.#giveUp(id);
  }

  /** Times out the activities that are lost. To be called now and then. */
  timeOutLost(): void {
    for (const attempt of this.#open) {
      if (attempt.process.state === 'running') attempt.silentSince = undefined;
      else attempt.silentSince ??= machineMs();
      const { silentSince } = attempt;
      if (silentSince === undefined || machineMs() - silentSince < LOST_MS) continue;
      this.#open.delete(attempt);
      this.#deps.tell(`${attempt.name} of ${attempt.process.name} is given up`);
      void this.#giveUp(attempt.token);
    }
  }

  /**
   * Makes the server give up an activity. This server swallows a failure that comes after a cancel was requested: the activity neither ends nor gets
   * another attempt. So the activity is first reported as cancelled. The server refuses that as long as no cancel was requested, and only then a
   * failure is reported. If a cancel is requested between the two calls, the failure is swallowed, until the activity is found to be lost again.
   * Never rejects, because its workflow may have ended.
   */
  async #giveUp(which: Uint8Array | FullActivityId): Promise<void> {
    // The client has one overload for a token and one for an id, but none that takes either.
    const one = which as FullActivityId;
    const { activity } = this.#deps.client;
    const failure = ApplicationFailure.create({ type: 'Lost', message: 'activity Heartbeat timeout' });
    await activity
      .reportCancellation(one)
      .catch(() => activity.fail(one, failure))
      .catch(() => undefined);
  }

  async #execute(
    process: Process,
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<{ readonly result: unknown }> {
    const { points, tell, begins } = this.#deps;
    const context = Context.current();
    const { activityType, taskToken, workflowExecution, attempt: number } = context.info;
    const name = `${activityType} (attempt ${number})`;
    const attempt: Attempt = { process, token: taskToken, name, silentSince: undefined };
    const beat = context.heartbeat;
    Object.assign(context, {
      heartbeat: (details?: unknown) => process.state === 'running' && beat(details),
    });
    this.#open.add(attempt);
    try {
      if (workflowExecution) await begins(workflowExecution);
      tell(`${process.name} begins ${name}`);
      points.pass(`start ${activityType}`, process);
      await running(process);
      const result: unknown = await next(input);
      points.pass(`end ${activityType}`, process);
      await running(process);
      tell(`${process.name} has done ${name}`);
      this.#open.delete(attempt);
      return { result };
    } catch (error) {
      await running(process);
      tell(`${process.name} ends ${name}: ${String(error)}`);
      this.#open.delete(attempt);
      throw error;
    }
  }
}

/** Resolves once the process runs: waits as long as it is frozen, and for ever once it is dead. */
function running(process: Process): Promise<void> {
  return new Promise((resolve) => process.deliver(resolve));
}
