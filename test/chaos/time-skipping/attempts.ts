/**
 * The activities under way, and whose they are. The test server would wait out their time-outs in real time, as it skips nothing while
 * an activity is open, and once a cancel was asked for it forgets the time-out altogether. So those of a worker that says nothing any
 * more are timed out here, much sooner: what follows is the same, another attempt after the backoff, and what a frozen one says later
 * is not heard.
 */
import { ApplicationFailure, CompleteAsyncError, Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { FullActivityId } from '@temporalio/client/lib/async-completion-client.js';
import type { Next, ActivityInboundCallsInterceptor, ActivityExecuteInput } from '@temporalio/worker';
import type { Points } from '../../simulation/points.ts';
import type { Process } from '../../simulation/process.ts';

/** Heard nothing of for so long: lost. */
const LOST_MS = 250;

interface Attempt {
  readonly process: Process;
  readonly token: Uint8Array;
  readonly name: string;
  silentSince: number | undefined;
}

export interface AttemptsWay {
  readonly client: Client;
  readonly points: Points;
  /** Before anything of an activity runs. */
  readonly begins: (execution: { readonly workflowId: string; readonly runId: string }) => Promise<void>;
  readonly tell: (words: string) => void;
}

export class Attempts {
  readonly #way: AttemptsWay;
  readonly #open = new Set<Attempt>();

  constructor(way: AttemptsWay) {
    this.#way = way;
  }

  interceptorOf(process: Process): ActivityInboundCallsInterceptor {
    const dead = new Promise<'dead'>((resolve) => process.onEnd(() => resolve('dead')));
    return {
      execute: async (input, next) => {
        const done = await Promise.race([dead, this.#execute(process, input, next)]);
        // Nothing is reported: the server is left to find out.
        if (done === 'dead') throw new CompleteAsyncError();
        return done.result;
      },
    };
  }

  /** Whether none is under way in a worker, dead or alive. */
  get areOver(): boolean {
    return this.#open.size === 0;
  }

  /** The server takes it for begun, and nobody is at it: it was on its way to a worker that ended, or how it ended was swallowed. */
  timeOut(id: FullActivityId): Promise<void> {
    this.#way.tell(`activity ${id.activityId} of ${id.workflowId} is nobody's, and given up`);
    return this.#giveUp(id);
  }

  /** To be called now and then. */
  timeOutLost(): void {
    for (const attempt of this.#open) {
      if (attempt.process.state === 'running') attempt.silentSince = undefined;
      else attempt.silentSince ??= performance.now();
      const { silentSince } = attempt;
      if (silentSince === undefined || performance.now() - silentSince < LOST_MS) continue;
      this.#open.delete(attempt);
      this.#way.tell(`${attempt.name} of ${attempt.process.name} is given up`);
      void this.#giveUp(attempt.token);
    }
  }

  /**
   * A failure that comes once a cancel was asked for is swallowed by this server: the activity neither ends nor is it tried again. Its
   * end is a cancel in either case, and that is refused as long as nobody asked for one. A cancel asked for between the two is lost,
   * until the activity is found to be nobody's. Never rejects: its workflow may have ended.
   */
  async #giveUp(which: Uint8Array | FullActivityId): Promise<void> {
    // The client has a method for each of the two.
    const one = which as FullActivityId;
    const { activity } = this.#way.client;
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
    const { points, tell, begins } = this.#way;
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

/** Waits for as long as it is frozen; for ever, once it is dead. */
function running(process: Process): Promise<void> {
  return new Promise((resolve) => process.deliver(resolve));
}
