/** What can go wrong in the simulation, as data: a schedule is a list of these. */
import type { FaultOutcome } from '../../simulator/device/faults.ts';
import type { Reset, RouterName } from '../chaos/workload.ts';

export const WORKERS = ['worker-1', 'worker-2'] as const;
export type WorkerName = (typeof WORKERS)[number];

/** `whoever`: the worker that passed the point, if one did. */
export type Whose = WorkerName | 'whoever';

export type Moment =
  /** So many ms after the beginning. */
  | { readonly kind: 'time'; readonly at: number }
  /** The `nth` time that the point is passed. */
  | { readonly kind: 'point'; readonly point: string; readonly nth: number };

export type Effect =
  /** The worker is dead for `ms`. If that is not `noticed`, its connections are not closed, as after a power failure. */
  | { readonly kind: 'kill'; readonly worker: Whose; readonly ms: number; readonly noticed: boolean }
  /** Every worker at once. */
  | { readonly kind: 'kill all'; readonly ms: number; readonly noticed: boolean }
  | { readonly kind: 'freeze'; readonly worker: Whose; readonly ms: number }
  /** Cuts all of the worker's connections to the router. */
  | { readonly kind: 'cut'; readonly worker: Whose; readonly router: RouterName; readonly noticed: boolean }
  | { readonly kind: 'stall'; readonly worker: Whose; readonly router: RouterName; readonly ms: number }
  /** Half of the router's next message arrives. Then the connection is cut. */
  | { readonly kind: 'half'; readonly worker: Whose; readonly router: RouterName }
  /** The router refuses new connections, and loses those that it has. */
  | { readonly kind: 'away'; readonly router: RouterName; readonly ms: number }
  | { readonly kind: 'slow'; readonly router: RouterName; readonly delayMs: number; readonly ms: number }
  /** A power cycle of the router. */
  | { readonly kind: 'restart'; readonly router: RouterName; readonly ms: number }
  | { readonly kind: 'router does'; readonly router: RouterName; readonly rule: RouterRule }
  | { readonly kind: 'etcd away'; readonly ms: number }
  | { readonly kind: 'etcd full'; readonly ms: number }
  | { readonly kind: 'etcd stall'; readonly worker: Whose; readonly ms: number }
  | { readonly kind: 'etcd compacts' }
  | { readonly kind: 'answer lost'; readonly count: number }
  | { readonly kind: 'write late'; readonly ms: number }
  | { readonly kind: 'temporal away'; readonly ms: number }
  | { readonly kind: 'temporal answer lost'; readonly count: number }
  /** `terminate and start`: an impatient operator. */
  | {
      readonly kind: 'saga';
      readonly does: 'cancel' | 'terminate' | 'terminate and start';
      readonly gateway: number;
    }
  /** What people also do at times that the workload draws. */
  | {
      readonly kind: 'people';
      readonly does: 'new version' | 'remove record';
      readonly gateway: number;
    }
  | ({ readonly kind: 'reset'; readonly gateway: number } & Reset)
  | { readonly kind: 'pair terminated'; readonly pair: readonly [RouterName, RouterName] };

export interface RouterRule {
  readonly rpc: string;
  readonly step: 'rpc' | 'load' | 'check' | 'activate' | 'rollback';
  readonly moment: 'before' | 'after';
  readonly times: number;
  readonly outcome: FaultOutcome;
}

export interface Fault {
  readonly when: Moment;
  readonly effect: Effect;
}

/** At which points something goes wrong: see `strikes.ts`. */
export interface StrikePlan {
  readonly seed: number;
  /** Only points of these activities are struck. */
  readonly activities: readonly string[];
  /** Only these of their calls are struck. An attempt calls routers so often that, if all were struck, none would come to its last write. */
  readonly systems: readonly ('etcd' | 'router' | 'temporal')[];
  /** Only these points are struck. Absent: all that the seed says. */
  readonly only?: readonly string[];
}

export function describeFault({ when, effect }: Fault): string {
  const moment = when.kind === 'time' ? `at ${when.at} ms` : `${when.point}, number ${when.nth}`;
  const { kind, ...facts } = effect;
  return `${moment}: ${kind} ${JSON.stringify(facts)}`;
}
