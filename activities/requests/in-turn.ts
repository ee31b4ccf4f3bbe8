/**
 * Calls that concern one pair, a bounded number at the same time, in the order in which they came. Temporal carries out the signals to one workflow one
 * after the other. If a thousand sagas signal their pair at once, those signals wait there for longer than the time-outs, fail, come again, and are more
 * each time; and the pair's own steps wait among them.
 */
import { Semaphore } from '../../netconf/semaphore.ts';

/** How many calls for one pair are under way in this worker. */
const AT_ONCE = 8;

export class InTurn {
  readonly #turns = new Map<string, { readonly slots: Semaphore; users: number }>();

  /** `isOver`: asked once it is its turn. Then nobody waits for the call any more, and it is not made: the answer is `undefined`. */
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
