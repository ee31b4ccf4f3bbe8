/** What can go wrong, as data: a schedule is a list of these. */
import type { FaultOutcome, FaultRule } from '../../../simulator/server/index.ts';
import type { RouterName } from '../workload.ts';

export const WORKERS = ['worker-1', 'worker-2'] as const;
export type WorkerName = (typeof WORKERS)[number];
/** The members of etcd. */
export const MEMBERS = ['etcd-1', 'etcd-2', 'etcd-3'] as const;
export type MemberName = (typeof MEMBERS)[number];
/** Some members: all of them; the leader; the leader and another one. */
export type MembersName = 'etcd' | 'etcd leader' | 'etcd majority';
/**
 * Programs that can be killed or frozen. All routers are one program, so that is a power failure of the site; the fault `restart` is for a single
 * router. `workers`: all workers.
 */
export type ProgramName = WorkerName | 'workers' | MemberName | MembersName | 'temporal' | 'routers';
/** A connection of a worker. `etcd`: to all members of etcd. */
export type LinkName = `${WorkerName} ${'etcd' | MemberName | 'temporal' | RouterName}`;

/** The `nth` time that our user passes the point on a router; a rollback belongs to no user. */
export interface RouterPoint extends Required<Pick<FaultRule, 'step' | 'moment'>> {
  readonly router: RouterName;
  readonly rpc: string;
  readonly nth: number;
}

export type Moment =
  /** So many ms after the beginning. */
  | { readonly kind: 'time'; readonly at: number }
  /** The router waits there until the fault begins. */
  | { readonly kind: 'point'; readonly point: RouterPoint }
  /** From `from` ms on, the next request on that link that contains the marker waits until the fault begins. */
  | { readonly kind: 'request'; readonly link: LinkName; readonly marker: string; readonly from: number };

export type Effect =
  | { readonly kind: 'kill'; readonly program: ProgramName; readonly ms: number }
  /** SIGSTOP, and SIGCONT `ms` later. */
  | { readonly kind: 'freeze'; readonly program: ProgramName; readonly ms: number }
  | { readonly kind: 'cut'; readonly link: LinkName }
  /** The link is cut, and new connections are, too. */
  | { readonly kind: 'away'; readonly link: LinkName; readonly ms: number }
  /** Nothing passes, and neither end gets an error. */
  | { readonly kind: 'stall'; readonly link: LinkName; readonly ms: number }
  | { readonly kind: 'slow'; readonly link: LinkName | 'all'; readonly delayMs: number; readonly ms: number }
  /** Half of what comes next from the server arrives. Then the link is cut. */
  | { readonly kind: 'half'; readonly link: LinkName }
  /** The next request with this text: it is applied and its answer is lost; it is lost; it arrives `ms` later. */
  | {
      readonly kind: 'lose';
      readonly what: 'reply' | 'request';
      readonly link: LinkName;
      readonly marker: string;
    }
  | { readonly kind: 'late'; readonly link: LinkName; readonly marker: string; readonly ms: number }
  | { readonly kind: 'compact' }
  /** Another member of etcd leads, in good order. */
  | { readonly kind: 'move leader' }
  /** A member is cut off from the other members. Clients still reach it. */
  | { readonly kind: 'isolate'; readonly member: MemberName | 'etcd leader'; readonly ms: number }
  /** etcd's quota is used up until it is compacted, defragmented and disarmed. */
  | { readonly kind: 'no space'; readonly ms: number }
  | { readonly kind: 'restart'; readonly router: RouterName }
  /** Connections that end are not noticed by the router: their sessions stay, with their locks. */
  | { readonly kind: 'half open'; readonly router: RouterName; readonly ms: number }
  | { readonly kind: 'deny lock'; readonly router: RouterName; readonly ms: number }
  /** What the router does at that point. */
  | { readonly kind: 'router does'; readonly point: RouterPoint; readonly outcome: FaultOutcome }
  /** The pair's workflow ends without a chance to do anything. */
  | { readonly kind: 'terminate pair'; readonly pair: readonly [RouterName, RouterName] }
  /** The routers' lasting state can't be written: the routers end when it changes. */
  | { readonly kind: 'disk full'; readonly ms: number };

export interface Fault {
  readonly when: Moment;
  readonly effect: Effect;
}

/** One line for a person. */
export function describeFault({ when, effect }: Fault): string {
  const moment =
    when.kind === 'time'
      ? `at ${when.at} ms`
      : when.kind === 'point'
        ? `at ${describePoint(when.point)}`
        : `before a request with ${when.marker} by ${when.link}, from ${when.from} ms`;
  const { kind, ...facts } = effect;
  const words = Object.entries(facts).map(([name, value]) =>
    name === 'point' ? describePoint(value as RouterPoint) : `${name} ${JSON.stringify(value)}`,
  );
  return `${moment}: ${[kind, ...words].join(', ')}`;
}

function describePoint({ router, rpc, step, moment, nth }: RouterPoint): string {
  return `router ${router} ${moment} ${step} of ${rpc}, number ${nth}`;
}
