/** What people and faults act on: a world, with whatever clock and Temporal server. */
import type { GatewayRequest } from '../../gateway/plan.ts';
import type { Store } from '../../etcd/store.ts';
import type { Clock } from '../../simulator/device/clock.ts';
import type { RouterName, Workload } from '../chaos/workload.ts';
import type { Connection } from './connection.ts';
import type { Etcd } from './etcd.ts';
import type { EtcdWeather } from './etcd-calls.ts';
import type { Asking } from './draw-asking.ts';
import type { Fault, StrikePlan, WorkerName } from './faults.ts';
import type { MeetingPlan } from './meeting.ts';
import type { RequestedGateway } from './gateways.ts';
import type { Link } from './link.ts';
import type { Points } from './points.ts';
import type { Process } from './process.ts';
import type { Site } from './site.ts';
import type { Steps } from './steps.ts';

/** What is asked for beside what the configuration says. */
export type Asks = Pick<GatewayRequest, 'again' | 'owe'>;

export interface Stage {
  readonly schedule: {
    readonly workload: Workload;
    readonly askings: readonly Asking[];
    readonly faults: readonly Fault[];
    readonly strikes: StrikePlan | null;
    readonly meeting: MeetingPlan | null;
    readonly quietMs: number;
  };
  readonly time: { readonly clock: Clock };
  readonly points: Points;
  readonly steps: Steps;
  readonly etcd: Etcd;
  readonly weather: EtcdWeather;
  readonly sites: Readonly<Record<RouterName, Site>>;
  readonly gateways: readonly RequestedGateway[];
  readonly store: Store;
  readonly temporal: {
    cancel(workflowId: string): void;
    terminate(workflowId: string): void;
    /** Resets a workflow. `share`: how much of its run stays, from 0 up to, but not including, 1. */
    reset(workflowId: string, share: number): void;
    polled(): void;
    goAway(): void;
    comeBack(): void;
  };
  losesTemporalAnswers: number;
  create(index: number, asks?: Asks): void;
  tell(words: string): void;
  happens(what: string): void;
  wait(ms: number): Promise<void>;
  worker(name: WorkerName): { readonly process: Process };
  workerOf(process: Process | undefined): WorkerName | undefined;
  startWorker(name: WorkerName): void;
  connections(which: { readonly process?: Process; readonly router?: RouterName }): readonly Connection[];
  etcdLinks(process: Process): readonly Link[];
}
