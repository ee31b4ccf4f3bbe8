/** Reservations: both routers or neither in one transaction, tokens that only grow, and no commit of ours without a reservation. */
import { ownerOf, wantedOn } from './case.ts';
import type { Case } from './case.ts';
import { fieldsOf, isFields } from './records.ts';
import type { Fields, Records } from './records.ts';
import type { Tape } from './tape.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('order');
const ROUTERS = '/gateway-saga/routers/';
/** The harness sees writes a little late. */
const LATE_MS = 1000;

export function isFenced(of: Case): readonly Violation[] {
  return [
    ...begun(of.records),
    ...of.tapes.flatMap((tape) => [...tokens(of.records, tape), ...permits(of, tape)]),
  ];
}

interface ReservationWrite {
  readonly revision: number;
  readonly seenAt: number;
  readonly reservation: Fields | undefined;
}

function reservationsOf(records: Records, routerId: string): readonly ReservationWrite[] {
  return records.history(`${ROUTERS}${routerId}`).map(({ value, revision, seenAt }) => {
    const reservation = fieldsOf(value)?.['reservation'];
    return { revision, seenAt, reservation: isFields(reservation) ? reservation : undefined };
  });
}

/** A reservation begins on two routers in one transaction, and never where another pair has one. */
function begun(records: Records): readonly Violation[] {
  const ids = records.keys(ROUTERS).map((key) => key.slice(ROUTERS.length));
  const begins = ids.flatMap((id) => {
    const reservations = reservationsOf(records, id);
    return reservations.flatMap(({ reservation, revision, seenAt }, index) => {
      const before = reservations[index - 1]?.reservation;
      return reservation !== undefined && reservation['id'] !== before?.['id']
        ? [{ id, reservation, before, revision, seenAt }]
        : [];
    });
  });
  return begins.flatMap(({ id, reservation, before, revision, seenAt }) => {
    const both = begins.filter(
      (one) => one.revision === revision && one.reservation['id'] === reservation['id'],
    );
    const tell = (expected: string, found: string) => [violation(`router ${id}`, expected, found, seenAt)];
    if (both.length !== 2)
      return tell(
        'a reservation of two routers in one transaction',
        `on ${both.length}: ${String(reservation['id'])}`,
      );
    if (before !== undefined && before['pair'] !== reservation['pair'])
      return tell('a reservation only where nobody has one', `${String(before['pair'])} had it`);
    return [];
  });
}

/** As long as a reservation lasts, its fencing tokens only grow. */
function tokens(records: Records, { router, name }: Tape): readonly Violation[] {
  const reservations = reservationsOf(records, router.id);
  return reservations.flatMap(({ reservation, seenAt }, index) => {
    const before = reservations[index - 1]?.reservation;
    const isBack =
      reservation !== undefined &&
      reservation['pair'] === before?.['pair'] &&
      Number(reservation['token']) < Number(before?.['token']);
    return isBack
      ? [violation(name, "a reservation's tokens only grow", JSON.stringify(reservation['token']), seenAt)]
      : [];
  });
}

/** Every gateway that a commit of ours adds was permitted before that commit, and the router was reserved. */
function permits(of: Case, tape: Tape): readonly Violation[] {
  const wanted = wantedOn(of, tape.router.id);
  const reservations = reservationsOf(of.records, tape.router.id);
  return tape.moments.flatMap(({ entry, running, at }, index) => {
    const before = tape.moments[index - 1]?.running;
    if (entry?.kind !== 'committed' || !tape.isOurs(entry.user) || before === undefined) return [];
    const added = running.list.filter((line) => !before.has.has(line));
    const owners = new Set(added.flatMap((line) => ownerOf(line, wanted)?.gateway.id ?? []));
    const during = reservations.filter(
      ({ reservation, seenAt }, n) =>
        reservation !== undefined &&
        seenAt <= at + LATE_MS &&
        (reservations[n + 1]?.seenAt ?? Infinity) + LATE_MS >= at,
    );
    // A router goes on with a commit whose session was killed. It may take effect after its reservation, if it was owed by then.
    const removed = before.list.filter((line) => !running.has.has(line));
    const touched = new Set([
      ...owners,
      ...removed.flatMap((line) => ownerOf(line, wanted)?.gateway.id ?? []),
    ]);
    const isLate =
      touched.size > 0 && [...touched].every((id) => isOwedAt(of.records, tape.router.id, id, at));
    if (during.length === 0 && !isLate)
      return [violation(tape.name, 'a commit only during a reservation', 'a commit outside of one', at)];
    const members = reservations
      .filter((one, n) => one.seenAt <= at + LATE_MS || isFirstPermission(one, reservations[n - 1], at))
      .flatMap(({ reservation }) => membersOf(reservation));
    return [...owners]
      .filter((id) => !members.includes(id) && !sharesStanza(id))
      .map((id) => violation(tape.name, 'a commit only of what was permitted', `${id} was not`, at));
    /** Whether another gateway wants a stanza of this gateway, too. Then the owner of a statement in it is not known. */
    function sharesStanza(id: string): boolean {
      const stanzas = wanted
        .filter(({ gateway }) => gateway.id === id)
        .flatMap(({ expected }) => expected.stanzas);
      return wanted.some(
        ({ gateway, expected }) => gateway.id !== id && expected.stanzas.some((one) => stanzas.includes(one)),
      );
    }
  });
}

/**
 * Whether this write is the first of its trial to permit something, and was made by the time `at`. That is judged by the time in the record itself,
 * because on a busy machine the harness sees a write long after it was made.
 */
function isFirstPermission(
  { reservation }: ReservationWrite,
  before: ReservationWrite | undefined,
  at: number,
): boolean {
  const given = reservation?.['committedAt'];
  const isFirst = typeof before?.reservation?.['committedAt'] !== 'string';
  return isFirst && typeof given === 'string' && Date.parse(given) <= at;
}

function isOwedAt(records: Records, routerId: string, gatewayId: string, at: number): boolean {
  return records
    .keys(`/gateway-saga/owed-changes/${routerId}/`)
    .filter((key) => key.includes(`/${gatewayId}/`))
    .some((key) => (records.history(key).findLast(({ seenAt }) => seenAt <= at)?.value ?? null) !== null);
}

function membersOf(reservation: Fields | undefined): readonly string[] {
  const members = reservation?.['members'];
  if (!Array.isArray(members)) return [];
  return members.flatMap((member: unknown) => {
    const gateway = isFields(member) ? member['gateway'] : undefined;
    return isFields(gateway) ? [String(gateway['resourceId'])] : [];
  });
}
