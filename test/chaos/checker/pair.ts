/** Each gateway is on both its routers, in the version that stands by `/state`, or on neither; and nothing is owed any more. */
import { ownerOf, standingOn, wantedOn } from './case.ts';
import type { Case } from './case.ts';
import type { OnRouter } from './case.ts';
import { fieldsOf, isFields } from './records.ts';
import type { Tape } from './tape.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('pair');

export function pair(of: Case): readonly Violation[] {
  return [...of.tapes.flatMap((tape) => onRouter(of, tape)), ...strays(of), ...owedChanges(of)];
}

function onRouter(of: Case, tape: Tape): readonly Violation[] {
  const standing = standingOn(of, tape.router.id);
  const wanted = wantedOn(of, tape.router.id);
  const expected = new Set([...tape.base.list, ...operatorsOf(tape), ...standing.flatMap(linesOf)]);
  const left = tape.end.list.filter((line) => !expected.has(line));
  return [
    ...standing.flatMap(({ gateway, expected: { lines, role } }) => {
      const missing = lines.filter((line) => !tape.end.has.has(line));
      if (missing.length === 0) return [];
      return [
        violation(gateway.name, `on ${tape.name} (${role}), as /state says`, `missing: ${few(missing)}`),
      ];
    }),
    ...standing.flatMap(({ gateway, expected: { terms } }) =>
      terms
        .filter((term) => comesLate(term, tape))
        .map((term) =>
          violation(gateway.name, `${term} before all-accept on ${tape.name}`, 'it comes after it'),
        ),
    ),
    ...groupsOf(left, wanted).map(([owner, lines]) =>
      violation(owner.gateway.name, `nothing but what /state says on ${tape.name}`, `also: ${few(lines)}`),
    ),
  ];
}

/** Gateways that stand by `/state`, although their routers don't exist, or the records don't determine what they look like. */
function strays({ gateways, tapes }: Case): readonly Violation[] {
  return gateways.flatMap((gateway) => {
    if (gateway.stands === undefined) return [];
    if (gateway.standing === undefined)
      return [violation(gateway.name, 'records that make a configuration', 'none, but CREATE_COMPLETED')];
    return gateway.standing
      .filter(({ routerId }) => !tapes.some(({ router }) => router.id === routerId))
      .map(({ routerId }) => violation(gateway.name, `a router ${routerId}`, 'there is none'));
  });
}

/** At the end everything that was owed has been paid. */
function owedChanges({ records }: Case): readonly Violation[] {
  return records.present('/gateway-saga/owed-changes/').map((key) => {
    const gateway = fieldsOf(records.at(key)?.value)?.['gateway'];
    const id = isFields(gateway) ? String(gateway['resourceId']) : key;
    return violation(id, 'nothing owed at the end', key);
  });
}

/** Whether a filter's term comes after the term that accepts all. */
function comesLate(term: string, { end }: Tape): boolean {
  const all = term.replace(/ term \S+$/, ' term all-accept ');
  const place = end.list.findIndex((line) => line.startsWith(`${term} `));
  const accept = end.list.findIndex((line) => line.startsWith(all));
  return place >= 0 && accept >= 0 && place > accept;
}

function groupsOf(
  lines: readonly string[],
  wanted: readonly OnRouter[],
): readonly (readonly [OnRouter, string[]])[] {
  const groups = new Map<OnRouter, string[]>();
  for (const line of lines) {
    const owner = ownerOf(line, wanted);
    if (owner) groups.set(owner, [...(groups.get(owner) ?? []), line]);
  }
  return [...groups];
}

function linesOf({ expected }: OnRouter): readonly string[] {
  return expected.lines;
}

/** What operators have added for good. */
export function operatorsOf({ router }: Tape): readonly string[] {
  return router.operators.map((line) => line.replace(/^set /, ''));
}

/** The first three lines, and how many more there are, for a person. */
export function few(lines: readonly string[]): string {
  const more = lines.length > 3 ? ` and ${lines.length - 3} more` : '';
  return `${lines.slice(0, 3).join('; ')}${more}`;
}
