/**
 * Cancellation of a saga. Nothing that changes something is abandoned half-way: the saga runs shielded, notices a cancel between its steps,
 * and passes it on only to steps that know how to stop.
 */
import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import { isCancelled } from './reason.ts';

export class Shield {
  #requested = false;
  #running: CancellationScope | undefined;

  /** Must be constructed in the workflow's root scope. */
  constructor() {
    CancellationScope.current().cancelRequested.catch(() => {
      this.#requested = true;
      this.#running?.cancel();
    });
  }

  /** Runs a step that can be stopped safely. It is cancelled by an operator, or when `beside`, which runs at the same time, rejects. */
  async interruptible<T>(step: () => Promise<T>, beside?: Promise<unknown>): Promise<T> {
    this.throwIfCancelled();
    const scope = new CancellationScope({ cancellable: true });
    this.#running = scope;
    beside?.catch(() => scope.cancel());
    try {
      return await scope.run(step);
    } catch (error) {
      if (isCancelled(error)) this.throwIfCancelled();
      throw error;
    } finally {
      this.#running = undefined;
    }
  }

  /** Throws a `CancelledFailure` once a cancel of the workflow was requested. */
  throwIfCancelled(): void {
    if (this.#requested) throw new CancelledFailure('cancelled by an operator');
  }
}
