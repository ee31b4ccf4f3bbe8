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
