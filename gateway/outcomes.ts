/** Inputs and outcomes of the saga's steps. A step that can't succeed, however often it is tried, fails with one of `FAILURES`. */
import type { Action } from './change.ts';
import type { FailureType } from './failures.ts';
import type { Observation, OweRequest, Plan } from './plan.ts';
import type { GatewayRef, GatewayVersion, Role } from './resource.ts';
import type { VrrpTime } from './vrrp-time.ts';

/** The gateway that a step is for, and the run that creates it. */
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
  /** How long the routers may show old roles, in ms. Default: no time. */
  readonly holdMs?: number;
  /** The VRRP groups of others before the commit, by router id. Default: none. */
  readonly others?: NonNullable<VrrpTime['others']>;
}

/** Of a deletion that one router makes, while the named one owes it. */
export interface OwedDeletionInput extends StepInput {
  readonly owe: OweRequest;
  /** Ids of the edge routers, sorted. */
  readonly routers: readonly [string, string];
  /** Since when the saga waits for the router that makes it, in ms since the epoch. Absent: it does not wait yet. */
  readonly since?: number;
}

export type OwedDeletionOutcome =
  /** `isDropped`: the named router is retired, so it owes nothing. */
  | { readonly kind: 'kept'; readonly isDropped: boolean }
  /** The router that makes it has not done so yet. */
  | { readonly kind: 'undecided' }
  /** That router was not seen for too long, so it owes what puts back what stood. */
  | { readonly kind: 'owed'; readonly type: FailureType; readonly why: string };

export interface SeenInput extends StepInput {
  readonly seen: readonly Observation[];
  /** What the run has made. It counts where no record tells it. */
  readonly action?: Action | undefined;
  /** Ids of the run's jobs, where they are known: they save a request. */
  readonly jobs?: Plan['jobs'];
}

/** Of an update that changes nothing on the routers. */
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
  /** A newer version has one of its own: nothing is told, unless the run has registered, although it does not know. Absent: it is told. */
  readonly isSuperseded?: true;
  /** As planned. It counts unless the run has registered. */
  readonly replaces?: string;
  /** What the run has written in order to wait. Absent: it does not wait. */
  readonly waited?: Waited;
}

/** What a run that waits has written: that it waits for a gateway, and its job records. */
export interface Waited {
  readonly awaited: GatewayRef;
  readonly run: string;
  readonly jobs: Plan['jobs'];
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
 * How far the awaited gateway is. `asked for`: its configuration is there, and nothing is registered. `owing`: a router owes its inverse change.
 * `to be deleted`: its configuration is marked, and its deletion is not registered.
 */
export type AwaitedPhase =
  'asked for' | 'registered' | 'applying' | 'being published' | 'owing' | 'to be deleted';

export interface RegisterInput extends Plan {
  /** What the run has written before, in order to wait. Absent: it has not waited. */
  readonly waited?: Waited;
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
  /** A parent or a child has to end first. It wakes the run. Nothing is claimed. */
  | { readonly kind: 'waits'; readonly for: Awaited };

/** For a deletion of which nothing stands. `replaces`: as planned. */
export interface NothingInput extends GatewayVersion, Pick<Plan, 'replaces'> {}

/** Outcome of publishing that nothing of a deleted gateway stood on its routers. */
export type NothingOutcome =
  | { readonly kind: 'published' }
  /** An earlier run may have left something on its routers. That must be reverted first. */
  | { readonly kind: 'leftover'; readonly left: Leftover };

/** An earlier run, and the routers that its plan record names. Another version of the gateway may have other routers. */
export interface Leftover extends StepInput, Pick<Plan, 'routers'> {
  /** Of a deletion that a router is to owe, and that is not decided: nothing is reverted before the other router was seen. Absent: it is none. */
  readonly owe?: OweRequest;
}
