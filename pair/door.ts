/**
 * The door of a pair that is full. A saga that comes to a full pair draws a ticket, sleeps, and asks again with it. The pair remembers nobody at the
 * door: it has a few numbers, whether ten wait there or twenty thousand.
 *
 * 1. Tickets enter in the order in which they were drawn. A saga without a ticket can't enter before those that have one.
 * 2. The gate rises by as many tickets as there are free places. Each place is kept for a while, because the holder of its ticket sleeps.
 * 3. A saga that never comes back blocks nobody: its place is kept no longer than twice `keptMs`. As long as most don't come, the gate rises twice as
 *    far each time.
 * 4. A ticket outlives the workflow that gave it: it says how the door stood, and a new workflow of the pair goes on from there. Members that had
 *    entered without a ticket are known by their sequence: it is lower than that of the first who waited.
 */
import type { PairRequest, Ticket } from './messages.ts';
import { PAIR_TIMES } from './times.ts';

export interface Door {
  /** Tells the tickets of this door from others. */
  readonly id: string;
  /** The last ticket that was drawn. */
  readonly last: number;
  /** Tickets up to this one may enter: they are before the gate. All others are behind it. */
  readonly gate: number;
  /** Sequence of the request that was the first to wait. A request without a ticket, but with a lower sequence, was made before all tickets. */
  readonly opened: number;
  /** How many behind the gate have said that they leave. */
  readonly left: number;
  /** Places that are kept for tickets before the gate: those of this period, and those of the period before. */
  readonly kept: number;
  readonly keptBefore: number;
  /** How many have entered with a ticket in this period. */
  readonly came: number;
  /** How many tickets pass the gate for each free place. */
  readonly stride: number;
  /** Workflow time at which this period began, in ms since the epoch. */
  readonly since: number;
  /** The lowest ticket before the gate that was turned away because no place was free. It enters before all others. `null`: none was turned away. */
  readonly first: number | null;
  /** How long the pair takes for one member, in ms, as measured. */
  readonly memberMs: number;
}

export function newDoor(id: string): Door {
  return {
    id,
    last: 0,
    gate: 0,
    opened: 0,
    left: 0,
    kept: 0,
    keptBefore: 0,
    came: 0,
    stride: 1,
    since: 0,
    first: null,
    memberMs: PAIR_TIMES.memberMs,
  };
}

/** How many wait at the door, as far as the pair knows. */
export function standing({ last, gate, left }: Door): number {
  return Math.max(0, last - gate - left);
}

/** How many stand before this ticket at the door. */
export function aheadOf({ number, gate }: Pick<Ticket, 'number' | 'gate'>): number {
  return Math.max(0, number - gate - 1);
}

type DoorRequest = Pick<PairRequest, 'ticket' | 'sequence' | 'firstSequence'>;

export interface Admission {
  readonly door: Door;
  /** The ticket to ask again with; `null`: the request enters. */
  readonly ticket: Ticket | null;
}

/** A request at the door. `free`: how many places the queue has; 0 or negative if it is full. */
export function ask(
  before: Door,
  { ticket: shown, sequence: latest, firstSequence: sequence = latest }: DoorRequest,
  free: number,
  now: number,
): Admission {
  let door = later(known(before, shown, free, now), free, now);
  const isHeld = shown?.door === door.id;
  const isOpen = door.gate === door.last && door.first === null;
  if (!isHeld && isOpen && free > expected(door)) return { door, ticket: null };
  const number = isHeld ? shown.number : sequence < door.opened ? 0 : door.last + 1;
  if (number > door.last && door.gate === door.last) door = { ...door, opened: sequence };
  door = admitted({ ...door, last: Math.max(door.last, number) }, free);
  if (number > door.gate) return { door, ticket: ticketOf(door, number) };
  const isNext = door.first === null || number <= door.first;
  if (free > 0 && isNext) return { door: entered(door, number), ticket: null };
  return { door: isNext ? { ...door, first: number } : door, ticket: ticketOf(door, number) };
}

/** The holder of this ticket will not ask again. */
export function leave(door: Door, { door: id, number }: Ticket): Door {
  if (id !== door.id) return door;
  if (number <= door.gate) return entered(door, number);
  const left = door.left + 1;
  return door.gate + left < door.last ? { ...door, left } : { ...door, gate: door.last, left: 0 };
}

/**
 * After how many ms the holder of this ticket asks again: after three quarters of the time until its turn, as far as can be told, because those before it may
 * be quicker. No sooner than after the time of a batch, because each batch opens the gate once, unless no place would be kept for so long. `idle`: nobody
 * waits in the queue.
 */
export function againMs(door: Door, ticket: Ticket, batchLimit: number, idle: boolean): number {
  const { doorMaxMs, keptMs } = PAIR_TIMES;
  const ms = Math.max((door.memberMs * aheadOf(ticket) * 3) / 4, batchMs(door, batchLimit));
  // Thousands that come at one moment don't all come again at one moment.
  const max = idle ? keptMs : doorMaxMs * (0.5 + (ticket.number % 64) / 128);
  return Math.round(Math.min(ms, max));
}

/** How long a batch takes, but no longer than a place is kept. */
export function batchMs({ memberMs }: Door, batchLimit: number): number {
  const { doorMinMs, keptMs } = PAIR_TIMES;
  return Math.max(doorMinMs, Math.min(memberMs * batchLimit, keptMs));
}

/**
 * Takes note that a batch has taken `ms`. A full batch would not have taken much longer, so this counts as the time for `batchLimit` members. The time for one
 * grows by a quarter at most. Otherwise one batch that was kept up would make those at the door sleep for minutes while the pair is idle.
 */
export function measured({ memberMs, ...door }: Door, batchLimit: number, ms: number): Door {
  const mean = (memberMs + ms / batchLimit) / 2;
  return { ...door, memberMs: Math.max(1, Math.round(Math.min(mean, Math.ceil(memberMs * 1.25)))) };
}

/**
 * What a ticket tells about its own door. A workflow that began anew, or was reset, knows less than the tickets that its predecessors gave.
 * Once it has given tickets of its own, those of another door mean nothing to it: their holders draw new ones.
 */
function known(door: Door, ticket: Ticket | undefined, free: number, now: number): Door {
  if (ticket === undefined || (ticket.door !== door.id && door.last > 0)) return door;
  const last = Math.max(door.last, ticket.last, ticket.number);
  const gate = Math.max(door.gate, Math.min(ticket.gate, last));
  const opened = Math.max(door.opened, ticket.opened);
  const next = { ...door, id: ticket.door, last, gate, opened };
  // Those who waited in the queue of the workflow before send their requests again: all places are kept for them at first.
  return door.last === 0 ? { ...next, kept: Math.max(0, free), since: now } : next;
}

/**
 * A period ends after `keptMs`. Places that have been kept since the period before are free again. If most of those sagas did not come, the gate
 * rises twice as far from now on.
 */
function later(before: Door, free: number, now: number): Door {
  const { keptMs } = PAIR_TIMES;
  if (standing(before) + expected(before) === 0 && before.first === null)
    return { ...before, since: now, stride: 1 };
  let door = before;
  // Many periods may have passed since the last request.
  for (let periods = 0; periods < MAX_PERIODS && now - door.since >= keptMs; periods += 1) {
    door = admitted(
      {
        ...door,
        kept: 0,
        keptBefore: door.kept,
        came: 0,
        stride: strideAfter(door),
        since: door.since + keptMs,
        first: null,
      },
      free,
    );
  }
  return now - door.since < keptMs ? door : { ...door, since: now };
}

const MAX_PERIODS = 40;

/**
 * The gate rises twice as far if more than twice as many places were kept in vain as were taken, and half as far if more were taken than were kept in
 * vain.
 */
function strideAfter({ stride, came, keptBefore }: Door): number {
  if (keptBefore > 2 * came) return stride * 2;
  return came > keptBefore ? Math.max(1, stride / 2) : stride;
}

/** Raises the gate by the places that are free and not kept for others, unless one before the gate was turned away. */
function admitted(door: Door, free: number): Door {
  const { gate, last, left, stride } = door;
  const places = free - expected(door);
  const behind = last - gate;
  if (places <= 0 || behind === 0 || door.first !== null) return door;
  // The pair does not know which tickets behind the gate have left, so it takes them to be spread evenly.
  const step = Math.min(behind, Math.ceil((places * stride * behind) / Math.max(1, standing(door))));
  return {
    ...door,
    gate: gate + step,
    left: Math.round(left * (1 - step / behind)),
    kept: door.kept + Math.min(places, step),
  };
}

function entered(door: Door, number: number): Door {
  const fromBefore = door.keptBefore > 0 ? 1 : 0;
  return {
    ...door,
    keptBefore: door.keptBefore - fromBefore,
    kept: Math.max(0, door.kept - 1 + fromBefore),
    came: door.came + 1,
    first: door.first === number ? null : door.first,
  };
}

/** Places that are kept for tickets before the gate. */
function expected({ kept, keptBefore }: Door): number {
  return kept + keptBefore;
}

function ticketOf({ id, gate, last, opened }: Door, number: number): Ticket {
  return { door: id, number, gate, last, opened };
}
