/** What is told of sessions and requests, for metrics and traces: names and durations, nothing that was sent or received. */
import type { Peer } from './errors.ts';
import type { Operation, Outcome, Reply } from './operation.ts';

export interface ObservedRequest {
  readonly peer: Peer;
  /** Name of the operation. There are some two dozen. */
  readonly operation: string;
  /**
   * How long the router took, in milliseconds: from when the request was sent or, in a pipeline, from the reply to the request before it. A request that
   * ends with its session counts until then.
   */
  readonly ms: number;
  /** `refused`: the reply holds an error, or is not what the operation takes. `lost`: there was no reply. */
  readonly outcome: 'done' | 'refused' | 'lost';
}

export interface RouterObserver {
  readonly request: (request: ObservedRequest) => void;
  /** A session was opened, or could not be. */
  readonly opened: (
    router: { readonly id: string; readonly name?: string | undefined },
    outcome: 'opened' | 'failed',
  ) => void;
}

/** Reads the replies of one session, and tells how long each took. */
export class RequestClock {
  readonly #peer: Peer;
  readonly #observe: RouterObserver['request'] | undefined;
  /** When the last reply came, by the monotonic clock. */
  #repliedAt = -Infinity;

  constructor(peer: Peer, observe: RouterObserver['request'] | undefined) {
    this.#peer = peer;
    this.#observe = observe;
  }

  /** To be called when the request is sent. Never rejects. */
  async outcomeOf<Result>(operation: Operation<Result>, reply: Promise<Reply>): Promise<Outcome<Result>> {
    const sentAt = performance.now();
    let outcome: ObservedRequest['outcome'] = 'lost';
    try {
      const replied = await reply;
      outcome = 'refused';
      const value = operation.read(replied);
      outcome = 'done';
      return { kind: 'done', value };
    } catch (error) {
      return { kind: 'failed', error };
    } finally {
      const now = performance.now();
      const ms = now - Math.max(sentAt, this.#repliedAt);
      this.#repliedAt = now;
      this.#observe?.({ peer: this.#peer, operation: operation.name, ms, outcome });
    }
  }
}
