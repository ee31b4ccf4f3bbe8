/**
 * How a saga is stopped: by an operator's cancel, or because a newer version is wanted. Nothing that changes something is abandoned half-way: the saga
 * runs shielded, notices a cancel between its steps, and passes it on only to steps that know how to stop.
 */
import { ApplicationFailure, CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { FAILURES } from '../gateway/failures.ts';
import { cancelReason } from './cancel-reason.ts';
import { isCancelled } from './reason.ts';

export class Shield {
  readonly #root: CancellationScope;
  #superseded: ApplicationFailure | undefined;
  #running: CancellationScope | undefined;
  /** The scope of a look that only a newer version stops. */
  #looking: CancellationScope | undefined;

  /** Must be constructed in the workflow's root scope. */
  constructor() {
    this.#root = CancellationScope.current();
    this.#root.cancelRequested.catch(() => this.#running?.cancel());
  }

  /** Whether an operator has requested a cancel. */
  get isCancelled(): boolean {
    return this.#root.consideredCancelled;
  }

  get isSuperseded(): boolean {
    return this.#superseded !== undefined;
  }

  /** Stops the work at the same points as an operator's cancel does, and with this reason. */
  supersede(reason: string): void {
    this.#superseded ??= ApplicationFailure.nonRetryable(reason, FAILURES.Superseded);
    this.#running?.cancel();
    this.#looking?.cancel();
  }

  /** Runs a step that can be stopped safely. It is also cancelled when `beside`, which runs at the same time, rejects. */
  async interruptible<T>(step: () => Promise<T>, beside?: Promise<unknown>): Promise<T> {
    this.throwIfStopped();
    const scope = new CancellationScope({ cancellable: true });
    this.#running = scope;
    beside?.catch(() => scope.cancel());
    try {
      return await scope.run(step);
    } catch (error) {
      if (isCancelled(error)) this.throwIfStopped();
      throw error;
    } finally {
      this.#running = undefined;
    }
  }

  /**
   * Runs a look whose result nobody needs once a newer version is wanted. If one is wanted already, the look is not begun. If one is wanted later, the
   * look is cancelled. In both cases this rejects.
   */
  async untilSuperseded<T>(look: () => Promise<T>): Promise<T> {
    if (this.#superseded) throw this.#superseded;
    const scope = new CancellationScope({ cancellable: true });
    this.#looking = scope;
    try {
      return await scope.run(look);
    } finally {
      this.#looking = undefined;
    }
  }

  /**
   * Throws a `CancelledFailure` with its reason once somebody has requested a cancel of the workflow. Throws a failure of type `Superseded` once a newer
   * version is wanted.
   */
  throwIfStopped(): void {
    if (this.isCancelled) {
      const reason = cancelReason();
      throw new CancelledFailure('cancelled by an operator', reason === undefined ? [] : [reason]);
    }
    if (this.#superseded) throw this.#superseded;
  }
}
