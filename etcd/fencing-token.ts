/**
 * T3: the turn's attempt number. Whoever resolves an attempt takes the next number first, and with it every older one is void:
 * a worker that was frozen asks under the router's lock, and commits nothing.
 */
import type { Turn, TurnCall, TurnMember } from '../pair/transactions.ts';
import type { EtcdClient } from './client.ts';
import { decide, done } from './transact.ts';
import { readOwingPair, readPair, recordPut, recordsOf } from './router-record.ts';
import type {
  HeldTurn,
  OwingPair,
  OwingRouter,
  RouterEntry,
  RouterRecords,
  TurnAttempt,
} from './router-record.ts';
import { unionOf, without } from './permitted-members.ts';

export type TurnAttemptOutcome =
  | { readonly kind: 'begun'; readonly attempt: number; readonly records: RouterRecords }
  /** The turn was lost. */
  | { readonly kind: 'void' }
  /** A later call of this turn has begun already: this one was given up. */
  | { readonly kind: 'overtaken' };

const BEGIN = 'begin turn attempt';

export async function beginTurnAttempt(
  client: EtcdClient,
  held: HeldTurn,
  sessions: Readonly<Record<string, string>>,
  call?: TurnCall,
): Promise<TurnAttemptOutcome> {
  type Begun = OwingPair | 'void' | 'overtaken';
  const begun = await decide<Begun>(client, BEGIN, async () => {
    const pair = await readOwingPair(client, BEGIN, held.routers);
    const turns = pair.map(({ record }) => record.turn);
    if (!turns.every((turn) => turn?.id === held.turn)) return done('void');
    if (turns.some((turn) => isLater(turn?.call, call))) return done('overtaken');
    const attempt = Math.max(...turns.map((turn) => turn?.attempt ?? 0)) + 1;
    const begin = (router: OwingRouter) =>
      changed(router, (turn) =>
        withSession({ ...turn, ...(call && { call }) }, attempt, sessions[router.id]),
      );
    const next = [begin(pair[0]), begin(pair[1])] as const;
    return {
      kind: 'write',
      outcome: next,
      transaction: {
        unchanged: pair.map(({ entry }) => entry),
        put: next.map((router) => recordPut(router, router.record)),
      },
    };
  });
  if (typeof begun === 'string') return { kind: begun };
  const records = recordsOf(begun);
  return { kind: 'begun', attempt: records[0].turn?.attempt ?? 0, records };
}

/** A worker that was frozen before it began must not begin after those that took over from it. */
export function isLater(begun: TurnCall | undefined, call: TurnCall | undefined): boolean {
  if (begun === undefined || call === undefined) return false;
  if (begun.scheduled !== call.scheduled) return begun.scheduled > call.scheduled;
  return begun.attempt > call.attempt;
}

export function permitCommit(
  client: EtcdClient,
  attempt: TurnAttempt,
  routerIds: readonly string[],
  members: readonly TurnMember[],
  committedAt: string,
): Promise<boolean> {
  return changeTurns(client, 'permit commit', attempt, routerIds, (turn) => ({
    ...turn,
    members: unionOf([...turn.members, ...members]),
    committedAt: turn.committedAt ?? committedAt,
  }));
}

export function markWithout(
  client: EtcdClient,
  attempt: TurnAttempt,
  routerId: string,
  members: readonly TurnMember[],
): Promise<boolean> {
  return changeTurns(client, 'mark without', attempt, [routerId], (turn) => {
    const left = without(turn.members, members);
    return { ...turn, members: left, committedAt: left.length > 0 ? turn.committedAt : null };
  });
}

/** Whether both routers' records are of this turn and this attempt. */
export function isCurrent({ turn, attempt }: TurnAttempt, pair: readonly RouterEntry[]): boolean {
  return pair.every(({ record }) => record.turn?.id === turn && record.turn.attempt === attempt);
}

function changeTurns(
  client: EtcdClient,
  operation: string,
  attempt: TurnAttempt,
  routerIds: readonly string[],
  change: (turn: Turn) => Turn,
): Promise<boolean> {
  for (const id of routerIds) assertOf(attempt, id);
  return decide<boolean>(client, operation, async () => {
    const pair = await readPair(client, operation, attempt.routers);
    if (!isCurrent(attempt, pair)) return done(false);
    const next = pair
      .filter(({ id }) => routerIds.includes(id))
      .map((router) => ({ router, after: changed(router, change).record }))
      .filter(({ router, after }) => JSON.stringify(after) !== JSON.stringify(router.record));
    if (next.length === 0) return done(true);
    return {
      kind: 'write',
      outcome: true,
      transaction: {
        unchanged: pair.map(({ entry }) => entry),
        put: next.map(({ router, after }) => recordPut(router, after)),
      },
    };
  });
}

/** Throws a `TypeError` for a router that is not one of the turn's. */
export function assertOf({ routers }: HeldTurn, routerId: string): void {
  if (!routers.includes(routerId))
    throw new TypeError(`Expected one of the turn's routers ${routers.join(' and ')}, got ${routerId}`);
}

function changed<T extends RouterEntry>(router: T, change: (turn: Turn) => Turn): T {
  const { record } = router;
  return { ...router, record: { ...record, turn: record.turn && change(record.turn) } };
}

function withSession(turn: Turn, attempt: number, session: string | undefined): Turn {
  const sessions = session === undefined ? turn.sessions : [...new Set([...turn.sessions, session])];
  return { ...turn, attempt, sessions };
}
