/**
 * Calls that concern one pair, a bounded number at the same time, in the order in which they came. Temporal carries out the signals to one workflow
 * one after the other. If a thousand sagas signal their pair at once, the signals wait in Temporal for longer than their time-outs. They fail and are
 * sent again, so there are more each time, and the pair's own steps wait among them.
 */
import { Semaphore } from '../../netconf/semaphore.ts';

/** How many calls for one pair are under way in this worker. */
const AT_ONCE = 8;

export class InTurn {
  readonly #turns = new Map<string, { readonly slots: Semaphore; users: number }>();

  /**
   * `isOver`: asked when the call's turn comes. If it returns `true`, nobody waits for the call any more: the call is not made, and this resolves to
   * `undefined`.
   */
  async call<T>(pair: string, make: () => Promise<T>, isOver: () => boolean): Promise<T | undefined> {
    const turn = this.#turns.get(pair) ?? { slots: new Semaphore(AT_ONCE), users: 0 };
    this.#turns.set(pair, turn);
    turn.users += 1;
    try {
      await turn.slots.acquire();
      try {
        return isOver() ? undefined : await make();
      } finally {
        turn.slots.release();
      }
    } finally {
      turn.users -= 1;
      if (turn.users === 0) this.#turns.delete(pair);
    }
  }
}
