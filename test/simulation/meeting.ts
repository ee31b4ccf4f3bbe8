/** A meeting: two steps of two parties begin within milliseconds of each other. Whoever comes first waits for the other one. */
import type { Clock } from '../../simulator/device/clock.ts';
import { Process } from './process.ts';

/**
 * How long an activity that has not begun waits for the other party, and how long a write does, in ms. A write waits for a shorter time than its caller
 * waits for the answer.
 */
const START_MS = 60_000;
const WRITE_MS = 4_500;

export interface MeetingPlan {
  /** The places at which the two parties meet, each by the beginning of its name: `settle: start`, `publishCompleted: etcd publish`. */
  readonly places: readonly [string, string];
  /** What is done to the gateway of the first party when that party comes to its place. */
  readonly opening: readonly ('cancel' | 'terminate' | 'terminate and start' | 'new version')[];
  /** How many ms after the one that waited the other one begins. */
  readonly offsetMs: number;
}

export class Meeting {
  readonly plan: MeetingPlan;
  readonly #clock: Clock;
  readonly #happens: (what: string) => void;
  readonly #open: (workflowId: string) => void;
  #isOpen = false;
  #waiting: { readonly at: string; readonly go: () => void } | undefined;
  #state: 'due' | 'met' | 'over' = 'due';

  /** `open`: does what brings the two together, to this workflow's gateway. */
  constructor(
    plan: MeetingPlan,
    clock: Clock,
    happens: (what: string) => void,
    open: (workflowId: string) => void,
  ) {
    this.plan = plan;
    this.#clock = clock;
    this.#happens = happens;
    this.#open = open;
  }

  get hasHappened(): boolean {
    return this.#state === 'met';
  }

  /** Called when a party comes to a place. Runs `go` at once, or when the other party has come, or when that takes too long. */
  arrive(place: string, workflowId: string, go: () => void): void {
    const at = this.#state === 'due' ? this.plan.places.find((one) => place.startsWith(one)) : undefined;
    if (at === undefined) return go();
    const waiting = this.#waiting;
    if (waiting === undefined) {
      const mine = { at, go };
      this.#waiting = mine;
      this.#happens(`${place}: waits for ${this.plan.places.find((one) => one !== at) ?? at}`);
      if (at === this.plan.places[0] && !this.#isOpen) {
        this.#isOpen = true;
        Process.outside(() => this.#open(workflowId));
      }
      this.#clock.after(place.endsWith('start') ? START_MS : WRITE_MS, () => this.#release(mine));
      return;
    }
    // Another attempt at the same step is not the other party.
    if (waiting.at === at) return go();
    this.#state = 'met';
    this.#happens(`${place}: meets ${waiting.at}`);
    this.#release(waiting);
    this.#clock.after(this.plan.offsetMs, go);
  }

  /** Ends the meeting: nobody waits any more. */
  end(): void {
    if (this.#state === 'due') this.#state = 'over';
    if (this.#waiting) this.#release(this.#waiting);
  }

  #release(one: { readonly go: () => void }): void {
    if (this.#waiting !== one) return;
    this.#waiting = undefined;
    one.go();
  }
}
