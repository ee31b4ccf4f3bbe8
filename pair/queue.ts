import type { PairQueue } from './messages.ts';
import type { PairState } from './state.ts';

/** What a pair shows of itself. */
export function queueOf(
  { batch: on, waiting }: PairState,
  routers: readonly [string, string],
  idleSince: number,
  names = routers,
): PairQueue {
  return {
    routers,
    names,
    reservation: on?.reservation ?? null,
    phase: on?.phase ?? 'idle',
    blockedBy: on?.blockedBy ?? null,
    since: new Date(on?.since ?? idleSince).toISOString(),
    batch: (on?.members ?? []).map(({ gateway, name, verdict }) => ({
      gateway,
      name,
      verdict: verdict?.kind ?? null,
    })),
    waiting: waiting.map(({ gateway, name, since }) => ({
      gateway,
      name,
      since: new Date(since).toISOString(),
    })),
  };
}
