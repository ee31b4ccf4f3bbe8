/** `/state` was written once per version, never an older one after a newer, and says what the routers say at that moment. */
import { wantedOn } from './case.ts';
import type { Case } from './case.ts';
import { registrationOf } from './gateways.ts';
import type { Gateway, Published } from './gateways.ts';
import { fieldsOf, isFields } from './records.ts';
import { few } from './pair.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('state');
const WORDS = ['CREATE_COMPLETED', 'CREATE_FAILED'];
/** What was seen so shortly before may have come after: the harness sees writes a little late. */
const LATE_MS = 1000;

export function state(of: Case): readonly Violation[] {
  return of.gateways.flatMap((gateway) => [
    ...sequence(gateway),
    ...gateway.states.flatMap((published) => shape(gateway, published)),
    ...gateway.states.flatMap((published) => truth(of, gateway, published)),
    ...missing(of, gateway),
  ]);
}

function sequence({ name, states }: Gateway): readonly Violation[] {
  return states.flatMap(({ write, version }, index) => {
    const tell = (expected: string, found: string) => [violation(name, expected, found, write.seenAt)];
    if (write.value === null) return tell('/state stays', 'removed');
    const before = states
      .slice(0, index)
      .flatMap((one) => (typeof one.version === 'number' ? [one.version] : []));
    const newest = Math.max(...before, -Infinity);
    if (typeof version !== 'number') return tell('/state has a version', String(version));
    if (version === newest) return tell('/state written once per version', `version ${version} again`);
    return version < newest ? tell('no older version after a newer', `${version} after ${newest}`) : [];
  });
}

/** The words of the contract. */
function shape({ name, kind }: Gateway, { write, value, word, version }: Published): readonly Violation[] {
  if (write.value === null) return [];
  const completed = word === 'CREATE_COMPLETED';
  const words = kind === 'vpn_gateway' ? { downlink: 'ACTIVE' } : { downlink: 'ACTIVE', uplink: 'ACTIVE' };
  const state = isFields(value?.['state']) ? value['state'] : {};
  const { error } = value ?? {};
  const monitoring = state['state_monitoring'];
  const good =
    WORDS.includes(String(word)) &&
    state['heat_outputs'] === '[]' &&
    typeof version === 'number' &&
    (completed
      ? error === '' && sameJson(fieldsOf(String(monitoring)), words)
      : monitoring === undefined && typeof error === 'string' && /^[^\p{Cc}]{1,500}$/u.test(error));
  return good
    ? []
    : [violation(name, 'a /state as the contract has it', write.value.slice(0, 200), write.seenAt)];
}

function truth(of: Case, gateway: Gateway, published: Published): readonly Violation[] {
  const { write, word, version } = published;
  const registration = registrationOf(gateway.registrations, published);
  if (word === 'CREATE_COMPLETED' && registration === undefined)
    return [
      violation(
        gateway.name,
        'jobs before CREATE_COMPLETED',
        `version ${String(version)} has none`,
        write.seenAt,
      ),
    ];
  const next = gateway.registrations.find(({ revision }) => revision > write.revision);
  if (word === 'CREATE_FAILED' && next !== undefined && next.seenAt <= write.seenAt + LATE_MS) return [];
  // A newer version has registered before: it may stand there by now, and has a /state of its own.
  const isOld = gateway.registrations.some(
    (one) => one.revision < write.revision && one.version > Number(version),
  );
  if (word === 'CREATE_FAILED' && isOld) return [];
  return (registration?.expected ?? []).flatMap((expected) => {
    const tape = of.tapes.find(({ router }) => router.id === expected.routerId);
    if (tape === undefined) return [];
    const { running, permanent } = tape.at(write.seenAt);
    const tell = (text: string, lines: readonly string[]) => [
      violation(
        gateway.name,
        `${String(word)} told of ${tape.name} as it is`,
        `${text}: ${few(lines)}`,
        write.seenAt,
      ),
    ];
    if (word === 'CREATE_COMPLETED') {
      const lacking = expected.lines.filter((line) => !permanent.has.has(line));
      return lacking.length > 0 ? tell('not there for good', lacking) : [];
    }
    const others = wantedOn(of, tape.router.id).filter((one) => one.gateway !== gateway);
    const left = expected.lines.filter(
      (line) =>
        running.has.has(line) &&
        !tape.base.has.has(line) &&
        !others.some((one) => one.expected.lines.includes(line)),
    );
    return left.length > 0 && !isOwed(of, gateway, expected.routerId, write.revision)
      ? tell('still there, and not owed', left)
      : [];
  });
}

function isOwed({ records }: Case, { kind, id }: Gateway, routerId: string, revision: number): boolean {
  const prefix = `/gateway-saga/owed-changes/${routerId}/${kind}s/${id}/`;
  return records.keys(prefix).some((key) => records.at(key, revision) !== undefined);
}

/** What was registered comes to an end that is published. */
function missing(
  { evidence }: Case,
  { name, id, kind, registrations, states }: Gateway,
): readonly Violation[] {
  const told = states.map(({ version }) => (typeof version === 'number' ? version : -Infinity));
  const unpublished = registrations.filter(({ version }) => !told.some((one) => one >= version));
  const ended = evidence.workflows.some(
    ({ workflowId, status, type }) =>
      type !== 'routerPair' && workflowId === `${kind}:${id}` && status === 'completed',
  );
  return [
    ...unpublished.map(({ version, seenAt }) =>
      violation(name, `/state of version ${version}, which was registered`, 'none', seenAt),
    ),
    ...(ended && !states.some(({ word }) => word === 'CREATE_COMPLETED')
      ? [violation(name, 'CREATE_COMPLETED, as its workflow completed', 'none')]
      : []),
  ];
}

/** Equal but for the order of fields. */
export function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
