/** Turns: both routers or neither in one transaction, numbers that only grow, and no commit of ours without one. */
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
    ...taking(of.records),
    ...of.tapes.flatMap((tape) => [...numbers(of.records, tape), ...permits(of, tape)]),
  ];
}

interface TurnWrite {
  readonly revision: number;
  readonly seenAt: number;
  readonly turn: Fields | undefined;
}

function turnsOf(records: Records, routerId: string): readonly TurnWrite[] {
  return records.history(`${ROUTERS}${routerId}`).map(({ value, revision, seenAt }) => {
    const turn = fieldsOf(value)?.['turn'];
    return { revision, seenAt, turn: isFields(turn) ? turn : undefined };
  });
}

/** T8: a turn begins on two routers in one transaction, and never where another pair has one. */
function taking(records: Records): readonly Violation[] {
  const ids = records.keys(ROUTERS).map((key) => key.slice(ROUTERS.length));
  const begins = ids.flatMap((id) => {
    const turns = turnsOf(records, id);
    return turns.flatMap(({ turn, revision, seenAt }, index) => {
      const before = turns[index - 1]?.turn;
      return turn !== undefined && turn['id'] !== before?.['id']
        ? [{ id, turn, before, revision, seenAt }]
        : [];
    });
  });
  return begins.flatMap(({ id, turn, before, revision, seenAt }) => {
    const both = begins.filter((one) => one.revision === revision && one.turn['id'] === turn['id']);
    const tell = (expected: string, found: string) => [violation(`router ${id}`, expected, found, seenAt)];
    if (both.length !== 2)
      return tell('a turn on two routers in one transaction', `on ${both.length}: ${String(turn['id'])}`);
    if (before !== undefined && before['pair'] !== turn['pair'])
      return tell('a turn only where nobody has one', `${String(before['pair'])} had it`);
    return [];
  });
}

/** T3: while a turn lasts, its attempts' numbers only grow. */
function numbers(records: Records, { router, name }: Tape): readonly Violation[] {
  const turns = turnsOf(records, router.id);
  return turns.flatMap(({ turn, seenAt }, index) => {
    const before = turns[index - 1]?.turn;
    const isBack =
      turn !== undefined &&
      turn['pair'] === before?.['pair'] &&
      Number(turn['attempt']) < Number(before?.['attempt']);
    return isBack
      ? [violation(name, "a turn's numbers only grow", JSON.stringify(turn['attempt']), seenAt)]
      : [];
  });
}

/** T3, T9: every gateway that a commit of ours adds was permitted before, in the turn that the router was in. */
function permits(of: Case, tape: Tape): readonly Violation[] {
  const wanted = wantedOn(of, tape.router.id);
  const turns = turnsOf(of.records, tape.router.id);
  return tape.moments.flatMap(({ entry, running, at }, index) => {
    const before = tape.moments[index - 1]?.running;
    if (entry?.kind !== 'committed' || !tape.isOurs(entry.user) || before === undefined) return [];
    const added = running.list.filter((line) => !before.has.has(line));
    const owners = new Set(added.flatMap((line) => ownerOf(line, wanted)?.gateway.id ?? []));
    const during = turns.filter(
      ({ turn, seenAt }, n) =>
        turn !== undefined && seenAt <= at + LATE_MS && (turns[n + 1]?.seenAt ?? Infinity) + LATE_MS >= at,
    );
    if (during.length === 0)
      return [violation(tape.name, 'a commit only in a turn', 'a commit outside of one', at)];
    const members = turns
      .filter(({ seenAt }) => seenAt <= at + LATE_MS)
      .flatMap(({ turn }) => membersOf(turn));
    return [...owners]
      .filter((id) => !members.includes(id) && !sharesStanza(id))
      .map((id) => violation(tape.name, 'a commit only of what was permitted', `${id} was not`, at));
    /** Whose statement it is can't be told where two want the same. */
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

function membersOf(turn: Fields | undefined): readonly string[] {
  const members = turn?.['members'];
  if (!Array.isArray(members)) return [];
  return members.flatMap((member: unknown) => {
    const gateway = isFields(member) ? member['gateway'] : undefined;
    return isFields(gateway) ? [String(gateway['resourceId'])] : [];
  });
}
