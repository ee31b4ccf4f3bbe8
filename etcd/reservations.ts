/** Taking the turn on both routers of a pair, or on neither (T8), and giving it back. */
import type { MaintenanceHold, Reservation, ActivityCall, PermittedMember } from '../pair/transactions.ts';
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
import { isLater } from './fencing-token.ts';
import { unionOf } from './permitted-members.ts';

export interface ReserveRequest extends ReservationRef {
  /** Workflow id of the pair. */
  readonly pair: string;
  /** ISO time. */
  readonly since: string;
  /** The call that asks: one that was given up, and comes when its turn is over, takes nothing. Absent: not known. */
  readonly call?: ActivityCall;
}

type Refusal =
  | { readonly kind: 'maintenance'; readonly routerId: string; readonly maintenance: MaintenanceHold }
  | { readonly kind: 'busy'; readonly routerId: string; readonly reservation: Reservation }
  /** The turn was given back, or taken over: by a later call of the same pair. */
  | { readonly kind: 'past' };

export type ReservedOutcome =
  | {
      readonly kind: 'reserved';
      readonly records: RouterRecords;
      /** Members that a commit was permitted for: of a turn of the same pair that this one took over, or of this very turn. */
      readonly leftover: readonly PermittedMember[];
    }
  | Refusal;

type Reserving = { readonly kind: 'reserved'; readonly pair: OwingPair } | Refusal;

const RESERVE = 'reserve';
const END = 'end reservation';

export async function reserve(client: EtcdClient, request: ReserveRequest): Promise<ReservedOutcome> {
  const taking = await transact(client, RESERVE, () => lookToReserve(client, request));
  if (taking.kind !== 'reserved') return taking;
  const records = recordsOf(taking.pair);
  return { kind: 'reserved', records, leftover: membersOf(records) };
}

async function lookToReserve(client: EtcdClient, request: ReserveRequest): Promise<Transition<Reserving>> {
  const pair = await readOwingPair(client, RESERVE, request.routers);
  const records = pair.map(({ record }) => record);
  if (records.every(({ reservation }) => reservation?.id === request.reservation))
    return done({ kind: 'reserved', pair });

  if (records.some((record) => isPast(record, request))) return done({ kind: 'past' });
  const hold = pair.find(({ record }) => record.maintenance);
  const stranger = pair.find(({ record }) => record.reservation && record.reservation.pair !== request.pair);
  const leftover = records.some(({ reservation }) => reservation !== null);
  // What a turn has left on a router is settled even while it is held.
  const settles = leftover && !stranger && membersOf(records).length > 0;
  if (hold?.record.maintenance && !settles) {
    const held = { kind: 'maintenance', routerId: hold.id, maintenance: hold.record.maintenance } as const;
    return leftover && !stranger ? writeOf(pair, records.map(withoutReservation), held) : done(held);
  }
  if (stranger?.record.reservation) {
    return done({ kind: 'busy', routerId: stranger.id, reservation: stranger.record.reservation });
  }
  const attempt = Math.max(...records.map(({ reservation }) => reservation?.token ?? 0));
  const take = (router: OwingRouter) => ({
    ...router,
    record: { ...router.record, reservation: reservationOf(request, router.record.reservation, attempt) },
  });
  const taken = [take(pair[0]), take(pair[1])] as const;
  const after = taken.map(({ record }) => record);
  return writeOf(pair, after, { kind: 'reserved', pair: taken });
}

/** Whether a later call of the pair has had a turn there since: a worker that stood still must not take again what was given back. */
function isPast({ reservation, past }: StoredRouter, { pair, call }: ReserveRequest): boolean {
  if (call === undefined) return false;
  return (
    (past?.[pair] ?? -Infinity) >= call.scheduled ||
    (reservation?.pair === pair && isLater(reservation.call, call))
  );
}

/** A fresh turn, or the heir of one whose workflow is gone. */
function reservationOf(request: ReserveRequest, before: Reservation | null, attempt: number): Reservation {
  const { reservation: id, pair, since } = request;
  const call = request.call && { call: request.call };
  if (!before)
    return { id, pair, since, token: attempt, ...call, sessions: [], members: [], committedAt: null };
  const earlier = before.id === id ? (before.earlier ?? []) : [...(before.earlier ?? []), before.id];
  return { ...before, id, pair, since, token: attempt, ...call, earlier };
}

export function endReservation(
  client: EtcdClient,
  held: ReservationRef,
  { ifEmpty = false }: { readonly ifEmpty?: boolean } = {},
): Promise<boolean> {
  return transact<boolean>(client, END, async () => {
    const pair = await readPair(client, END, held.routers);
    const records = pair.map(({ record }) => record);
    const isOurs = records.some(({ reservation }) => reservation?.id === held.reservation);
    const isLeft = records.some(
      ({ reservation }) => reservation?.id === held.reservation && reservation.members.length > 0,
    );
    if (ifEmpty && isLeft) return done(false);
    const isFree = records.every(({ reservation }) => reservation === null);
    if (!isOurs && !isFree) return done(true);
    // Written even where there is nothing to take away: a taking that is still on its way must find something changed.
    const after = records.map((record) =>
      record.reservation?.id === held.reservation ? givenBack(record) : record,
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

function givenBack({ reservation, ...record }: StoredRouter): StoredRouter {
  if (!reservation?.call) return { ...record, reservation: null };
  return {
    ...record,
    reservation: null,
    past: { ...record.past, [reservation.pair]: reservation.call.scheduled },
  };
}

function withoutReservation(record: StoredRouter): StoredRouter {
  return { ...record, reservation: null };
}

function membersOf(records: readonly StoredRouter[]): readonly PermittedMember[] {
  return unionOf(records.flatMap(({ reservation }) => reservation?.members ?? []));
}
