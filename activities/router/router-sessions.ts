/** The two routers of a turn, with a session each. */
import type { RouterRecord } from '../../pair/transactions.ts';
import type { TurnAttempt } from '../../etcd/pair-store.ts';
import type { Snapshot } from '../../etcd/snapshot.ts';
import type { Session } from '../../netconf/session.ts';
import type { Dependencies } from '../dependencies.ts';
import { NotNowError } from '../refused.ts';
import { targetOf } from './router-target.ts';
import { activityCallOf } from './attempt-context.ts';
import type { AttemptContext } from './attempt-context.ts';
import { OvertakenError } from './fence.ts';
import { memoryOf } from './router-memory.ts';
import { historyReaderOf } from './commit-history.ts';
import type { CommitHistoryReader } from './commit-history.ts';

export interface RouterSession {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly username: string;
  readonly session: Session;
  readonly record: RouterRecord;
  readonly reader: CommitHistoryReader;
}

/** A router that could not be had, and why. */
export interface UnreachableRouter {
  readonly id: string;
  readonly name: string;
  readonly record: RouterRecord;
  readonly error: unknown;
}

export interface HeldRouters {
  readonly reservation: string;
  readonly routers: readonly [string, string];
}

export interface Attempt {
  readonly fence: TurnAttempt;
  readonly sessions: readonly RouterSession[];
  readonly unreachable: readonly UnreachableRouter[];
}

/**
 * Leases a session on each router, then takes the next attempt number with their ids: all numbers before it are void (T3).
 * `work` runs with the routers that could be had. `ids`: those of the turn's routers that are needed.
 */
export async function withRouterSessions<T>(
  deps: Dependencies,
  here: AttemptContext,
  held: HeldRouters,
  work: (begun: Attempt) => Promise<T>,
  ids: readonly string[] = held.routers,
): Promise<T> {
  const snapshot = deps.store.snapshot();
  const leases = ids.map((id) => lease(deps, here, snapshot, id));
  try {
    const opened = await Promise.all(leases.map(({ opened }) => opened));
    const sessions = opened.flatMap(({ id, found }) =>
      'session' in found ? [[id, found.session.sessionId] as const] : [],
    );
    const { reservation, routers } = held;
    const begun = await deps.store.issueToken(
      { reservation, routers },
      Object.fromEntries(sessions),
      activityCallOf(here),
    );
    if (begun.kind !== 'begun') throw new OvertakenError(reservation, begun.kind);
    const sides: RouterSession[] = [];
    const away: UnreachableRouter[] = [];
    for (const { id, name, found } of opened) {
      const record = begun.records[routers.indexOf(id)] as RouterRecord;
      const watch = historyReaderOf(reservation, record, deps.policy, memoryOf(deps.routers));
      if ('error' in found) away.push({ id, name, record, error: found.error });
      else sides.push({ id, name, username: found.username, session: found.session, record, reader: watch });
    }
    return await work({ fence: { reservation, routers, token: begun.token }, sessions: sides, unreachable: away });
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

function lease({ routers }: Dependencies, { signal }: AttemptContext, snapshot: Snapshot, id: string): Lease {
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
