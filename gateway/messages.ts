/** Names and payloads that the saga shares with its clients. Importing them brings no worker code along. */
import type { Action } from './change.ts';
import type { FailureType } from './failures.ts';
import type { SuccessWord, VersionEnd } from './plan.ts';
import type { ChangeLimits } from './policies.ts';
import { workflowIdOf } from './resource.ts';
import type { GatewayRef, GatewayVersion } from './resource.ts';
import type { VrrpTime } from './vrrp-time.ts';

export const TASK_QUEUE = 'gateways';
/** Workflow type for each action. Each refuses a gateway whose configuration asks for another action. */
export const WORKFLOWS = {
  create: 'createGateway',
  update: 'updateGateway',
  delete: 'deleteGateway',
} as const satisfies Readonly<Record<Action, string>>;
export const CREATE_GATEWAY = WORKFLOWS.create;
/** Workflow type that does whatever the configuration asks for. */
export const APPLY_GATEWAY = 'applyGateway';
/**
 * Signal with a `WantedVersion`: the gateway's configuration may have changed. A saga that works on an older version reverts its change and goes on with
 * what the configuration has then. All workflow types of gateways handle the signal.
 */
export const APPLY_SIGNAL = 'apply';
/** Signal without a payload: what the saga waits for may have ended. It looks again. */
export const WAKE_SIGNAL = 'wake';
/** Workflow type: wakes the many that wait for a gateway whose change has ended. It is started by `WAKE_SIGNAL`. */
export const WAKE_WAITERS = 'wakeWaiters';
/**
 * Signal with a `HeldRouters`: an operator has begun or ended a maintenance hold on routers of the saga's pair. The saga shows it on its page, and does
 * nothing else.
 */
export const HELD_SIGNAL = 'held';
/** Query: how far the saga is. Returns `Progress`. */
export const PROGRESS_QUERY = 'progress';

/** Id of the workflow that wakes those that wait for the gateway: `wakes:vpn_gateway:<id>`. */
export function wakesIdOf(gateway: GatewayRef): string {
  return `wakes:${workflowIdOf(gateway)}`;
}

/** Payload of `APPLY_SIGNAL`. It only wakes the saga, which reads the configuration itself. */
export interface WantedVersion {
  /** Absent: whichever version the configuration has. */
  readonly version?: number;
}

/** Payload of `HELD_SIGNAL`. */
export interface HeldRouters {
  /** In words for a person; `null`: none is held. */
  readonly why: string | null;
}

export type StepName =
  | 'plan'
  | 'register'
  | 'wait'
  | 'apply'
  | 'record'
  | 'owe'
  | 'delete'
  | 'poll primary'
  | 'poll secondary'
  | 'see and publish'
  | 'confirm'
  | 'publish'
  | 'revert'
  | 'publish failure';

export interface StepProgress {
  readonly step: StepName;
  readonly status: 'running' | 'done' | 'failed';
  /** When the step began, as an ISO time by the workflow's clock. */
  readonly since: string;
  /** When the step ended, likewise. Absent: it still runs. */
  readonly until?: string;
  /** What the step waits for, in words for a person: `etcd`, or `MX-1, MX-2`. */
  readonly waitingFor?: string;
  /**
   * Why the gateway's pair does not go on, in words for a person. The saga leaves this absent. A client adds it, and puts the gateway's place in the
   * queue into `waitingFor`.
   */
  readonly blockedBy?: string;
  /** Present while the gateway waits at the door of its pair, which is full: its ticket, and how many were before it when it asked last. */
  readonly atTheDoor?: { readonly ticket: number; readonly ahead: number };
  /** What came of the step, in words for a person. Absent: it still runs, or has failed. */
  readonly note?: string;
}

export interface Progress {
  readonly gateway: {
    readonly resourceType: string;
    readonly resourceId: string;
    readonly version: number | null;
  };
  /** The gateway's name as it is shown. `null`: the gateway is not planned yet. */
  readonly name: string | null;
  /** Ids of the edge routers, known once the gateway is planned. The gateway waits in the queue of this pair. */
  readonly pair?: readonly [string, string];
  /** The limits of the whole change. Known once the gateway is planned. */
  readonly limits?: ChangeLimits;
  /** How long VRRP takes by the timers of the gateway's routers. Known once the gateway is on trial. */
  readonly vrrp?: VrrpTime;
  readonly steps: readonly StepProgress[];
  readonly outcome: 'running' | SuccessWord | 'superseded' | 'failed' | 'cancelled';
  /** What the configuration asks for. Known once the gateway is planned. */
  readonly action?: Action;
  /** The version that stands until the change is made. Absent: none, or not known yet. */
  readonly standing?: number;
  /** Why the change was not made, in one line for a person. */
  readonly error?: string;
  /** How the versions ended that this workflow worked on before, oldest first. Absent: there were none. */
  readonly ends?: readonly VersionEnd[];
}

/** Details of the workflow's failure. */
export interface GatewayFailure {
  readonly type: FailureType;
  readonly gateway: GatewayVersion | null;
  readonly message: string;
  /** One line for each compensation that failed. Empty: this run left nothing on a router. */
  readonly compensation: readonly string[];
  /** How the versions ended that this workflow worked on before, oldest first. Absent: there were none. */
  readonly ends?: readonly VersionEnd[];
}

/** Search attributes, all of them optional in a namespace. */
export const SEARCH_ATTRIBUTES = {
  type: { name: 'GatewayType', type: 'KEYWORD' },
  id: { name: 'GatewayId', type: 'KEYWORD' },
  tenant: { name: 'GatewayTenant', type: 'KEYWORD' },
  version: { name: 'GatewayVersion', type: 'INT' },
  action: { name: 'GatewayAction', type: 'KEYWORD' },
  outcome: { name: 'GatewayOutcome', type: 'KEYWORD' },
  /** `<id>+<id>`: the edge routers of its pair, as in the pair's workflow id. */
  pair: { name: 'GatewayPair', type: 'KEYWORD' },
} as const;
