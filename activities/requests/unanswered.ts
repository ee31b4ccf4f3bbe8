/**
 * This worker's requests that wait for an answer. If the workflow of their pair was terminated, they are sent again within seconds, and not
 * only when their time is over. The worker checks pairs, not requests: a thousand requests to one pair cost one check.
 *
 * The looks at maintenance holds find out which requests to apply were answered, and so does a look after a pair that was replaced, of any request. Those
 * are forgotten at once, and all other requests when their time is over.
 *
 * Losing this memory costs time, nothing else. The saga sends an unanswered request again itself, first after a minute, and then each time
 * after twice the last wait (`ACTIVITY_TIMES.request`, `PAIR_TIMES.requestAgainMaxMs`).
 */
import type { ReplyTo } from '../../pair/messages.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import type { Store } from '../../etcd/store.ts';
import { executionOf, isWaiting } from '../executions.ts';
import type { Client, Execution } from '../executions.ts';
import { HoldTeller, type ToldRequest } from './tell-holds.ts';

export interface UnansweredRequest extends Pick<ToldRequest, 'waitsFor'> {
  readonly client: Client;
  /** Workflow id. */
  readonly pair: string;
  readonly replyTo: ReplyTo;
  /** The run of the pair that the request was sent to. */
  readonly pairRun: string;
  /** After how many ms the saga sends the request again, through any worker. */
  readonly waitMs: number;
  /** Sends the same request again. Resolves to the run of the pair that it was sent to. `undefined`: the saga waits for it no more. */
  readonly send: () => Promise<string | undefined>;
}

interface WaitingRequest extends UnansweredRequest {
  pairRun: string;
  told: string | null;
  isAnswered: boolean;
  /** By the process's monotonic clock, in ms. */
  readonly until: number;
}

export class UnansweredRequests {
  /** By pair. The pair that has waited longest for a check stands first. */
  readonly #pairs = new Map<string, WaitingRequest[]>();
  #timer: NodeJS.Timeout | undefined;
  readonly #holds: HoldTeller;

  constructor(store: Pick<Store, 'holds'>) {
    this.#holds = new HoldTeller(store);
  }

  add(request: UnansweredRequest): void {
    const waiting = { ...request, told: null, isAnswered: false, until: performance.now() + request.waitMs };
    const others = this.#pairs.get(request.pair);
    if (others === undefined) this.#pairs.set(request.pair, [waiting]);
    else others.push(waiting);
    this.#schedule();
  }

  /** Plans the next check if requests wait. The timer doesn't keep the process alive. */
  #schedule(): void {
    if (this.#timer !== undefined || this.#pairs.size === 0) return;
    this.#timer = setTimeout(() => {
      void this.#check().finally(() => {
        this.#timer = undefined;
        this.#schedule();
      });
    }, PAIR_TIMES.pairCheckMs).unref();
  }

  async #check(): Promise<void> {
    for (const [pair, requests] of [...this.#pairs].slice(0, PAIR_TIMES.pairsCheckedAtOnce)) {
      const waiting = requests.filter(({ until, isAnswered }) => !isAnswered && performance.now() < until);
      this.#pairs.delete(pair);
      if (waiting.length > 0) this.#pairs.set(pair, waiting);
      // An error only costs time: the next check comes, and the saga sends its request again.
      await sendAgain(pair, waiting).catch(() => undefined);
      await this.#holds.tell(pair, waiting).catch(() => undefined);
    }
  }
}

/** Sends each request again that the pair's running workflow has not received, and marks those that were answered. */
async function sendAgain(pair: string, requests: readonly WaitingRequest[]): Promise<void> {
  const [first] = requests;
  if (first === undefined) return;
  const { client } = first;
  const now = await executionOf(client, pair);
  const receivers = new Set(now?.isRunning ? [now.runId] : []);
  for (const request of requests) {
    const { pairRun, replyTo } = request;
    if (now !== undefined && !receivers.has(pairRun) && (await isCarriedOver(request, now)))
      receivers.add(pairRun);
    if (receivers.has(pairRun)) continue;
    if (await isWaiting(replyTo, client)) request.pairRun = (await request.send()) ?? pairRun;
    else request.isAnswered = true;
  }
}

/** Whether the pair's workflow has continued as new since it got the request. Then it has carried the request over. */
async function isCarriedOver({ client, pair, pairRun }: WaitingRequest, now: Execution): Promise<boolean> {
  return now.isRunning && (await executionOf(client, pair, pairRun))?.firstRunId === now.firstRunId;
}
