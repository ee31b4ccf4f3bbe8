/** A process's calls to the Temporal server. */
import type { Clock } from '../../../simulator/device/clock.ts';
import type { Link } from '../link.ts';
import type { Points } from '../points.ts';
import { Process } from '../process.ts';
import type { Step, Steps } from '../steps.ts';
import type { Temporal } from './server.ts';

/** The SDK's client gives up after this time, in ms, retries included. */
const DEADLINE_MS = 10_000;
/** The time before a retry, in ms. */
const AGAIN_MS = 500;
/** gRPC's code. */
const DEADLINE_EXCEEDED = 4;

export interface CallsDependencies {
  readonly clock: Clock;
  readonly points: Points;
  readonly steps: Steps;
  readonly temporal: Temporal;
  readonly process: Process;
  readonly out: Link;
  readonly back: Link;
  /** Whether the answer to the next call is lost. */
  readonly losesAnswer: () => boolean;
}

export interface Calls {
  /** Calls the server. Rejects when no answer comes in time; the server may have carried out the call all the same. */
  call<T>(name: string, serve: () => T): Promise<T>;
  /** Reports a result, again and again until the server has heard it. */
  tell(serve: () => void): void;
}

export function callsOf({
  clock,
  points,
  steps,
  temporal,
  process,
  out,
  back,
  losesAnswer,
}: CallsDependencies): Calls {
  const deliver = (serve: () => void, isWanted: () => boolean): void => {
    out.carry(() => {
      if (!isWanted()) return;
      // The report is repeated until the server is back.
      if (temporal.isAway) clock.after(AGAIN_MS, () => deliver(serve, isWanted));
      else serve();
    });
  };
  const answerTo = <T>(name: string, step: Step | undefined, serve: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      if (steps.fails(step)) return reject(noAnswer());
      let isOver = false;
      const cancel = clock.after(DEADLINE_MS, () => {
        isOver = true;
        process.deliver(() => reject(noAnswer()));
      });
      const send = (): void =>
        process.deliver(() =>
          deliver(
            () => {
              const answer = outcomeOf(serve);
              points.pass(`after ${name}`, process);
              const blow = name === 'describe' ? undefined : steps.pass('after', step);
              if (blow !== undefined || losesAnswer()) return;
              back.carry(() => {
                if (isOver) return;
                cancel();
                process.deliver(() =>
                  answer.kind === 'value' ? resolve(answer.value) : reject(answer.error),
                );
              });
            },
            () => !isOver,
          ),
        );
      if (step === undefined || name === 'describe') send();
      else steps.meeting(`${step.activity}: ${step.call}`, step.workflowId, send);
    });
  return {
    call: (name, serve) => {
      points.pass(`before ${name}`, process);
      const step = name === 'heartbeat' ? undefined : steps.of('temporal', process, () => `temporal ${name}`);
      const over = steps.underWay.begin(step, false);
      const answered = answerTo(name, step, serve);
      answered.then(over, over);
      return answered;
    },
    tell: (serve) => process.deliver(() => deliver(serve, () => process.state !== 'dead')),
  };
}

/** What the SDK throws when a call was not answered in time: gRPC's code for that is in the cause. */
function noAnswer(): Error {
  const cause = Object.assign(new Error('no answer in time'), { code: DEADLINE_EXCEEDED });
  return Object.assign(new Error('Failed to call Temporal', { cause }), { name: 'ServiceError' });
}

function outcomeOf<T>(serve: () => T): { kind: 'value'; value: T } | { kind: 'error'; error: unknown } {
  try {
    return { kind: 'value', value: Process.outside(serve) };
  } catch (error) {
    return { kind: 'error', error };
  }
}
