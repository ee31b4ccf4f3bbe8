/** Lets the world change at a known moment of a saga: just before one of its activities does its work. */
import type { Activities } from '../../activities/index.ts';

export class Meanwhile {
  #next: { readonly activity: keyof Activities; readonly happens: () => Promise<void> } | undefined;

  /** Whether something was to happen and the activity never came. */
  get isDue(): boolean {
    return this.#next !== undefined;
  }

  /** Happens once, before the next activity of that name, whichever gateway's it is. */
  before(activity: keyof Activities, happens: () => Promise<void>): void {
    this.#next = { activity, happens };
  }

  /** For `openWorld`. */
  readonly wrap = (activities: Activities): Activities => {
    const wrapped = Object.entries(activities).map(([name, activity]) => {
      const run = activity as (input: unknown) => Promise<unknown>;
      return [
        name,
        async (input: unknown) => {
          if (this.#next?.activity === name) {
            const { happens } = this.#next;
            this.#next = undefined;
            await happens();
          }
          return run(input);
        },
      ];
    });
    return Object.fromEntries(wrapped) as Activities;
  };
}
