/** One way between two parties: in order, with a delay, and with weather. */
import type { Clock } from '../../simulator/device/clock.ts';
import type { Random } from '../chaos/random.ts';

export class Link {
  readonly #clock: Clock;
  readonly #random: Random;
  #lastAt = 0;
  #held: (() => void)[] | undefined;
  /** Up to so many ms each way. */
  delayMs: readonly [from: number, to: number];

  constructor(clock: Clock, random: Random, delayMs: readonly [number, number]) {
    this.#clock = clock;
    this.#random = random;
    this.delayMs = delayMs;
  }

  /** Brings something to the other end, behind all that is on its way. */
  carry(arrive: () => void): void {
    const at = Math.max(this.#lastAt, this.#clock.now() + this.#random.whole(...this.delayMs));
    this.#lastAt = at;
    this.#clock.after(at - this.#clock.now(), () => {
      if (this.#held) this.#held.push(arrive);
      else arrive();
    });
  }

  get isFrozen(): boolean {
    return this.#held !== undefined;
  }

  /** Nothing passes, nothing is lost. */
  freeze(): void {
    this.#held ??= [];
  }

  thaw(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const arrive of held) this.#clock.after(0, arrive);
  }
}
