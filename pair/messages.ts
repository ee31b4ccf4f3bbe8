/**
 * How a gateway's saga and its router pair's workflow talk. A saga sends a request by a signal, which may carry requests of other sagas as well. The
 * pair answers by completing the very activity that sent the request ("answered activity", M1): so every exchange is a bar in the gateway's own
 * history, and a retry of the activity is the same request again.
 */
import type { FailureType } from '../gateway/failures.ts';
import { TASK_QUEUE } from '../gateway/messages.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { VrrpTime } from '../gateway/vrrp-time.ts';
import { PAIR_TIMES } from './times.ts';

/** Workflow type. */
export const ROUTER_PAIR = 'routerPair';
/** Signal with one `PairRequest` or several, each an argument of its own. */
export const REQUEST_SIGNAL = 'request';
/**
 * Signal without a payload: settle what an earlier workflow of this pair left on the routers, and look at once whether the routers can make what they
 * owe.
 */
export const WAKE_PAIR_SIGNAL = 'wake';
/** Update with a `HoldRequest`: begins a maintenance hold, as `gateway-saga routers hold` does. */
export const BEGIN_MAINTENANCE_UPDATE = 'beginMaintenance';
/** Update with a `ReleaseRequest`: ends a maintenance hold. Returns whether there was one. */
export const END_MAINTENANCE_UPDATE = 'endMaintenance';
/** Query: a `PairQueue`. */
export const QUEUE_QUERY = 'queue';

/** `router_pair:<id>+<id>`, ids sorted: gateways with swapped roles share a pair. */
export function pairIdOf(routers: readonly [string, string]): string {
  return `router_pair:${pairKeyOf(routers)}`;
}

/** `<id>+<id>`, ids sorted. */
export function pairKeyOf([one, other]: readonly [string, string]): string {
  return one < other ? `${one}+${other}` : `${other}+${one}`;
}

/** With `signalWithStart(ROUTER_PAIR, …)`: how a pair's workflow starts if it does not run. `names`: the routers' names, in the order of `routers`. */
export function startingPair(routers: readonly [string, string], names: readonly [string, string]) {
  const [one, other] = routers;
  const isSorted = one < other;
  return {
    workflowId: pairIdOf(routers),
    taskQueue: TASK_QUEUE,
    args: [
      {
        routers: isSorted ? routers : [other, one],
        names: isSorted ? names : [names[1], names[0]],
      },
    ],
    // The sagas wait for their pair, thousands of them at times. So the tasks of the pair go before theirs.
    priority: { priorityKey: 1 },
    // A worker that has lost the workflow from its memory replays it first, which takes longer than Temporal's 10 s if it has much to do. A worker that dies
    // within a task keeps the pair waiting for as long, which has to be well below `confirmMarginMs`.
    workflowTaskTimeout: PAIR_TIMES.taskMs,
    // People find the workflow's page by this text: the workflow id has only ids.
    staticSummary: names.join(', '),
    staticDetails: 'The queue of a router pair: gateways go on its routers in batches, one batch at a time.',
  } satisfies Readonly<Record<string, unknown>>;
}

/** By `signalWithStart(ROUTER_PAIR, …)`: wakes a pair, and starts its workflow if it does not run. */
export function wakingPair(routers: readonly [string, string], names: readonly [string, string]) {
  return { ...startingPair(routers, names), signal: WAKE_PAIR_SIGNAL, signalArgs: [] };
}

export interface HoldRequest {
  /** Id of one of the pair's edge routers. */
  readonly router: string;
  /** Shown to every saga that waits for the router. At most 200 characters. */
  readonly reason: string;
  /** Who holds it, as he says. At most 80 characters. */
  readonly by?: string | undefined;
}

export type ReleaseRequest = Pick<HoldRequest, 'router' | 'by'>;

/** The activity that waits for the answer. */
export interface ReplyTo {
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
}

/** One run of a gateway's saga, as the pair knows it. */
export interface PairMember {
  readonly gateway: GatewayVersion;
  /** Id of the saga's run, drawn by its plan. */
  readonly run: string;
  /** The gateway's name, for people. */
  readonly name: string;
}

export interface PairRequest extends PairMember {
  /**
   * Workflow time of the request, in ms since the epoch. It increases with each request of a gateway; the pair ignores a request with a
   * lower number than the last one ("sequence", M2).
   */
  readonly sequence: number;
  /** The sequence with which this request was sent first. Absent: it was not sent again since then. */
  readonly firstSequence?: number;
  /** Its saga has waited for a parent or a child, and was woken with others. Absent: it was not. */
  readonly woken?: true;
  readonly replyTo: ReplyTo;
  readonly action: PairAction;
  /** The ticket that the last answer `full` gave. Absent: none did. */
  readonly ticket?: Ticket;
}

/** A place at the door of a pair that was full. It also says how the door stood when it was given, in case the pair begins anew. */
export interface Ticket {
  /** Id of the door. */
  readonly door: string;
  /** Tickets enter in the order of their numbers. */
  readonly number: number;
  /** Tickets up to this number may enter. */
  readonly gate: number;
  /** The last number that was drawn. */
  readonly last: number;
  /** Sequence of the request that was the first to wait. */
  readonly opened: number;
}

export type PairAction =
  /**
   * Put the gateway's `after` on both routers, on trial. `again`: the saga's records in etcd were gone. Then the routers are looked at,
   * whatever the pair remembers.
   */
  | { readonly kind: 'apply'; readonly again?: true }
  /**
   * The service was seen working under this trial: make it permanent ("named trial", M3). From this request on a cancel changes nothing
   * ("point of no return", M5). If the saga has ended when the pair answers, the pair publishes ("missing saga", M4).
   */
  | { readonly kind: 'confirm'; readonly trial: string }
  /**
   * Put `before` back on both routers, or leave the queue. `atTheDoor`: the last answer was `full` with this ticket, and nothing was requested since.
   * So the routers carry nothing of the gateway.
   */
  | { readonly kind: 'revert'; readonly reason: string; readonly atTheDoor?: Ticket };

export type PairAnswer =
  /**
   * Both routers carry `after` under this trial, and fall back by themselves unless it is confirmed. `plainCommits` names the routers
   * that can't fall back, because they were committed to plainly. `vrrp`: how long VRRP takes there.
   */
  | {
      readonly kind: 'applied';
      readonly trial: string;
      readonly plainCommits?: readonly string[];
      readonly vrrp?: VrrpTime;
    }
  /** The named trial is over. `after` was applied again under this one, and must be seen working again. */
  | { readonly kind: 'applied again'; readonly trial: string; readonly vrrp?: VrrpTime }
  /** `after` is permanent on both routers. */
  | { readonly kind: 'kept' }
  /** `/state` said already that this very version is complete. Nothing was done. */
  | { readonly kind: 'complete' }
  | Full
  | Reverted;

/** An answer that ends a request. */
export type LastAnswer = Exclude<PairAnswer, Full>;

/** The pair carries as many members as it can, and this gateway is none of them. The saga asks again after `againMs`, with the ticket. */
export interface Full {
  readonly kind: 'full';
  /** `null`: no ticket is needed, because the request goes before all that wait at the door. */
  readonly ticket: Ticket | null;
  readonly againMs: number;
}

/** Both routers carry `before`, except where the inverse change is owed. */
export interface Reverted {
  readonly kind: 'reverted';
  readonly type: FailureType;
  /** One line for a person: why the change was not kept. */
  readonly reason: string;
  /**
   * Names of the routers that owe the inverse change, because they could not be looked at, or could not make it ("failed is looked at too",
   * T6; "owed change", T7).
   */
  readonly owedOn: readonly string[];
  /** Why the inverse change is owed, or how somebody else has changed the configuration. Absent: neither. */
  readonly note?: string;
  /** A router may have carried `after` meanwhile, so `before` is to be seen working again. Absent: none did, or an older release has answered. */
  readonly mayHaveStood?: true;
}

/** How much a router owes. */
export interface RouterOwing {
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Number of its owed changes. */
  readonly changes: number;
}

/** What a pair shows of itself: on its page in the Web UI, to the `queue` command, and in a waiting gateway's progress. */
export interface PairQueue {
  /** Ids of the routers. */
  readonly routers: readonly [string, string];
  /** Names of the routers in the same order; the id where a name is not known. */
  readonly names: readonly [string, string];
  /** Id of the reservation that the pair has, or wants. */
  readonly reservation: string | null;
  /** A `Phase`, or `idle`. */
  readonly phase: string;
  /** What keeps the pair from going on, in words for a person: a maintenance hold, another pair's reservation, an operator's lock. */
  readonly blockedBy: string | null;
  /** ISO time at which the phase began. */
  readonly since: string;
  /** How long VRRP takes for what is on trial. `null`: nothing is on trial, or the time is not known. */
  readonly vrrp: VrrpTime | null;
  /** Members that share the current reservation. */
  readonly batch: readonly {
    readonly gateway: GatewayVersion;
    readonly name: string;
    readonly verdict: 'confirm' | 'revert' | null;
  }[];
  /** Members that wait for the next batch, in the order of arrival. */
  readonly waiting: readonly {
    readonly gateway: GatewayVersion;
    readonly name: string;
    readonly since: string;
  }[];
  /** Who waits at the door, because the pair is full. */
  readonly door: {
    /** How many, as far as the pair knows. */
    readonly standing: number;
    /** The highest ticket that may enter. */
    readonly gate: number;
  };
  /** What the routers owe while no gateway is in the pair. Absent: nothing, or a gateway is. */
  readonly owing?: {
    readonly routers: readonly RouterOwing[];
    /** ISO time at which the pair next looks whether the routers can make it. */
    readonly nextLook: string;
    /** Why the routers could not make it so far; `null`: nobody has tried, or the reason is not known. */
    readonly inTheWay: string | null;
  };
}
