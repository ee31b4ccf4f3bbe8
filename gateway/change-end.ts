/** How the work on one version of a gateway ended, as a worker's log and metrics tell it. */
import type { Action } from './change.ts';
import type { FailureType } from './failures.ts';
import type { StepName } from './messages.ts';

export interface ChangeEnd {
  /** As asked for. It is not checked: a person may have typed anything. */
  readonly resourceType: string;
  readonly resourceId: string;
  /** The gateway's name as it is shown; its id, if no name is known. */
  readonly name: string;
  /** `null`: the request led to no version. */
  readonly version: number | null;
  /** `null`: not known. */
  readonly action: Action | null;
  /** Ids of the edge routers. `null`: the gateway was not planned. */
  readonly pair: readonly [string, string] | null;
  /** Names of the primary and the secondary router. `null`: the gateway was not planned. */
  readonly pairNames: readonly [string, string] | null;
  /** Since the run began. A newer version has a run of its own. */
  readonly seconds: number;
  readonly outcome: EndOutcome;
  /** An earlier run had made the change, and this one touched nothing. Absent: this run made the change, or nobody did. */
  readonly alreadyEnded?: true;
  /** Absent: the change is complete. */
  readonly failureType?: FailureType;
  /** One line for a person; no secret. Absent: the change is complete. */
  readonly reason?: string;
}

/** A step of the change that has ended. */
export interface StepEnd {
  readonly step: StepName;
  readonly outcome: 'done' | 'failed';
  /** When it began, by the workflow's clock, in ms since the epoch. */
  readonly since: number;
  readonly seconds: number;
}

export type EndOutcome =
  /** `/state` says that the change was made. */
  | 'complete'
  /** `/state` says why it was not made. */
  | 'failed'
  /** An operator cancelled the change, and nothing is left of it. */
  | 'cancelled'
  /** A newer version is wanted, the configuration vanished, or another run has taken the gateway over. */
  | 'superseded'
  /** Nothing was written: the request is wrong, or its version had failed before. */
  | 'refused';
