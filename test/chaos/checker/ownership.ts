/** What operators put on the routers is there, line by line and in its order, and none of our commits touched anything that is not ours. */
import { ownerOf, standingOn, wantedOn } from './case.ts';
import type { Case } from './case.ts';
import type { OnRouter } from './case.ts';
import { few, operatorsOf } from './pair.ts';
import type { Lines, Tape } from './tape.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('ownership');

export function ownership(of: Case): readonly Violation[] {
  return of.tapes.flatMap((tape) => [...atTheEnd(of, tape), ...commits(of, tape), ...manners(tape)]);
}

function atTheEnd(of: Case, tape: Tape): readonly Violation[] {
  const wanted = wantedOn(of, tape.router.id);
  const standing = new Set(standingOn(of, tape.router.id).flatMap(({ expected }) => expected.lines));
  const operators = operatorsOf(tape);
  const theirs = new Set([...tape.base.list, ...operators]);
  const lost = [...theirs].filter((line) => !tape.end.has.has(line));
  const strange = tape.end.list.filter(
    (line) => !theirs.has(line) && !standing.has(line) && ownerOf(line, wanted) === undefined,
  );
  const kept = tape.end.list.filter((line) => tape.base.has.has(line));
  const moved = tape.base.list.filter((line) => tape.end.has.has(line)).find((line, i) => line !== kept[i]);
  return [
    ...(lost.length > 0
      ? [violation(tape.name, "operators' statements are all there", `lost: ${few(lost)}`)]
      : []),
    ...(strange.length > 0
      ? [violation(tape.name, 'nothing that was never requested', `found: ${few(strange)}`)]
      : []),
    ...(moved === undefined
      ? []
      : [violation(tape.name, "operators' statements in their order", `moved: ${moved}`)]),
  ];
}

/** Each commit of ours by itself: it added or took away whole gateways, or put one version in the place of another. It did nothing else. */
function commits(of: Case, tape: Tape): readonly Violation[] {
  const wanted = wantedOn(of, tape.router.id);
  return tape.moments.flatMap(({ entry, running, at }, index) => {
    const before = tape.moments[index - 1]?.running;
    if (entry?.kind !== 'committed' || !tape.isOurs(entry.user) || before === undefined) return [];
    const added = running.list.filter((line) => !before.has.has(line));
    const removed = before.list.filter((line) => !running.has.has(line));
    const strange = [...added, ...removed].filter((line) => ownerOf(line, wanted) === undefined);
    const theirs = removed.filter((line) => tape.base.has.has(line) || operatorsOf(tape).includes(line));
    return [
      ...told(strange, 'a commit changes what gateways own, nothing else'),
      ...told(theirs, "a commit removes nothing of an operator's"),
      ...halves(added, before, running, wanted).map((text) =>
        violation(tape.name, 'a commit adds gateways whole', text, at),
      ),
      ...remains(removed, running, wanted, new Set([...tape.base.list, ...operatorsOf(tape)])).map((text) =>
        violation(tape.name, 'a commit removes gateways whole, or one version for another', text, at),
      ),
    ];
    function told(lines: readonly string[], expected: string): readonly Violation[] {
      return lines.length === 0 ? [] : [violation(tape.name, expected, `changed: ${few(lines)}`, at)];
    }
  });
}

/** Gateways of which a commit has added a part, although no version of the gateway is whole after it. */
function halves(
  added: readonly string[],
  before: Lines,
  running: Lines,
  wanted: readonly OnRouter[],
): readonly string[] {
  const touched = new Map<string, OnRouter>();
  for (const line of added) {
    const owner = ownerOf(line, wanted);
    if (owner) touched.set(owner.gateway.id, owner);
  }
  return [...touched.values()].flatMap(({ gateway, expected: { stanzas } }) => {
    const versions = wanted.filter(({ expected }) => expected.stanzas.some((one) => stanzas.includes(one)));
    const whole = versions.some(
      ({ expected: { lines } }) =>
        lines.every((line) => running.has.has(line)) && lines.some((line) => !before.has.has(line)),
    );
    return whole ? [] : [`a part of ${gateway.name}`];
  });
}

/** Gateways of which a commit has removed a part, although something of the gateway is left, and no version of it is whole. */
function remains(
  removed: readonly string[],
  running: Lines,
  wanted: readonly OnRouter[],
  theirs: ReadonlySet<string>,
): readonly string[] {
  const touched = new Set(removed.flatMap((line) => ownerOf(line, wanted)?.gateway ?? []));
  return [...touched].flatMap((gateway) => {
    const versions = wanted.filter((one) => one.gateway === gateway).map(({ expected }) => expected.lines);
    if (versions.some((lines) => lines.every((line) => running.has.has(line)))) return [];
    const others = new Set(
      wanted.filter((one) => one.gateway !== gateway).flatMap(({ expected }) => expected.lines),
    );
    const left = versions
      .flat()
      .filter((line) => running.has.has(line) && !theirs.has(line) && !others.has(line));
    return left.length === 0 ? [] : [`what is left of ${gateway.name}: ${few(left)}`];
  });
}

/** Other users' locks, edits and pending commits were left alone (T5). */
function manners(tape: Tape): readonly Violation[] {
  const editors = new Map<number, string>();
  return tape.router.tape.flatMap((entry) => {
    if (entry.kind === 'edited') {
      editors.set(entry.session, entry.user);
      return tape.isOurs(entry.user) && !entry.locked
        ? [violation(tape.name, 'edits under the lock only', 'edited without it', entry.at)]
        : [];
    }
    if (entry.kind === 'discarded' && tape.isOurs(entry.user)) {
      const editor = editors.get(entry.edits) ?? entry.user;
      if (tape.isOurs(editor)) return [];
      return [violation(tape.name, `${editor}'s unfinished edits are left alone`, 'discarded', entry.at)];
    }
    if (entry.kind === 'killed' && tape.isOurs(entry.user) && !tape.isOurs(entry.victim.user))
      return [violation(tape.name, `${entry.victim.user}'s session is left alone`, 'killed', entry.at)];
    return [];
  });
}
