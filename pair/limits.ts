import { utf8Length } from '../gateway/display.ts';
import { partsOf } from '../gateway/lists.ts';

/**
 * How much a pair carries. All of its state travels in one input when its workflow continues as new, and Temporal refuses an input of more
 * than 2 MiB. So every list has a bound, and whoever comes when the pair is full waits at the door (`door.ts`).
 */
export const PAIR_LIMITS = {
  /** Gateways in one batch. An etcd transaction holds 128 operations, and a router's check of so many gateways takes some seconds. */
  batch: 64,
  /**
   * Members that wait for the next batch: four batches. A saga at the door sleeps between its requests, so the queue must last until it
   * wakes.
   */
  waiting: 256,
  /** How many ended members are remembered, the answers to requests that come late or twice: four batches. */
  remembered: 256,
  /** Requests that one signal carries. */
  requestsAtOnce: 64,
  /** Answers that one activity gives, and outcomes that one activity checks. */
  answersAtOnce: 64,
  /** Events that the workflow decides on in one workflow task. Temporal gives up a task that computes for some seconds. */
  eventsAtOnce: 500,
  /** Answers to sagas at the door that travel along when the workflow continues as new. */
  answersCarried: 64,
};

/** Limits that a decision heeds. */
export interface PairLimits {
  /** Gateways in one batch. */
  readonly batchLimit: number;
  /** Members that wait for the next batch. Default: `PAIR_LIMITS.waiting`. */
  readonly waitingLimit?: number;
  /** No batch begins: the workflow is about to continue as new. */
  readonly paused?: boolean;
}

/**
 * How many members may wait in all. A member that comes to confirm or revert may stand on the routers, so it enters although `waitingLimit` is
 * reached. More than two batches of those come only if hundreds of sagas were terminated.
 */
export function waitingAtMost({ batchLimit, waitingLimit = PAIR_LIMITS.waiting }: PairLimits): number {
  return waitingLimit + 2 * batchLimit;
}

/** The list in parts that one activity takes (`answersAtOnce`). */
export function inShares<T>(all: readonly T[]): readonly (readonly T[])[] {
  return partsOf(all, PAIR_LIMITS.answersAtOnce);
}

/** The last ones of the list, as many as fit into so many bytes of JSON. */
export function lastWithin<T>(bytesAtMost: number, all: readonly T[]): readonly T[] {
  let bytes = 0;
  for (const [index, one] of [...all.entries()].reverse()) {
    bytes += utf8Length(JSON.stringify(one)) + 1;
    if (bytes > bytesAtMost) return all.slice(index + 1);
  }
  return all;
}
