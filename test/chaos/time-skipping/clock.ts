/**
 * This process's clock follows the server's. The server skips time whenever nothing runs, so the workflows' clock runs ahead of this machine's. But
 * workflows and activities compare times of each other, for patience and deadlines. So `Date` and `performance.now` are shifted here by what was
 * skipped, and never back. Timers are not shifted: code that waits for a timer counts as running, so no time is skipped meanwhile.
 *
 * What is planned on this clock, above all the routers' deadlines, moves along: what has become due by a jump happens at once, in order.
 */
import type { Cancel, Clock } from '../../../simulator/device/clock.ts';

interface Planned {
  readonly at: number;
  readonly fn: () => void;
  timer: NodeJS.Timeout;
}

/** This machine's own monotonic clock, in ms, which is never shifted. The harness measures its own patience by it. */
export const machineMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

export class FollowingClock implements Clock {
  readonly #machine = Date;
  readonly #monotonic = performance.now.bind(performance);
  readonly #planned = new Set<Planned>();
  #ahead = 0;

  /** Replaces `Date` and `performance.now` in the whole process, until `restore`. */
  constructor() {
    const machine = this.#machine;
    const now = (): number => machine.now() + this.#ahead;
    globalThis.Date = class extends machine {
      constructor(...given: readonly unknown[]) {
        super(...((given.length === 0 ? [now()] : given) as [number]));
      }
      static override now(): number {
        return now();
      }
    } as DateConstructor;
    performance.now = () => this.#monotonic() + this.#ahead;
  }

  now(): number {
    return this.#machine.now() + this.#ahead;
  }

  after(ms: number, fn: () => void): Cancel {
    const planned: Planned = { at: this.now() + ms, fn, timer: this.#wait(ms, () => this.#make(planned)) };
    this.#planned.add(planned);
    return () => this.#take(planned);
  }

  /** Follows the server's clock, which shows `now`. Returns how many ms were skipped. */
  follow(shown: number): number {
    const skipped = Math.max(0, shown - this.now());
    if (skipped > 0) this.jump(skipped);
    return skipped;
  }

  jump(ms: number): void {
    this.#ahead += ms;
    for (const planned of [...this.#planned].sort((one, other) => one.at - other.at)) {
      clearTimeout(planned.timer);
      planned.timer = this.#wait(planned.at - this.now(), () => this.#make(planned));
    }
  }

  /** Puts the real clocks back. Nothing that is still planned happens any more. */
  restore(): void {
    for (const planned of this.#planned) this.#take(planned);
    globalThis.Date = this.#machine;
    performance.now = this.#monotonic;
  }

  #wait(ms: number, fn: () => void): NodeJS.Timeout {
    return setTimeout(fn, Math.max(0, ms));
  }

  #make(planned: Planned): void {
    this.#planned.delete(planned);
    planned.fn();
  }

  #take(planned: Planned): void {
    clearTimeout(planned.timer);
    this.#planned.delete(planned);
  }
}
