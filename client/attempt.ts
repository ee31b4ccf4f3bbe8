import type { WorkflowHandle } from '@temporalio/client';
import type { CreateGatewayInput, CreateGatewayResult } from '../gateway/plan.ts';
import { outcomeOfError, outcomeOfResult, type GatewayOutcome } from './outcome.ts';
import { startCreation } from './start.ts';
import type { Temporal } from './temporal.ts';

/** Two others may start runs of older versions between ours and the next; a fourth time would be a defect, and not end. */
const MAX_ATTEMPTS = 4;

/**
 * One run of the workflow, on behalf of a caller that asked for a version. A run of an older version that the caller joined ends as
 * superseded, as a rule. That does not answer the caller: another run is started after it.
 */
export class Attempt {
  readonly handle: WorkflowHandle;
  readonly #temporal: Temporal;
  readonly #asked: CreateGatewayInput;
  readonly #number: number;
  #next: Promise<Attempt> | undefined;
  #following: Attempt | undefined;

  constructor(temporal: Temporal, handle: WorkflowHandle, asked: CreateGatewayInput, number = 1) {
    this.#temporal = temporal;
    this.handle = handle;
    this.#asked = asked;
    this.#number = number;
  }

  /** The last run that is known to follow this one, or this one itself. */
  get latest(): Attempt {
    return this.#following?.latest ?? this;
  }

  /** Waits for the end of this run. Rejects only if Temporal can't tell it. */
  async outcome(signal?: AbortSignal): Promise<GatewayOutcome> {
    try {
      const result = await this.#temporal.call(() => this.handle.result(), signal);
      return outcomeOfResult(result as CreateGatewayResult);
    } catch (error) {
      const outcome = outcomeOfError(error);
      if (!outcome) throw error;
      return outcome;
    }
  }

  /** The run that follows this one, whose outcome is given: every call gets the same one. `null`: the outcome is the answer. */
  async next(outcome: GatewayOutcome): Promise<Attempt | null> {
    if (!this.#isOvertaken(outcome)) return null;
    this.#next ??= this.#start();
    return this.#next;
  }

  async #start(): Promise<Attempt> {
    try {
      const handle = await startCreation(this.#temporal, this.#asked);
      this.#following = new Attempt(this.#temporal, handle, this.#asked, this.#number + 1);
      return this.#following;
    } catch (error) {
      this.#next = undefined;
      throw error;
    }
  }

  /** A cancel by an operator ends the newer version's request as well. */
  #isOvertaken(outcome: GatewayOutcome): boolean {
    const { version } = this.#asked;
    if (version === undefined || outcome.kind === 'cancelled' || outcome.gateway === null) return false;
    return outcome.gateway.version < version && this.#number < MAX_ATTEMPTS;
  }
}
