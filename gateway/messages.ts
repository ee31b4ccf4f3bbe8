/** Names and payloads by which the world talks to the saga. Clients import this without any worker code. */
import type { FailureType } from './failures.ts';
import type { GatewayVersion } from './resource.ts';

export const TASK_QUEUE = 'gateways';
export const CREATE_GATEWAY = 'createGateway';
/** Query: how far the saga is. Returns `Progress`. */
export const PROGRESS_QUERY = 'progress';

export type StepName =
  | 'plan'
  | 'register'
  | 'apply'
  | 'record'
  | 'poll primary'
  | 'poll secondary'
  | 'record monitoring'
  | 'confirm'
  | 'publish'
  | 'revert'
  | 'publish failure';

export interface StepProgress {
  readonly step: StepName;
  readonly status: 'running' | 'done' | 'failed';
  /** ISO times by the workflow's clock. */
  readonly since: string;
  readonly until?: string;
  /** Who or what is waited for, in words for a person: `MX-1, MX-2`. */
  readonly waitingFor?: string;
  /** Why its pair doesn't go on, in words for a person; told by clients, beside the place in the queue in `waitingFor`. */
  readonly blockedBy?: string;
  readonly note?: string;
}

export interface Progress {
  readonly gateway: {
    readonly resourceType: string;
    readonly resourceId: string;
    readonly version: number | null;
  };
  readonly name: string | null;
  /** Ids of the edge routers, once planned: their pair's queue is where the gateway waits. */
  readonly pair?: readonly [string, string];
  readonly steps: readonly StepProgress[];
  readonly outcome: 'running' | 'created' | 'failed' | 'cancelled';
  readonly error?: string;
}

/** The details that come with the failure of the workflow. */
export interface GatewayFailure {
  readonly type: FailureType;
  readonly gateway: GatewayVersion | null;
  readonly message: string;
  /** Undo steps that failed, one line each. Empty: nothing that this run did is left on a router. */
  readonly compensation: readonly string[];
}

/** Search attributes, all of them optional in a namespace. */
export const SEARCH_ATTRIBUTES = {
  type: { name: 'GatewayType', type: 'KEYWORD' },
  id: { name: 'GatewayId', type: 'KEYWORD' },
  tenant: { name: 'GatewayTenant', type: 'KEYWORD' },
  version: { name: 'GatewayVersion', type: 'INT' },
  outcome: { name: 'GatewayOutcome', type: 'KEYWORD' },
} as const;
