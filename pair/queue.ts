import { standing } from './door.ts';
import type { PairQueue } from './messages.ts';
import type { Owing, PairState } from './state.ts';

/** What a pair shows of itself. */
export function queueOf(
  { batch, waiting, door, owing }: PairState,
  routers: readonly [string, string],
  idleSince: number,
  names = routers,
): PairQueue {
  return {
    routers,
    names,
    reservation: batch?.reservation ?? null,
    phase: batch?.phase ?? 'idle',
    blockedBy: batch?.blockedBy ?? null,
    since: new Date(batch?.since ?? idleSince).toISOString(),
    vrrp: batch?.phase === 'waiting for verdicts' ? (batch.vrrp ?? null) : null,
    batch: (batch?.members ?? []).map((one) => ({
      gateway: one.gateway,
      name: one.name,
      verdict: one.verdict?.kind ?? null,
    })),
    waiting: waiting.map(({ gateway, name, since }) => ({
      gateway,
      name,
      since: new Date(since).toISOString(),
    })),
    door: { standing: standing(door), gate: door.gate },
    ...(batch === null && owing && { owing: shown(owing) }),
  };
}

function shown({ routers, lookAt, inTheWay }: Owing): NonNullable<PairQueue['owing']> {
  return { routers, nextLook: new Date(lookAt).toISOString(), inTheWay };
}

/** How long the queue of a pair is, for metrics. Counting takes the same time for any number of members. */
export interface QueueSizes {
  /** Ids of the edge routers, sorted. */
  readonly pair: readonly [string, string];
  /** Members that wait for the next batch, and those at the door. */
  readonly waiting: number;
  /** When the first member in the queue came, in ms since the epoch. `null`: the queue is empty. */
  readonly oldestSince: number | null;
  /** Members of the batch under way that are not on trial: it waits for its routers, or is being applied. */
  readonly applying: number;
  /** Members on the routers whose verdicts are awaited, or being carried out. */
  readonly onTrial: number;
  /** Since when the batch waits for verdicts, in ms since the epoch. `null`: it does not, or it is being settled already. */
  readonly trialSince: number | null;
  /** Workflow time of these numbers, in ms since the epoch. */
  readonly at: number;
  /** The run continues as new, and another worker may have the next one: these are its last numbers. Absent: it goes on. */
  readonly isLeaving?: true;
}

export function sizesOf(
  { batch, waiting, door }: PairState,
  pair: QueueSizes['pair'],
  at: number,
): QueueSizes {
  const members = batch?.members.length ?? 0;
  const isOnTrial = batch?.phase === 'waiting for verdicts' || batch?.phase === 'settling';
  return {
    pair,
    waiting: waiting.length + standing(door),
    oldestSince: waiting[0]?.since ?? null,
    applying: isOnTrial ? 0 : members,
    onTrial: isOnTrial ? members : 0,
    trialSince: batch?.phase === 'waiting for verdicts' ? batch.since : null,
    at,
  };
}
