/** The two routers of a turn, with a session each. */
import type { RouterRecord } from '../../pair/transactions.ts';
import type { TurnAttempt } from '../../etcd/pair-store.ts';
import type { Snapshot } from '../../etcd/snapshot.ts';
import type { Session } from '../../netconf/session.ts';
import type { Dependencies } from '../dependencies.ts';
import { NotNowError } from '../refused.ts';
import { targetOf } from './router-target.ts';
import { callOf } from './attempt-context.ts';
import type { Here } from './attempt-context.ts';
import { OvertakenError } from './fence.ts';
import { memoryOf } from './router-memory.ts';
import { watchOf } from './commit-history.ts';
import type { Watch } from './commit-history.ts';

export interface Side {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly username: string;
  readonly session: Session;
  readonly record: RouterRecord;
  readonly watch: Watch;
}

/** A router that could not be had, and why. */
export interface Away {
  readonly id: string;
  readonly name: string;
  readonly record: RouterRecord;
  readonly error: unknown;
}

export interface Held {
  readonly turn: string;
  readonly routers: readonly [string, string];
}

export interface Begun {
  readonly attempt: TurnAttempt;
  readonly sides: readonly Side[];
  readonly away: readonly Away[];
}

/**
 * Leases a session on each router, then takes the next attempt number with their ids: all numbers before it are void (T3).
 * `work` runs with the routers that could be had. `ids`: those of the turn's routers that are needed.
 */
export async function withSides<T>(
  deps: Dependencies,
  here: Here,
  held: Held,
  work: (begun: Begun) => Promise<T>,
  ids: readonly string[] = held.routers,
): Promise<T> {
  const snapshot = deps.store.snapshot();
  const leases = ids.map((id) => lease(deps, here, snapshot, id));
  try {
    const opened = await Promise.all(leases.map(({ opened }) => opened));
    const sessions = opened.flatMap(({ id, found }) =>
      'session' in found ? [[id, found.session.sessionId] as const] : [],
    );
    const { turn, routers } = held;
    const begun = await deps.store.beginTurnAttempt(
      { turn, routers },
      Object.fromEntries(sessions),
      callOf(here),
    );
    if (begun.kind !== 'begun') throw new OvertakenError(turn, begun.kind);
    const sides: Side[] = [];
    const away: Away[] = [];
    for (const { id, name, found } of opened) {
      const record = begun.records[routers.indexOf(id)] as RouterRecord;
      const watch = watchOf(turn, record, deps.policy, memoryOf(deps.routers));
      if ('error' in found) away.push({ id, name, record, error: found.error });
      else sides.push({ id, name, username: found.username, session: found.session, record, watch });
    }
    return await work({ attempt: { turn, routers, attempt: begun.attempt }, sides, away });
  } catch (error) {
    // Who only has to wait has given everything back: the sessions are as good as before.
    if (!(error instanceof NotNowError)) for (const { abandon } of leases) abandon(error);
    throw error;
  } finally {
    await Promise.all(leases.map(({ end }) => end()));
  }
}

interface Opened {
  readonly id: string;
  readonly name: string;
  readonly found: { readonly session: Session; readonly username: string } | { readonly error: unknown };
}

interface Lease {
  /** Never rejects. */
  readonly opened: Promise<Opened>;
  /** The session is not given back, but ended. */
  readonly abandon: (error: unknown) => void;
  /** Resolves when the session was given back. Never rejects. */
  readonly end: () => Promise<void>;
}

function lease({ routers }: Dependencies, { signal }: Here, snapshot: Snapshot, id: string): Lease {
  let finish!: () => void;
  let abandon!: (error: unknown) => void;
  const work = new Promise<void>((resolve, reject) => {
    finish = resolve;
    abandon = reject;
  });
  // It may be abandoned before it was ever had.
  work.catch(() => undefined);
  let name = id;
  let lent: Promise<void> | undefined;
  const opened = new Promise<Opened>((resolve) => {
    lent = targetOf(snapshot, id)
      .then(({ name: called, target }) => {
        name = called;
        return routers.withSession(
          target,
          async (session) => {
            const cut = (): void => session.destroy('the activity ends');
            signal.addEventListener('abort', cut);
            resolve({ id, name, found: { session, username: target.username } });
            try {
              await work;
            } finally {
              signal.removeEventListener('abort', cut);
            }
          },
          { signal },
        );
      })
      .catch((error: unknown) => resolve({ id, name, found: { error } }));
  });
  return {
    opened,
    abandon,
    end: async () => {
      finish();
      await lent;
    },
  };
}
