/** NETCONF sessions for the activities: a single one for polling, or one on each router of a reservation. */
import { edgeRouter } from '../../gateway/resource.ts';
import type { RouterRecord } from '../../pair/router-record.ts';
import type { Fence, OwingPair, ReservationRef } from '../../etcd/pair-store.ts';
import type { Snapshot } from '../../etcd/snapshot.ts';
import type { Session } from '../../netconf/session.ts';
import type { Dependencies } from '../dependencies.ts';
import { NotNowError, takenOf } from '../refused.ts';
import { activityCallOf } from './attempt-context.ts';
import type { AttemptContext } from './attempt-context.ts';
import { commitHistoryReader, memoryOf } from './commit-history.ts';
import type { CommitHistoryReader } from './commit-history.ts';
import { OvertakenError } from './fence.ts';
import type { GatewayChange } from './presence.ts';
import { revealersOf } from './secrets.ts';
import { targetOf } from './router-target.ts';

/** A session on one router of a reservation, with what the transaction needs to know of that router. */
export interface RouterSession {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly username: string;
  readonly netconf: Session;
  readonly record: RouterRecord;
  readonly reader: CommitHistoryReader;
  /** Reads the secrets of changes. To be called right before they are loaded. */
  readonly revealersOf: (changes: readonly GatewayChange[]) => ReturnType<typeof revealersOf>;
}

/** A router on which no session could be opened, and why. */
export interface UnreachableRouter {
  readonly id: string;
  readonly name: string;
  readonly record: RouterRecord;
  readonly error: unknown;
}

/** One attempt of a transaction: its fencing token, and the routers as far as they can be reached. */
export interface Attempt {
  readonly fence: Fence;
  readonly sessions: readonly RouterSession[];
  readonly unreachable: readonly UnreachableRouter[];
}

/** The reads from etcd that opening sessions needs. */
export interface RouterReads {
  readonly snapshot: Snapshot;
  readonly pair: Promise<OwingPair>;
}

export interface RouterSessionsOptions {
  /** Ids of the reservation's routers that are needed. Default: both. */
  readonly ids?: readonly string[];
  /** Reads that the caller began before. Default: they begin now. */
  readonly reads?: RouterReads;
}

/** Begins to read both routers' addresses and records, so that the caller can read other things at the same time. */
export function readAhead({ store }: Dependencies, routers: readonly [string, string]): RouterReads {
  const snapshot = store.snapshot();
  const pair = store.readPair(routers);
  // Whoever awaits a read handles its failure. Until then it must not count as an unhandled rejection.
  for (const id of routers) snapshot.read(edgeRouter(id)).catch(() => undefined);
  pair.catch(() => undefined);
  return { snapshot, pair };
}

/**
 * Opens a session on each router, then takes the next "fencing token" (T3) with the sessions' ids, which voids every earlier token. Then
 * `work` runs, even if some routers are unreachable.
 */
export async function withRouterSessions<T>(
  deps: Dependencies,
  context: AttemptContext,
  { reservation, routers }: ReservationRef,
  work: (attempt: Attempt) => Promise<T>,
  { ids = routers, reads = readAhead(deps, routers) }: RouterSessionsOptions = {},
): Promise<T> {
  const { snapshot } = reads;
  const leases = ids.map((id) => lease(deps, context, snapshot, id));
  try {
    // The pair's records are read while the sessions are opened. If they change before the token is issued, `issueToken` reads them again.
    const [pair, ...opened] = await Promise.all([reads.pair, ...leases.map((one) => one.opened)]);
    const sessionIds = opened.flatMap(({ id, found }) =>
      'session' in found ? [[id, found.session.sessionId] as const] : [],
    );
    const issued = await deps.store.issueToken(
      { reservation, routers },
      Object.fromEntries(sessionIds),
      activityCallOf(context),
      pair,
    );
    if (issued.kind !== 'issued') throw new OvertakenError(reservation, issued.kind);
    const sessions: RouterSession[] = [];
    const unreachable: UnreachableRouter[] = [];
    for (const { id, name, found } of opened) {
      const record = issued.records[routers.indexOf(id)] as RouterRecord;
      if ('error' in found) {
        unreachable.push({ id, name, record, error: found.error });
        continue;
      }
      const { session: netconf, username } = found;
      const reader = commitHistoryReader(reservation, record, deps.policy, memoryOf(deps.routers));
      sessions.push({
        id,
        name,
        username,
        netconf,
        record,
        reader,
        revealersOf: (changes) => revealersOf(deps.store, changes),
      });
    }
    return await work({ fence: issued.fence, sessions, unreachable });
  } catch (error) {
    // A transaction that ends with a `NotNowError` has unlocked its routers and discarded its edits, so its sessions can be used again.
    if (!(error instanceof NotNowError)) for (const { abandon } of leases) abandon(error);
    const taken = takenOf(error);
    if (taken !== undefined) deps.meter?.record('lockRefusals', 1, taken);
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
  /** Ends the session instead of giving it back to the pool. */
  readonly abandon: (error: unknown) => void;
  /** Resolves once the session is back in the pool. Never rejects. */
  readonly end: () => Promise<void>;
}

function lease({ routers }: Dependencies, { signal }: AttemptContext, snapshot: Snapshot, id: string): Lease {
  let finish!: () => void;
  let abandon!: (error: unknown) => void;
  const work = new Promise<void>((resolve, reject) => {
    finish = resolve;
    abandon = reject;
  });
  // The lease may be abandoned before its session is open.
  work.catch(() => undefined);
  let name = id;
  let lent: Promise<void> | undefined;
  const opened = new Promise<Opened>((resolve) => {
    lent = targetOf(snapshot, id)
      .then(({ name: known, target }) => {
        name = known;
        return routers.withSession(
          target,
          (session) =>
            cutOnAbort(session, signal, async () => {
              resolve({ id, name, found: { session, username: target.username } });
              await work;
            }),
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

async function cutOnAbort<T>(session: Session, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const cut = (): void => session.destroy('the activity ends');
  signal.addEventListener('abort', cut);
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', cut);
  }
}
