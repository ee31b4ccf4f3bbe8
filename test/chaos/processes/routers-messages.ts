/** The messages between the harness and the process of the routers. Plain JSON. */
import type { DeviceOptionsInput } from '../../../simulator/server/index.ts';
import type { Inspection } from '../../../simulator/device/tape.ts';
import type { FaultOutcome } from '../../../simulator/server/index.ts';
import type { Confirms, RouterName } from '../workload.ts';
import type { RouterPoint } from './faults.ts';

export const OUR_USER = 'esi';
export const OPERATOR = 'operator';

export interface RouterSpec {
  readonly id: string;
  readonly name: RouterName;
  readonly port: number;
  /** Path of the host key's file, made if there is none. */
  readonly hostKey: string;
  readonly password: string;
  /** The configuration that it starts with, as Junos text. */
  readonly config: string;
  readonly options: DeviceOptionsInput;
  /** The file with what survives a restart. */
  readonly stateFile: string;
  /** File that gets what happens, a line of JSON each. */
  readonly tapeFile: string;
  /** Units whose VRRP groups never leave init. */
  readonly vrrpDown: readonly string[];
  /** Units whose VRRP groups and those of other routers don't hear each other. */
  readonly vrrpIsolated: readonly string[];
}

/** Where the records of a gateway are. */
export interface Where {
  /** The endpoints of etcd. */
  readonly etcd: readonly string[];
  readonly keys: { readonly state: string; readonly plan: string };
  /** The newest version of its configuration. */
  readonly version: number;
}

/** What an operator does at a router. */
export type OperatorAction =
  | { readonly kind: 'locks'; readonly ms: number }
  | { readonly kind: 'edits'; readonly ms: number; readonly statement: string }
  | { readonly kind: 'commits'; readonly statement: string }
  /** Commits a statement in a gateway's stanza, if that gateway stands and no change of it is under way. */
  | { readonly kind: 'adds'; readonly statement: string; readonly where: Where }
  | { readonly kind: 'checks' }
  | { readonly kind: 'tries'; readonly ms: number; readonly confirms: Confirms; readonly statement: string };

export type Order =
  | { readonly kind: 'start'; readonly routers: readonly RouterSpec[] }
  /** Answered when the router passes the point; without an outcome it waits there for a while. */
  | { readonly kind: 'point'; readonly point: RouterPoint; readonly outcome?: FaultOutcome }
  | { readonly kind: 'deny lock'; readonly router: RouterName; readonly on: boolean }
  | { readonly kind: 'half open'; readonly router: RouterName; readonly on: boolean }
  | { readonly kind: 'restart'; readonly router: RouterName }
  | { readonly kind: 'operate'; readonly router: RouterName; readonly action: OperatorAction }
  | { readonly kind: 'clear' }
  | { readonly kind: 'inspect'; readonly router: RouterName };

/** The answers to orders. */
export interface Answers {
  start: null;
  point: null;
  'deny lock': null;
  'half open': null;
  restart: null;
  /** The statements that stand for good. */
  operate: readonly string[];
  clear: null;
  inspect: Inspection;
}

export interface OrderMessage {
  readonly id: number;
  readonly order: Order;
}

export type AnswerMessage =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: string };
