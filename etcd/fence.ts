/**
 * The fencing token of a reservation ("fencing token", T3). Before an attempt does anything, it takes the next token. This voids every earlier token. A
 * frozen worker whose attempt was given up checks its token under the router's lock, and commits nothing.
 */
import type { VrrpBefore, VrrpTime } from '../gateway/vrrp-time.ts';
import type { ActivityCall, PermittedMember, Reservation } from '../pair/router-record.ts';
import type { EtcdClient, Transaction } from './client.ts';
import { unionOf } from './permitted-members.ts';
import { readOwingPair, readPair, recordPut, recordsOf, routerEntryOf } from './router-record.ts';
import type {
  OwingPair,
  OwingRouter,
  ReservationRef,
  RouterEntry,
  RouterPair,
  RouterRecords,
} from './router-record.ts';
import { done, transact } from './transact.ts';
import type { Transition } from './transact.ts';

/** A reservation with the token that an attempt has. */
export interface Fence extends ReservationRef {
  readonly token: number;
}

export type TokenOutcome =
  | { readonly kind: 'issued'; readonly fence: Fence; readonly records: RouterRecords }
  /** The routers are no longer both under this reservation. */
  | { readonly kind: 'void' }
  /** A later call of this reservation has a token already: this call was given up. */
  | { readonly kind: 'overtaken' };

const ISSUE = 'issue fencing token';

/**
 * Both routers' records as this attempt wrote them last. Its next transaction begins with these instead of reading them again, and
 * compares their revisions. Losing these records costs a request, nothing else.
 */
const lastWritten = new WeakMap<Fence, RouterPair>();

/** Takes the next token: see `PairStore.issueToken`. `pair`: both routers' records, if the caller has read them before. */
export async function issueToken(
  client: EtcdClient,
  { reservation, routers }: ReservationRef,
  sessions: Readonly<Record<string, string>>,
  call?: ActivityCall,
  pair?: OwingPair,
): Promise<TokenOutcome> {
  type Issued = OwingPair | 'void' | 'overtaken';
  let revision = '0';
  const issued = await transact<Issued>(
    client,
    ISSUE,
    async (round) => {
      const isFirst = round === 1 && pair !== undefined;
      const decided = nextToken(isFirst ? pair : await readOwingPair(client, ISSUE, routers), {
        reservation,
        sessions,
        call,
      });
      // The caller's records may be outdated. Only a write compares them, so a decision without a write is made again from a fresh read.
      if (!isFirst || decided.kind === 'write') return decided;
      return nextToken(await readOwingPair(client, ISSUE, routers), { reservation, sessions, call });
    },
    (written) => {
      revision = written;
    },
  );
  if (typeof issued === 'string') return { kind: issued };
  const records = recordsOf(issued);
  const fence = { reservation, routers, token: records[0].reservation?.token ?? 0 };
  lastWritten.set(fence, [written(issued[0], revision), written(issued[1], revision)]);
  return { kind: 'issued', fence, records };
}

interface TokenRequest {
  readonly reservation: string;
  readonly sessions: Readonly<Record<string, string>>;
  readonly call: ActivityCall | undefined;
}

function nextToken(
  pair: OwingPair,
  { reservation: id, sessions, call }: TokenRequest,
): Transition<OwingPair | 'void' | 'overtaken'> {
  const reservations = pair.map(({ record }) => record.reservation);
  if (!reservations.every((reservation) => reservation?.id === id)) return done('void');
  if (reservations.some((reservation) => isLater(reservation?.call, call))) return done('overtaken');
  const token = Math.max(...reservations.map((reservation) => reservation?.token ?? 0)) + 1;
  const begin = (router: OwingRouter) => {
    const session = sessions[router.id];
    return withReservation(router, (reservation) => ({
      ...reservation,
      ...(call && { call }),
      token,
      sessions:
        session === undefined ? reservation.sessions : [...new Set([...reservation.sessions, session])],
    }));
  };
  const next = [begin(pair[0]), begin(pair[1])] as const;
  return {
    kind: 'write',
    outcome: next,
    transaction: {
      unchanged: pair.map(({ entry }) => entry),
      put: next.map((router) => recordPut(router, router.record)),
    },
  };
}

/** Whether `begun` is a later call than `call`. A call that was frozen before it took a token must not take one after a call that replaced it. */
export function isLater(begun: ActivityCall | undefined, call: ActivityCall | undefined): boolean {
  if (begun === undefined || call === undefined) return false;
  if (begun.scheduled !== call.scheduled) return begun.scheduled > call.scheduled;
  return begun.attempt > call.attempt;
}

/**
 * Makes a transaction under a fence. `look` decides by both routers' records, and its transaction compares both. `isFirst`: the records are those that the
 * last transaction under this fence wrote, and were not read again. Resolves to `ifVoid` if the token was voided or the reservation was lost.
 */
export function fenced<T>(
  client: EtcdClient,
  operation: string,
  fence: Fence,
  ifVoid: T,
  look: (pair: RouterPair, isFirst: boolean) => Promise<Transition<T>> | Transition<T>,
): Promise<T> {
  let pair: RouterPair;
  const lookNow = async () => {
    pair = await readPair(client, operation, fence.routers);
    return isCurrent(fence, pair) ? look(pair, false) : done(ifVoid);
  };
  return transact<T>(
    client,
    operation,
    async (round) => {
      const remembered = round === 1 ? lastWritten.get(fence) : undefined;
      if (remembered === undefined) return lookNow();
      pair = remembered;
      const decided = await look(pair, true);
      // Without a write nothing would be compared, and a voided token would not be noticed.
      return decided.kind === 'write' ? decided : lookNow();
    },
    (revision, { put }) => {
      const [one, other] = pair;
      lastWritten.set(fence, [after(one, put, revision), after(other, put, revision)]);
    },
  );
}

export interface PermitOptions {
  /** Ids of reservations whose records are lost. From now on their commits are ours, as those of `earlier` reservations are. */
  readonly takenOver?: readonly string[];
  /** The VRRP time of the members, for the attempt that finds them committed. Absent: what is written down stays. */
  readonly vrrp?: VrrpTime;
}

export function permitCommit(
  client: EtcdClient,
  fence: Fence,
  routerIds: readonly string[],
  members: readonly PermittedMember[],
  committedAt: string,
  { takenOver = [], vrrp }: PermitOptions = {},
): Promise<boolean> {
  for (const id of routerIds) assertOf(fence, id);
  return fenced<boolean>(client, 'permit commit', fence, false, (pair) => {
    const next = pair
      .filter(({ id }) => routerIds.includes(id))
      .map((router) =>
        withReservation(router, ({ vrrpBefore, ...reservation }) => ({
          ...reservation,
          ...(takenOver.length > 0 && {
            earlier: [...new Set([...(reservation.earlier ?? []), ...takenOver])],
          }),
          members: unionOf([...reservation.members, ...members]),
          committedAt: reservation.committedAt ?? committedAt,
          ...(vrrp === undefined ? vrrpBefore && { vrrpBefore } : vrrpToWrite(router.id, vrrp)),
        })),
      );
    return changesOf(pair, next, true);
  });
}

function vrrpToWrite(routerId: string, { holdMs, others }: VrrpTime): { readonly vrrpBefore?: VrrpBefore } {
  const groups = others?.[routerId];
  if (holdMs === undefined && groups === undefined) return {};
  return { vrrpBefore: { ...(holdMs !== undefined && { holdMs }), ...(groups && { others: groups }) } };
}

/** A transition that writes the routers whose records have changed; `done` if none has. */
export function changesOf<T>(pair: RouterPair, next: readonly RouterEntry[], outcome: T): Transition<T> {
  const different = next.filter(({ id, record }) => {
    const before = pair.find((router) => router.id === id);
    return JSON.stringify(record) !== JSON.stringify(before?.record);
  });
  if (different.length === 0) return done(outcome);
  return {
    kind: 'write',
    outcome,
    transaction: {
      unchanged: pair.map(({ entry }) => entry),
      put: different.map((router) => recordPut(router, router.record)),
    },
  };
}

/** Whether both routers' records name this reservation and this token. */
export function isCurrent({ reservation, token }: Fence, pair: readonly RouterEntry[]): boolean {
  return pair.every(
    ({ record }) => record.reservation?.id === reservation && record.reservation.token === token,
  );
}

/** Throws a `TypeError` for a router that is not one of the reservation's. */
export function assertOf({ routers }: ReservationRef, routerId: string): void {
  if (!routers.includes(routerId))
    throw new TypeError(
      `Expected one of the reservation's routers ${routers.join(' and ')}, got ${routerId}`,
    );
}

export function withReservation<T extends RouterEntry>(
  router: T,
  change: (reservation: Reservation) => Reservation,
): T {
  const { record } = router;
  return { ...router, record: { ...record, reservation: record.reservation && change(record.reservation) } };
}

/** The router as a transaction has written it at this revision. */
function written({ id, entry, record }: RouterEntry, revision: string): RouterEntry {
  return routerAt(id, entry.key, recordPut({ id, entry, record }, record).value, revision);
}

function after(router: RouterEntry, put: Transaction['put'], revision: string): RouterEntry {
  const found = put.find(({ key }) => key === router.entry.key);
  return found === undefined ? router : routerAt(router.id, found.key, found.value, revision);
}

function routerAt(id: string, key: string, value: unknown, modRevision: string): RouterEntry {
  return routerEntryOf(id, { key, value: Buffer.from(JSON.stringify(value)), modRevision, lease: '0' });
}
