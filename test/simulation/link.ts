/** One direction between two parties. Messages arrive in order, with a delay, and with faults. */
import type { Clock } from '../../simulator/device/clock.ts';
import type { Random } from '../chaos/random.ts';

export class Link {
  readonly #clock: Clock;
  readonly #random: Random;
  #lastAt = 0;
  #queued: (() => void)[] | undefined;
  /** A message takes between `from` and `to` ms. */
  delayMs: readonly [from: number, to: number];

  constructor(clock: Clock, random: Random, delayMs: readonly [number, number]) {
    this.#clock = clock;
    this.#random = random;
    this.delayMs = delayMs;
  }

  /** Delivers a message to the other end, after all earlier ones. */
  carry(arrive: () => void): void {
    const at = Math.max(this.#lastAt, this.#clock.now() + this.#random.whole(...this.delayMs));
    this.#lastAt = at;
    this.#clock.after(at - this.#clock.now(), () => {
      if (this.#queued) this.#queued.push(arrive);
      else arrive();
    });
  }

  get isFrozen(): boolean {
    return this.#queued !== undefined;
  }

  /** Stops the link until it thaws. Meanwhile nothing passes and nothing is lost. */
  freeze(): void {
    this.#queued ??= [];
  }

  thaw(): void {
    const held = this.#queued ?? [];
    this.#queued = undefined;
    for (const arrive of held) this.#clock.after(0, arrive);
  }
}
