import type { PairQueue } from './messages.ts';
import type { PairState } from './state.ts';

/** What a pair shows of itself. */
export function queueOf(
  { on, waiting }: PairState,
  routers: readonly [string, string],
  idleSince: number,
  names = routers,
): PairQueue {
  return {
    routers,
    names,
    turn: on?.turn ?? null,
    phase: on?.phase ?? 'idle',
    heldBy: on?.heldBy ?? null,
    since: new Date(on?.since ?? idleSince).toISOString(),
    on: (on?.members ?? []).map(({ gateway, name, verdict }) => ({
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
