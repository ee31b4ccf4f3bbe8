/** Inputs and outcomes of the saga's steps. A step that can't succeed, however often it is tried, fails with one of `FAILURES`. */
import type { Action } from './change.ts';
import type { FailureType } from './failures.ts';
import type { Observation, OweRequest, Plan, Waited } from './plan.ts';
import type { GatewayRef, GatewayVersion, Role } from './resource.ts';
import type { VrrpTime } from './vrrp-time.ts';

/** The gateway that a step is for, and the run that makes the change. */
export interface StepInput {
  readonly gateway: GatewayVersion;
  readonly run: string;
}

/** Takes only these two fields of a larger object, so that nothing else enters the history. */
export function stepOf({ gateway, run }: StepInput): StepInput {
  return { gateway, run };
}

export interface PollInput extends StepInput {
  readonly role: Role;
  /** Id of the edge router. */
  readonly router: string;
  /** Which end of the change is looked for. `before`: the change was reverted. Default: `after`. */
  readonly end?: 'before' | 'after';
  /** How long it may take, in ms, by the timers of the batch's routers. Absent: `vrrpLimitMs`. */
  readonly limitMs?: number;
  /** How long another router may wait before it takes over from the primary, in ms. Default: none waits. */
  readonly holdMs?: number;
  /** The VRRP groups of others before the commit, by router id. Default: none. */
  readonly others?: NonNullable<VrrpTime['others']>;
}

/** Input for a deletion that one router makes, while the named one owes it. */
export interface OwedDeletionInput extends StepInput {
  readonly owe: OweRequest;
  /** Ids of the edge routers, sorted. */
  readonly routers: readonly [string, string];
  /** Since when the saga waits for the router that makes the deletion, in ms since the epoch. Absent: the saga does not wait yet. */
  readonly since?: number;
}

export type OwedDeletionOutcome =
  /** `isDropped`: the named router is retired, so it owes nothing. */
  | { readonly kind: 'kept'; readonly isDropped: boolean }
  /** The router that is to make the deletion has not made it yet. */
  | { readonly kind: 'undecided' }
  /** That router could not be seen for too long. So it owes the change that puts back what stood. */
  | { readonly kind: 'owed'; readonly type: FailureType; readonly why: string }
  /** The deletion can't be made, for whatever reason. Both routers carry what stood, and neither owes anything. */
  | { readonly kind: 'given up'; readonly type: FailureType; readonly why: string };

export interface SeenInput extends StepInput {
  readonly seen: readonly Observation[];
  /** The action that the run has made. It counts only where no record in etcd tells the action. */
  readonly action?: Action | undefined;
  /** Ids of the run's jobs, if they are known: that saves a request to etcd. */
  readonly jobs?: Plan['jobs'];
}

/** Input for an update that changes nothing on the routers. */
export interface UnchangedInput extends StepInput {
  /** Ids of the edge routers. */
  readonly routers: Readonly<Record<Role, string>>;
  readonly jobs: Plan['jobs'];
}

/** What the gateway's key in `/config` holds. */
export type ConfigVersion =
  | { readonly kind: 'version'; readonly version: number }
  /** Nothing. */
  | { readonly kind: 'vanished' }
  /** Something of which no version can be read. */
  | { readonly kind: 'unreadable' };

export interface PublishFailedInput {
  readonly gateway: GatewayVersion;
  /** `null`: the saga ended before it had a plan. */
  readonly run: string | null;
  /** One line for a person; no secret. */
  readonly error: string;
  /** The jobs were registered, so the stack's record must tell of the failure, too. */
  readonly registered: boolean;
  /** Both routers carry `before`, so what only `after` owns need not be claimed any more. */
  readonly clean: boolean;
  /** What the configuration asked for. Absent: as the plan record says. */
  readonly action?: Action;
  /**
   * A newer version was wanted before the run knew that it had registered. Then nothing is published, because the newer version gets a `/state` of its
   * own. But if etcd says that the run has registered, the failure is published after all. Absent: the failure is published.
   */
  readonly isSuperseded?: true;
  /** As in the plan. If the run has registered, what its plan record says counts instead. */
  readonly replaces?: string;
  /** What the run has written in order to wait. Absent: it has written nothing of that kind, or nothing is left of it. */
  readonly waited?: Waited;
}

/** The gateway that a run waits for: its parent, or a child. */
export interface Awaited {
  readonly gateway: GatewayRef;
  readonly name?: string;
  /** The version that is under way, or asked for. `null`: not known. */
  readonly version: number | null;
  readonly phase: AwaitedPhase;
}

/**
 * How far the awaited gateway is. `asked for`: its configuration is there, and no change of it is registered. `owing`: a router owes the inverse change
 * of its last one. `to be deleted`: its configuration is marked for deletion, and the deletion is not registered.
 */
export type AwaitedPhase =
  'asked for' | 'registered' | 'applying' | 'being published' | 'owing' | 'to be deleted';

export interface RegisterInput extends Plan {
  /** What the run has written before, in order to wait. Absent: it has not waited. */
  readonly waited?: Waited;
  /**
   * Gateways that have woken the run, although it does not wait for them. So an earlier run of this gateway has waited there, and was terminated. Absent:
   * none has.
   */
  readonly wokenBy?: readonly GatewayRef[];
}

export type RegisterOutcome =
  /**
   * `plan`: as registered. It may differ from the plan that was given, because registering reads the configuration again, at the same
   * version.
   */
  | { readonly kind: 'registered'; readonly plan: Plan }
  /** An earlier run has made this version permanent on both routers. Only its publication is left to do. */
  | { readonly kind: 'kept' }
  /** The plan's action does not fit any more: something else stands, or the configuration asks for something else. Plan again. */
  | { readonly kind: 'replan' }
  /** An earlier run of this gateway may have left something on its routers. That must be reverted first. */
  | { readonly kind: 'leftover'; readonly left: Leftover }
  /** A parent or a child has to end its change first. Its end wakes the run. Nothing is claimed. */
  | { readonly kind: 'waits'; readonly for: Awaited };

/** Input for the deletion of a gateway of which nothing stands. `replaces`: as in the plan. */
export interface NothingInput extends GatewayVersion, Pick<Plan, 'replaces'> {}

/** Outcome of publishing that nothing of a deleted gateway stood on its routers. */
export type NothingOutcome =
  | { readonly kind: 'published' }
  /** An earlier run may have left something on its routers. That must be reverted first. */
  | { readonly kind: 'leftover'; readonly left: Leftover };

/** An earlier run, and the routers that its plan record names. They may be others than those of the gateway's present version. */
export interface Leftover extends StepInput, Pick<Plan, 'routers'> {
  /**
   * Present if the earlier run is a deletion that this router is to owe, and that is not decided. Then nothing is reverted before the other router was
   * seen.
   */
  readonly owe?: OweRequest;
}
