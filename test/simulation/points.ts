/** Named points of a run, at which faults can be made to happen. The code that passes a point calls `pass`. */
import { Process } from './process.ts';

export interface Passing {
  /** The process that passed the point. `undefined`: the world itself passed it. */
  readonly process: Process | undefined;
}

interface PlannedEvent {
  left: number;
  readonly happens: (passing: Passing) => void;
}

export class Points {
  readonly #waiting = new Map<string, PlannedEvent[]>();
  /** How often each point was passed. */
  readonly passed = new Map<string, number>();

  /** Makes something happen when the point is passed for the `nth` time from now on, counted from 1. */
  at(point: string, nth: number, happens: (passing: Passing) => void): void {
    this.#waiting.set(point, [...(this.#waiting.get(point) ?? []), { left: nth, happens }]);
  }

  pass(point: string, process: Process | undefined = Process.current): void {
    this.passed.set(point, (this.passed.get(point) ?? 0) + 1);
    for (const one of this.#waiting.get(point) ?? []) {
      one.left -= 1;
      if (one.left === 0) Process.outside(() => one.happens({ process }));
    }
  }

  clear(): void {
    this.#waiting.clear();
  }
}
