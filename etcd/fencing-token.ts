/**
 * T3: the turn's attempt number. Whoever resolves an attempt takes the next number first, and with it every older one is void:
 * a worker that was frozen asks under the router's lock, and commits nothing.
 */
import type { Reservation, ActivityCall, PermittedMember } from '../pair/transactions.ts';
import type { EtcdClient } from './client.ts';
import { transact, done } from './transact.ts';
import { readOwingPair, readPair, recordPut, recordsOf } from './router-record.ts';
import type {
  ReservationRef,
  OwingPair,
  OwingRouter,
  RouterEntry,
  RouterRecords,
  Fence,
} from './router-record.ts';
import { unionOf, without } from './permitted-members.ts';

export type TokenOutcome =
  | { readonly kind: 'issued'; readonly token: number; readonly records: RouterRecords }
  /** The turn was lost. */
  | { readonly kind: 'void' }
  /** A later call of this turn has begun already: this one was given up. */
  | { readonly kind: 'overtaken' };

const BEGIN = 'issue fencing token';

export async function issueToken(
  client: EtcdClient,
  held: ReservationRef,
  sessions: Readonly<Record<string, string>>,
  call?: ActivityCall,
): Promise<TokenOutcome> {
  type Begun = OwingPair | 'void' | 'overtaken';
  const begun = await transact<Begun>(client, BEGIN, async () => {
    const pair = await readOwingPair(client, BEGIN, held.routers);
    const reservations = pair.map(({ record }) => record.reservation);
    if (!reservations.every((reservation) => reservation?.id === held.reservation)) return done('void');
    if (reservations.some((reservation) => isLater(reservation?.call, call))) return done('overtaken');
    const attempt = Math.max(...reservations.map((reservation) => reservation?.token ?? 0)) + 1;
    const begin = (router: OwingRouter) =>
      changed(router, (reservation) =>
        withSession({ ...reservation, ...(call && { call }) }, attempt, sessions[router.id]),
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
  return { kind: 'issued', token: records[0].reservation?.token ?? 0, records };
}

/** A worker that was frozen before it began must not begin after those that took over from it. */
export function isLater(begun: ActivityCall | undefined, call: ActivityCall | undefined): boolean {
  if (begun === undefined || call === undefined) return false;
  if (begun.scheduled !== call.scheduled) return begun.scheduled > call.scheduled;
  return begun.attempt > call.attempt;
}

export function permitCommit(
  client: EtcdClient,
  attempt: Fence,
  routerIds: readonly string[],
  members: readonly PermittedMember[],
  committedAt: string,
): Promise<boolean> {
  return changeReservations(client, 'permit commit', attempt, routerIds, (reservation) => ({
    ...reservation,
    members: unionOf([...reservation.members, ...members]),
    committedAt: reservation.committedAt ?? committedAt,
  }));
}

export function markAbsent(
  client: EtcdClient,
  attempt: Fence,
  routerId: string,
  members: readonly PermittedMember[],
): Promise<boolean> {
  return changeReservations(client, 'mark absent', attempt, [routerId], (reservation) => {
    const left = without(reservation.members, members);
    return { ...reservation, members: left, committedAt: left.length > 0 ? reservation.committedAt : null };
  });
}

/** Whether both routers' records are of this turn and this attempt. */
export function isCurrent({ reservation, token: attempt }: Fence, pair: readonly RouterEntry[]): boolean {
  return pair.every(
    ({ record }) => record.reservation?.id === reservation && record.reservation.token === attempt,
  );
}

function changeReservations(
  client: EtcdClient,
  operation: string,
  attempt: Fence,
  routerIds: readonly string[],
  change: (reservation: Reservation) => Reservation,
): Promise<boolean> {
  for (const id of routerIds) assertOf(attempt, id);
  return transact<boolean>(client, operation, async () => {
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
export function assertOf({ routers }: ReservationRef, routerId: string): void {
  if (!routers.includes(routerId))
    throw new TypeError(`Expected one of the turn's routers ${routers.join(' and ')}, got ${routerId}`);
}

function changed<T extends RouterEntry>(router: T, change: (reservation: Reservation) => Reservation): T {
  const { record } = router;
  return { ...router, record: { ...record, reservation: record.reservation && change(record.reservation) } };
}

function withSession(reservation: Reservation, attempt: number, session: string | undefined): Reservation {
  const sessions =
    session === undefined ? reservation.sessions : [...new Set([...reservation.sessions, session])];
  return { ...reservation, token: attempt, sessions };
}
