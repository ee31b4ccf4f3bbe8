import type { WorkflowHandle } from '@temporalio/client';
import type { GatewayRequest, GatewayResult } from '../gateway/plan.ts';
import { outcomeOfError, outcomeOfResult, type GatewayOutcome } from './outcome.ts';
import { startCreation } from './start.ts';
import type { Temporal } from './temporal.ts';

/** Other callers may start runs of older versions in between, but hardly more than two. Without a limit, a defect could start runs without end. */
const MAX_RUNS = 4;

/**
 * One run of the workflow, for a caller that requested a version. If the caller has joined a run of an older version, that run usually ends
 * as superseded. That does not answer the request, so another run is started after it.
 */
export class VersionRun {
  readonly handle: WorkflowHandle;
  readonly #temporal: Temporal;
  readonly #requested: GatewayRequest;
  readonly #number: number;
  #next: Promise<VersionRun> | undefined;
  #following: VersionRun | undefined;

  constructor(temporal: Temporal, handle: WorkflowHandle, requested: GatewayRequest, number = 1) {
    this.#temporal = temporal;
    this.handle = handle;
    this.#requested = requested;
    this.#number = number;
  }

  /** The last run that is known to follow this one, or this one itself. */
  get latest(): VersionRun {
    return this.#following?.latest ?? this;
  }

  /** Waits for the end of this run. Rejects only if Temporal can't tell it. */
  async outcome(signal?: AbortSignal): Promise<GatewayOutcome> {
    try {
      const result = await this.#temporal.call(() => this.handle.result(), signal);
      return outcomeOfResult(result as GatewayResult);
    } catch (error) {
      const outcome = outcomeOfError(error);
      if (!outcome) throw error;
      return outcome;
    }
  }

  /** Starts the run that follows this one; every call gets the same run. `outcome`: how this run ended. `null`: that outcome answers the request. */
  async next(outcome: GatewayOutcome): Promise<VersionRun | null> {
    if (!this.#isOvertaken(outcome)) return null;
    this.#next ??= this.#start();
    return this.#next;
  }

  async #start(): Promise<VersionRun> {
    try {
      const handle = await startCreation(this.#temporal, this.#requested);
      this.#following = new VersionRun(this.#temporal, handle, this.#requested, this.#number + 1);
      return this.#following;
    } catch (error) {
      this.#next = undefined;
      throw error;
    }
  }

  /** A cancelled run is not followed: the cancel by an operator ends the request for the newer version as well. */
  #isOvertaken(outcome: GatewayOutcome): boolean {
    const { version } = this.#requested;
    if (version === undefined || outcome.kind === 'cancelled' || outcome.gateway === null) return false;
    return outcome.gateway.version < version && this.#number < MAX_RUNS;
  }
}
