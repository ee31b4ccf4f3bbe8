/**
 * Limits how many calls that concern one pair are under way at the same time. The others wait, in the order in which they came. Temporal carries out the
 * signals to one workflow one after the other. If a thousand sagas signal their pair at once, the signals wait in Temporal for longer than their
 * time-outs. They fail and are sent again, so there are more each time, and the pair's own steps wait among them.
 */
import { Semaphore } from '../../netconf/semaphore.ts';

/** How many calls for one pair are under way in this worker. */
const AT_ONCE = 8;

export class PairLimiter {
  readonly #limits = new Map<string, { readonly slots: Semaphore; users: number }>();

  /**
   * `isOver`: asked when the call may begin. If it returns `true`, nobody waits for the call any more: the call is not made, and this resolves to
   * `undefined`.
   */
  async call<T>(pair: string, make: () => Promise<T>, isOver: () => boolean): Promise<T | undefined> {
    const limit = this.#limits.get(pair) ?? { slots: new Semaphore(AT_ONCE), users: 0 };
    this.#limits.set(pair, limit);
    limit.users += 1;
    try {
      await limit.slots.acquire();
      try {
        return isOver() ? undefined : await make();
      } finally {
        limit.slots.release();
      }
    } finally {
      limit.users -= 1;
      if (limit.users === 0) this.#limits.delete(pair);
    }
  }
}
