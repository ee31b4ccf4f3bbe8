/** Reserving both routers of a pair, or none ("one reservation", T8), and ending the reservation. */
import type {
  MaintenanceHold,
  Reservation,
  Retirement,
  ActivityCall,
  PermittedMember,
} from '../pair/router-record.ts';
import type { EtcdClient } from './client.ts';
import { transact, done } from './transact.ts';
import type { Transition } from './transact.ts';
import { readOwingPair, readPair, recordPut, recordsOf } from './router-record.ts';
import type {
  ReservationRef,
  OwingPair,
  OwingRouter,
  RouterEntry,
  RouterRecords,
  StoredRouter,
} from './router-record.ts';
import { isLater } from './fence.ts';
import { unionOf } from './permitted-members.ts';

export interface ReserveRequest extends ReservationRef {
  /** Workflow id of the pair. */
  readonly pair: string;
  /** ISO time. */
  readonly since: string;
  /** The activity call that reserves. A call that is late reserves nothing, see `isPast`. Absent: not known. */
  readonly call?: ActivityCall;
  /** Ids of the routers on which something is to be done: only these must be neither retired nor held. Absent: both. */
  readonly needs?: readonly string[];
}

/** What the pair itself has left. */
interface Left {
  /**
   * No reservation of the pair has members: everything that an earlier workflow of the pair has permitted is settled. Absent: some members are still
   * permitted.
   */
  readonly nothingLeft?: true;
}

type Refusal =
  /** The router is retired, until it is readmitted. */
  | { readonly kind: 'retired'; readonly routerId: string; readonly retired: Retirement }
  | ({
      readonly kind: 'maintenance';
      readonly routerId: string;
      readonly maintenance: MaintenanceHold;
    } & Left)
  | ({ readonly kind: 'busy'; readonly routerId: string; readonly reservation: Reservation } & Left)
  /** The call is late: see `isPast`. */
  | { readonly kind: 'past' };

export type ReservedOutcome =
  | {
      readonly kind: 'reserved';
      readonly records: RouterRecords;
      /** Members that are permitted: under a reservation of the same pair that this one took over, or under this very one. */
      readonly leftover: readonly PermittedMember[];
      /** A router that is not needed is retired or held. Absent: none is. */
      readonly paysOnly?: true;
    }
  | Refusal;

type Taking = { readonly kind: 'reserved'; readonly pair: OwingPair } | Refusal;

const RESERVE = 'reserve';
const END = 'end reservation';

export async function reserve(client: EtcdClient, request: ReserveRequest): Promise<ReservedOutcome> {
  const taking = await transact(client, RESERVE, () => lookToReserve(client, request));
  if (taking.kind !== 'reserved') return taking;
  const records = recordsOf(taking.pair);
  const isNeeded = neededBy(request);
  const paysOnly = taking.pair.some(
    (one) => !isNeeded(one) && (one.record.retired ?? one.record.maintenance),
  );
  return { kind: 'reserved', records, leftover: membersOf(records), ...(paysOnly && { paysOnly }) };
}

async function lookToReserve(client: EtcdClient, request: ReserveRequest): Promise<Transition<Taking>> {
  const pair = await readOwingPair(client, RESERVE, request.routers);
  const records = pair.map(({ record }) => record);
  if (records.every(({ reservation }) => reservation?.id === request.reservation))
    return done({ kind: 'reserved', pair });

  if (records.some((record) => isPast(record, request))) return done({ kind: 'past' });
  const needed = pair.filter(neededBy(request));
  const retired = needed.find(({ record }) => record.retired);
  const held = needed.find(({ record }) => record.maintenance);
  const others = pair.find(({ record }) => record.reservation && record.reservation.pair !== request.pair);
  const hasLeftover = !others && records.some(({ reservation }) => reservation !== null);
  // Members that an earlier workflow of the pair left on a router are settled in any case.
  const mustSettle = hasLeftover && membersOf(records).length > 0;
  const isLeft = ({ reservation }: (typeof records)[number]) =>
    reservation?.pair === request.pair && reservation.members.length > 0;
  const left: Left = records.some(isLeft) ? {} : { nothingLeft: true };
  if (retired?.record.retired && !mustSettle) {
    const refusal = { kind: 'retired', routerId: retired.id, retired: retired.record.retired } as const;
    return hasLeftover ? writeOf(pair, records.map(ended), refusal) : done(refusal);
  }
  if (held?.record.maintenance && !mustSettle) {
    const { maintenance } = held.record;
    const refusal = { kind: 'maintenance', routerId: held.id, maintenance, ...left } as const;
    return hasLeftover ? writeOf(pair, records.map(ended), refusal) : done(refusal);
  }
  if (others?.record.reservation) {
    return done({ kind: 'busy', routerId: others.id, reservation: others.record.reservation, ...left });
  }
  const token = Math.max(...records.map(({ reservation }) => reservation?.token ?? 0));
  const take = (router: OwingRouter, other: OwingRouter) => {
    const before = router.record.reservation ?? copyOf(other.record.reservation);
    return { ...router, record: { ...router.record, reservation: reservationOf(request, before, token) } };
  };
  const taken = [take(pair[0], pair[1]), take(pair[1], pair[0])] as const;
  const after = taken.map(({ record }) => record);
  return writeOf(pair, after, { kind: 'reserved', pair: taken });
}

function neededBy({ needs }: Pick<ReserveRequest, 'needs'>): (router: RouterEntry) => boolean {
  return ({ id }) => needs === undefined || needs.includes(id);
}

/**
 * Whether the call is late on this router: a reservation that this call or a later one of the pair had here is over, or a later call of the
 * pair has the reservation now. A frozen worker that wakes up must not reserve again.
 */
function isPast({ reservation, past }: StoredRouter, { pair, call }: ReserveRequest): boolean {
  if (call === undefined) return false;
  return (
    (past?.[pair] ?? -Infinity) >= call.scheduled ||
    (reservation?.pair === pair && isLater(reservation.call, call))
  );
}

/**
 * Both routers' records have a reservation, or neither has one. If only one record has it, somebody has removed the other router's record. Then this copy
 * tells what may have been committed on that other router.
 */
function copyOf(reservation: Reservation | null): Reservation | null {
  return reservation && { ...reservation, sessions: [] };
}

/** A fresh reservation, or one that takes over the reservation of a workflow that has ended. */
function reservationOf(request: ReserveRequest, before: Reservation | null, token: number): Reservation {
  const { reservation: id, pair, since } = request;
  const call = request.call && { call: request.call };
  if (!before) return { id, pair, since, token, ...call, sessions: [], members: [], committedAt: null };
  const earlier = before.id === id ? (before.earlier ?? []) : [...(before.earlier ?? []), before.id];
  return { ...before, id, pair, since, token, ...call, earlier };
}

export interface EndOptions {
  /** Only if no member is permitted any more. */
  readonly ifEmpty?: boolean;
  /** The pair's call that ends it. Every earlier call of the pair to reserve is late from then on. Absent: not known. */
  readonly by?: { readonly pair: string } & Pick<ActivityCall, 'scheduled'>;
}

export function endReservation(
  client: EtcdClient,
  { reservation: id, routers }: ReservationRef,
  { ifEmpty = false, by }: EndOptions = {},
): Promise<boolean> {
  return transact<boolean>(client, END, async () => {
    const pair = await readPair(client, END, routers);
    const records = pair.map(({ record }) => record);
    const isOurs = records.some(({ reservation }) => reservation?.id === id);
    const isLeft = records.some(
      ({ reservation }) => reservation?.id === id && reservation.members.length > 0,
    );
    if (ifEmpty && isLeft) return done(false);
    const isFree = records.every(({ reservation }) => reservation === null);
    if (!isOurs && !isFree && by === undefined) return done(true);
    // Written even if nothing changes: a `reserve` that is still on its way must find another revision.
    const after = records.map((record) =>
      record.reservation?.id === id ? ended(record) : withoutEarlier(record, by),
    );
    return writeOf(pair, after, true);
  });
}

function writeOf<T>(
  pair: readonly RouterEntry[],
  records: readonly StoredRouter[],
  outcome: T,
): Transition<T> {
  return {
    kind: 'write',
    outcome,
    transaction: {
      unchanged: pair.map(({ entry }) => entry),
      put: pair.map((router, index) => recordPut(router, records[index] ?? router.record)),
    },
  };
}

function ended({ reservation, ...record }: StoredRouter): StoredRouter {
  if (!reservation?.call) return { ...record, reservation: null };
  return {
    ...record,
    reservation: null,
    past: { ...record.past, [reservation.pair]: reservation.call.scheduled },
  };
}

/**
 * The pair ends a reservation that this router does not have. Perhaps an attempt to reserve it is frozen. The pair's next call is scheduled after this one,
 * in the same millisecond at the earliest.
 */
function withoutEarlier(record: StoredRouter, by: EndOptions['by']): StoredRouter {
  if (by === undefined) return record;
  const last = Math.max(by.scheduled - 1, record.past?.[by.pair] ?? -Infinity);
  return { ...record, past: { ...record.past, [by.pair]: last } };
}

function membersOf(records: readonly StoredRouter[]): readonly PermittedMember[] {
  return unionOf(records.flatMap(({ reservation }) => reservation?.members ?? []));
}
