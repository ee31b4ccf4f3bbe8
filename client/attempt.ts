import type { Client, WorkflowHandle } from '@temporalio/client';
import { FAILURES } from '../gateway/failures.ts';
import type { CreateGatewayInput, CreateGatewayResult } from '../gateway/plan.ts';
import { cancellable } from './cancellable.ts';
import { outcomeOfError, outcomeOfResult, type GatewayOutcome } from './outcome.ts';
import { startCreation } from './start.ts';

/** Two others may start runs of older versions between ours and the next; a fourth time would be a defect, and not end. */
const MAX_ATTEMPTS = 4;

/**
 * One run of the workflow, seen by somebody who asked for a version. Who joins a run of an older version, which then ends as
 * superseded, has no answer yet: the run is followed by another.
 */
export class Attempt {
  readonly handle: WorkflowHandle;
  readonly #client: Client;
  readonly #asked: CreateGatewayInput;
  readonly #number: number;
  #next: Promise<Attempt> | undefined;
  #following: Attempt | undefined;

  constructor(client: Client, handle: WorkflowHandle, asked: CreateGatewayInput, number = 1) {
    this.#client = client;
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
      const result = await cancellable(this.#client, signal, () => this.handle.result());
      return outcomeOfResult(result as CreateGatewayResult);
    } catch (error) {
      const outcome = outcomeOfError(error);
      if (!outcome) throw error;
      return outcome;
    }
  }

  /** The run that follows one with this outcome: the same one for all who ask; `null` if the outcome is the answer. */
  async next(outcome: GatewayOutcome): Promise<Attempt | null> {
    if (!this.#isOvertaken(outcome)) return null;
    this.#next ??= this.#start();
    return this.#next;
  }

  async #start(): Promise<Attempt> {
    try {
      const handle = await startCreation(this.#client, this.#asked);
      this.#following = new Attempt(this.#client, handle, this.#asked, this.#number + 1);
      return this.#following;
    } catch (error) {
      this.#next = undefined;
      throw error;
    }
  }

  #isOvertaken(outcome: GatewayOutcome): boolean {
    const { version } = this.#asked;
    return (
      this.#number < MAX_ATTEMPTS &&
      outcome.kind === 'failed' &&
      outcome.type === FAILURES.Superseded &&
      version !== undefined &&
      outcome.gateway !== null &&
      outcome.gateway.version < version
    );
  }
}
