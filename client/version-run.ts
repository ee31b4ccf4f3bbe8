import type { WorkflowHandle } from '@temporalio/client';
import type { GatewayRequest, GatewayResult } from '../gateway/plan.ts';
import { FAILURES } from '../gateway/failures.ts';
import { isAsAsked, outcomeOfError, outcomeOfResult, type ChangeOutcome } from './outcome.ts';
import type { Asked } from './request.ts';
import { startChange, WORKFLOW_TYPES } from './start.ts';
import type { Temporal } from './temporal.ts';

/** Other callers may start runs of older versions in between, but hardly more than two. Without a limit, a defect could start runs without end. */
const MAX_RUNS = 4;

/** Failures by which a run that was started for something else says nothing about this request. */
const SAY_NOTHING: ReadonlySet<string> = new Set([FAILURES.InvalidRequest, FAILURES.Superseded]);

/**
 * One run of a gateway's workflow, for a caller with a request. The caller may have joined a run that was started for something else: for an
 * older version, which usually ends as superseded, or for another action. Such an end does not answer the request, so another run is started
 * after it.
 */
export class VersionRun {
  readonly handle: WorkflowHandle;
  readonly #temporal: Temporal;
  readonly #requested: GatewayRequest;
  readonly #asked: Asked | null;
  readonly #number: number;
  #next: Promise<VersionRun> | undefined;
  #following: VersionRun | undefined;

  /** `asked`: `null` for a run that was only found. */
  constructor(
    temporal: Temporal,
    handle: WorkflowHandle,
    requested: GatewayRequest,
    asked: Asked | null,
    number = 1,
  ) {
    this.#temporal = temporal;
    this.handle = handle;
    this.#requested = requested;
    this.#asked = asked;
    this.#number = number;
  }

  /** The last run that is known to follow this one, or this one itself. */
  get latest(): VersionRun {
    return this.#following?.latest ?? this;
  }

  /** Waits for the end of this run. Rejects only if Temporal can't tell it. */
  async outcome(signal?: AbortSignal): Promise<ChangeOutcome> {
    try {
      const result = await this.#temporal.call(() => this.handle.result(), signal);
      return outcomeOfResult(result as GatewayResult);
    } catch (error) {
      const outcome = outcomeOfError(error);
      if (!outcome) throw error;
      return outcome;
    }
  }

  /**
   * Starts the run that follows this one; every call gets the same run. `outcome`: how this run ended. `null`: that outcome
   * answers the request. A cancelled run is not followed: the cancel by an operator ends the request, too.
   */
  async next(outcome: ChangeOutcome): Promise<VersionRun | null> {
    const asked = this.#asked;
    if (asked === null || outcome.kind === 'cancelled' || this.#number === MAX_RUNS) return null;
    if (!this.#isOlder(outcome) && !(await this.#isForOther(asked, outcome))) return null;
    this.#next ??= this.#start(asked);
    return this.#next;
  }

  async #start(asked: Asked): Promise<VersionRun> {
    try {
      const handle = await startChange(this.#temporal, asked, this.#requested);
      this.#following = new VersionRun(this.#temporal, handle, this.#requested, asked, this.#number + 1);
      return this.#following;
    } catch (error) {
      this.#next = undefined;
      throw error;
    }
  }

  #isOlder({ gateway }: ChangeOutcome): boolean {
    const { version } = this.#requested;
    return version !== undefined && gateway !== null && gateway.version < version;
  }

  /** Whether the run was started for another action, and its end says nothing about this one. */
  async #isForOther(asked: Asked, outcome: ChangeOutcome): Promise<boolean> {
    const saysNothing =
      outcome.kind === 'failed'
        ? SAY_NOTHING.has(outcome.type)
        : outcome.kind !== 'cancelled' && !outcome.alreadyEnded && !isAsAsked(asked, outcome);
    if (!saysNothing) return false;
    const { type } = await this.#temporal.call(() => this.handle.describe());
    return type !== WORKFLOW_TYPES[asked];
  }
}
