/** Nothing of ours is left over: no lock, no pending commit, no edits, no session, no reservation, no claim without its stanza. */
import type { Case } from './case.ts';
import { linesOf } from './lines.ts';
import { few } from './pair.ts';
import { fieldsOf, isFields } from './records.ts';
import type { Fields, Records } from './records.ts';
import type { Tape } from './tape.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('clean');

export function clean(of: Case): readonly Violation[] {
  return [
    ...of.tapes.flatMap(router),
    ...reservations(of),
    ...claims(of),
    ...released(of),
    ...permitted(of),
    ...plans(of),
  ];
}

function router(tape: Tape): readonly Violation[] {
  const { end } = tape.router;
  const found: Violation[] = [];
  const expect = (expected: string, text: string) => found.push(violation(tape.name, expected, text));
  if (end.lock && tape.isOurs(end.lock.user)) expect('no lock of ours', `session ${end.lock.session} has it`);
  if (end.pending && tape.isOurs(end.pending.user)) expect('no commit of ours pending', `${end.pending.log}`);
  const ours = end.sessions.filter(({ user }) => tape.isOurs(user));
  if (ours.length > 0) expect('no session of ours', `sessions ${ours.map(({ id }) => id).join(', ')}`);
  if (linesOf(end.candidate).join('\n') !== tape.end.list.join('\n') && tape.isOurs(lastEditor(tape)))
    expect('no edits of ours in the candidate', 'it differs from what runs');
  return found;
}

/** The user who was the last to edit the candidate. Empty: nobody has edited it, or the edits were discarded since. */
function lastEditor({ router: { tape } }: Tape): string {
  const edited = tape.findLast(({ kind }) => kind === 'edited' || kind === 'discarded');
  return edited?.kind === 'edited' ? edited.user : '';
}

/** At the end no router is reserved, and none is held for maintenance. */
function reservations({ records }: Case): readonly Violation[] {
  return records.present('/gateway-saga/routers/').flatMap((key) => {
    const { reservation, maintenance } = fieldsOf(records.at(key)?.value) ?? {};
    return [
      ...(reservation
        ? [violation(key, 'no reservation at the end', JSON.stringify(reservation).slice(0, 200))]
        : []),
      ...(maintenance
        ? [violation(key, 'no maintenance at the end', JSON.stringify(maintenance).slice(0, 200))]
        : []),
    ];
  });
}

/** At the end there are exactly the claims of the gateways that stand: on each stanza of such a gateway, on each of its routers. */
function claims({ records, gateways }: Case): readonly Violation[] {
  const held = new Map(
    records.present('/gateway-saga/claims/').map((key) => [key, holderOf(records.at(key)?.value)]),
  );
  const due = new Map(
    gateways.flatMap(({ id, standing = [] }) =>
      standing.flatMap(({ routerId, stanzas }) =>
        stanzas.map((stanza) => [claimKey(routerId, stanza), id] as const),
      ),
    ),
  );
  return [
    ...[...held]
      .filter(([key]) => !due.has(key))
      .map(([key, holder]) => violation(holder, 'claims of gateways that stand only', key)),
    ...[...due]
      .filter(([key, id]) => held.get(key) !== id)
      .map(([key, id]) => violation(id, `the claim ${key}`, held.get(key) ?? 'none')),
  ];
}

/** As long as a router owes a change, the gateway keeps the claims of both ends there, because its stanzas may still stand. */
function released({ records }: Case): readonly Violation[] {
  const owing = records.keys('/gateway-saga/owed-changes/').map((key) => {
    const [first] = records.history(key);
    const [, , , routerId = '', , id = ''] = key.split('/');
    const { change } = fieldsOf(first?.value) ?? {};
    const ends = isFields(change) ? [change['before'], change['after']] : [];
    const owns = ends.flatMap((end) => (isFields(end) && Array.isArray(end['owns']) ? end['owns'] : []));
    const claims = owns.map((words: unknown) => claimKey(routerId, (words as readonly string[]).join(' ')));
    return { key, id, claims };
  });
  return owing.flatMap(({ key, id, claims }) =>
    claims.flatMap((claim) =>
      records
        .history(claim)
        .filter(({ value, revision }) => value === null && records.at(key, revision) !== undefined)
        .map(({ seenAt }) => violation(id, 'its claims until all is paid', `${claim} given up`, seenAt)),
    ),
  );
}

/** As long as a reservation permits a gateway on a router, the gateway keeps its claims there, because it may stand there. */
function permitted({ records }: Case): readonly Violation[] {
  return records.keys('/gateway-saga/claims/').flatMap((claim) => {
    const [, , , routerId = ''] = claim.split('/');
    const history = records.history(claim);
    return history.flatMap(({ value, revision, seenAt }, index) => {
      const holder = holderOf(history[index - 1]?.value);
      if (value !== null || !permittedOn(records, routerId, revision).includes(holder)) return [];
      return [violation(holder, 'its claims until it has left the reservation', `${claim} given up`, seenAt)];
    });
  });
}

/** Ids of the gateways that the router's reservation names, as of the end of a revision. */
function permittedOn(records: Records, routerId: string, revision: number): readonly string[] {
  const { reservation } = fieldsOf(records.at(`/gateway-saga/routers/${routerId}`, revision)?.value) ?? {};
  const members =
    isFields(reservation) && Array.isArray(reservation['members']) ? reservation['members'] : [];
  return members.map(({ gateway }: Fields) => (isFields(gateway) ? String(gateway['resourceId']) : ''));
}

/** The key of a claim: `…/<router id>/<stanza>`. In a word, `%` and `/` are percent-encoded. */
function claimKey(routerId: string, stanza: string): string {
  const words = stanza.split(' ').map((word) => word.replaceAll('%', '%25').replaceAll('/', '%2F'));
  return `/gateway-saga/claims/${routerId}/${words.join(' ')}`;
}

function holderOf(value: string | null | undefined): string {
  return String(fieldsOf(value)?.['resourceId']);
}

/** The plan record of what stands says so, by both ends, and there is none of what does not stand. */
function plans({ records, gateways }: Case): readonly Violation[] {
  return gateways.flatMap(({ name, keys, standing }) => {
    const plan = fieldsOf(records.at(keys.plan)?.value);
    if (standing === undefined) {
      if (plan === undefined) return [];
      const version = isFields(plan['gateway']) ? String(plan['gateway']['version']) : '?';
      return [violation(name, 'no plan record of a gateway that is not there', `one of version ${version}`)];
    }
    const routers = isFields(plan?.['routers']) ? plan['routers'] : {};
    return standing.flatMap(({ role, lines }) => {
      const router = isFields(routers[role]) ? routers[role] : {};
      const [before, after] = [textOf(router['before']), textOf(router['after'])];
      const isTold = sameLines(after, lines) && (before === undefined || sameLines(before, lines));
      return isTold
        ? []
        : [
            violation(
              name,
              `a plan record whose ends are what stands (${role})`,
              `before: ${few(before ?? ['nothing'])}; after: ${few(after ?? ['nothing'])}`,
            ),
          ];
    });
  });
}

function textOf(end: unknown): readonly string[] | undefined {
  return isFields(end) ? linesOf(String(end['create'])) : undefined;
}

function sameLines(some: readonly string[] | undefined, others: readonly string[]): boolean {
  return some !== undefined && [...some].sort().join('\n') === [...others].sort().join('\n');
}
