/** A process's calls to etcd, as the real client makes them: over a link, with deadlines, and with the faults of etcd. */
import {
  GRPCDeadlineExceededError,
  GRPCOutOfRangeError,
  GRPCResourceExhastedError,
  GRPCUnavailableError,
} from 'etcd3';
import type { IRangeRequest, ITxnRequest } from 'etcd3';
import type { EtcdCalls } from '../../etcd/client.ts';
import type { Clock } from '../../simulator/device/clock.ts';
import type { Etcd } from './etcd.ts';
import type { Link } from './link.ts';
import { refuseTooLarge } from './etcd-limits.ts';
import { operationNow } from './etcd-operation.ts';
import type { Points } from './points.ts';
import type { Process } from './process.ts';
import type { Step, Steps } from './steps.ts';

const DEADLINE_MS = 5_000;

/** Which calls to etcd fail, and how. All of this may change at any time. */
export interface EtcdWeather {
  /** Refuses connections. */
  isAway: boolean;
  /** Refuses what would need space. */
  isFull: boolean;
  /** How many of the next writes lose their answer. */
  losesAnswers: number;
  /** For each of the next writes, by how many ms it is applied late: after its caller has given it up. */
  laterMs: number[];
  /** Reads at revisions before this one are refused. */
  compactedAt: number;
}

export function fairWeather(): EtcdWeather {
  return { isAway: false, isFull: false, losesAnswers: 0, laterMs: [], compactedAt: 0 };
}

export interface EtcdDependencies {
  readonly etcd: Etcd;
  readonly weather: EtcdWeather;
  readonly clock: Clock;
  readonly points: Points;
  readonly steps: Steps;
  readonly process: Process;
  readonly out: Link;
  readonly back: Link;
  readonly tell: (words: string) => void;
}

export function etcdCalls(deps: EtcdDependencies): EtcdCalls {
  const { etcd, weather, clock, points, steps, process, out, back, tell } = deps;

  const call = <T>(name: string, writes: boolean, apply: () => T): Promise<T> => {
    const step = steps.of('etcd', process, () => `etcd ${operationNow() ?? name}`);
    const over = steps.underWay.begin(step, writes);
    return new Promise((resolve, reject) => {
      carryOut(name, writes, step, apply, then(over, resolve), then(over, reject));
    });
  };

  const carryOut = <T>(
    name: string,
    writes: boolean,
    step: Step | undefined,
    apply: () => T,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void => {
    points.pass(`before ${name}`, process);
    const delay = writes ? steps.pass('before', step) : undefined;
    const cancel = clock.after(DEADLINE_MS, () =>
      process.deliver(() => reject(new GRPCDeadlineExceededError('4 DEADLINE_EXCEEDED: Deadline exceeded'))),
    );
    const answer = (run: () => void): void =>
      back.carry(() => {
        cancel();
        process.deliver(run);
      });
    const arrive = (isLate: boolean): void => {
      if (weather.isAway && !isLate) {
        return answer(() => reject(new GRPCUnavailableError('14 UNAVAILABLE: No connection established')));
      }
      if (weather.isFull && writes) {
        return answer(() =>
          reject(
            new GRPCResourceExhastedError('8 RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded'),
          ),
        );
      }
      let result: T;
      try {
        result = apply();
      } catch (error) {
        tell(`etcd ${name}: ${String(error)}`);
        return answer(() => reject(error));
      }
      tell(`etcd ${process.name} ${name}${isLate ? ', late' : ''}: ${wordsOf(result)}`);
      if (writes) points.pass(`after ${name}`, process);
      // Where etcd refused a write, nothing was written.
      const blow = writes && wordsOf(result) === 'done' ? steps.pass('after', step) : undefined;
      if (blow?.kind === 'lost answer' || (writes && weather.losesAnswers > 0)) {
        if (blow === undefined) weather.losesAnswers -= 1;
        tell(`etcd: the answer to ${name} is lost`);
        return;
      }
      answer(() => resolve(result));
    };
    if (steps.fails(step))
      return answer(() => reject(new GRPCUnavailableError('14 UNAVAILABLE: a strike at the step before')));
    const late = delay?.kind === 'late' ? delay.ms : writes ? weather.laterMs.shift() : undefined;
    const send = (): void =>
      process.deliver(() =>
        out.carry(() => {
          if (late === undefined) arrive(false);
          else clock.after(late, () => arrive(true));
        }),
      );
    if (writes && step !== undefined) steps.meeting(`${step.activity}: ${step.call}`, step.workflowId, send);
    else send();
  };

  const fresh = (revision: IRangeRequest['revision']): void => {
    const at = Number(revision ?? 0);
    if (at > 0 && at < weather.compactedAt)
      throw new GRPCOutOfRangeError('11 OUT_OF_RANGE: required revision has been compacted');
  };
  return {
    kv: {
      txn: (request) => {
        const writes = (request.success ?? []).some((one) => one.request_put ?? one.request_delete_range);
        return call(nameOf(request), writes, () => {
          refuseTooLarge(request);
          for (const { request_range: range } of request.success ?? []) if (range) fresh(range.revision);
          return etcd.txn(request);
        });
      },
      range: (request) =>
        call('read', false, () => {
          fresh(request.revision);
          return etcd.range(request);
        }),
    },
    leaseClient: {
      leaseGrant: ({ TTL = 0 }) =>
        call('grant lease', false, () => {
          const ID = etcd.grant(Number(TTL));
          return { header: etcd.range({ key: Buffer.from('/') }).header, ID, TTL: String(TTL), error: '' };
        }),
    },
    maintenance: { status: () => Promise.reject(new Error('no change asks for alarms')) },
    close: () => undefined,
  };
}

/** The name of a write: `write routers`, after the first key in it. */
function nameOf({ success = [] }: ITxnRequest): string {
  const puts = success.flatMap(
    ({ request_put: put, request_delete_range: remove }) => (put ?? remove)?.key?.toString() ?? [],
  );
  const [first] = puts;
  if (first === undefined) return 'read';
  const parts = first.split('/');
  return `write ${parts[1] === 'gateway-saga' || parts[1] === 'esi-worker' ? parts[2] : parts[1]}`;
}

function wordsOf(result: unknown): string {
  if (typeof result !== 'object' || result === null) return String(result);
  if ('succeeded' in result) return result.succeeded === true ? 'done' : 'refused';
  return 'done';
}

/**
 * Calls `first`, and right after it `second`, in one step. So a process that goes on gets all that was held back for it before any of its promises
 * resolves.
 */
function then<T>(first: () => void, second: (value: T) => void): (value: T) => void {
  return (value) => {
    first();
    second(value);
  };
}
