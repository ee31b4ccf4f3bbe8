/** Makes something happen at a known moment of a saga: just before one of its activities does its work. */
import type { Activities } from '../../activities/index.ts';

export class Meanwhile {
  #next:
    { readonly activity: keyof Activities; readonly happens: (input: never) => Promise<void> } | undefined;
  #happening: { readonly activity: string; readonly done: Promise<void> } | undefined;

  /** Whether something is still to happen, because the activity has not been called yet. */
  get isDue(): boolean {
    return this.#next !== undefined;
  }

  /**
   * Makes `happens` happen once, before the next activity of that name, for any gateway. It is told the activity's input. Activities of that name that
   * begin meanwhile wait.
   */
  before<Name extends keyof Activities>(
    activity: Name,
    happens: (input: Parameters<Activities[Name]>[0]) => Promise<void>,
  ): void {
    this.#next = { activity, happens };
  }

  /** The option `wrap` of `openWorld`. */
  readonly wrap = (activities: Activities): Activities => {
    const wrapped = Object.entries(activities).map(([name, activity]) => {
      const run = activity as (input: unknown) => Promise<unknown>;
      return [
        name,
        async (input: unknown) => {
          if (this.#next?.activity === name) {
            const { happens } = this.#next;
            this.#next = undefined;
            this.#happening = { activity: name, done: happens(input as never) };
          }
          if (this.#happening?.activity === name) await this.#happening.done;
          return run(input);
        },
      ];
    });
    return Object.fromEntries(wrapped) as Activities;
  };
}
