/**
 * The compensations of a saga. An undo is registered before its step, tolerates that the step never happened, and runs last in, first out.
 * An undo that fails is reported beside the original error, never instead of it.
 */
import { log } from '@temporalio/workflow';
import { reasonOf } from './reason.ts';

export class Compensation {
  readonly #undos: { readonly name: string; readonly undo: () => Promise<void> }[] = [];

  add(name: string, undo: () => Promise<void>): void {
    this.#undos.push({ name, undo });
  }

  /** Runs all undos, and returns one line for each that failed. */
  async unwind(): Promise<string[]> {
    const failed: string[] = [];
    for (const { name, undo } of this.#undos.splice(0).reverse()) {
      try {
        await undo();
      } catch (error) {
        log.error('compensation failed', { name });
        failed.push(`${name}: ${reasonOf(error)}`);
      }
    }
    return failed;
  }
}
