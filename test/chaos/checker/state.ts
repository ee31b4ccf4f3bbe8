/**
 * `/state` was written once per version, never an older version after a newer one. It says what the routers say at that moment: what stands is on
 * both routers, and neither has anything that an earlier version, or one that failed, has put there.
 */
import { wantedOn } from './case.ts';
import type { Case } from './case.ts';
import { COMPLETED, FAILED, registrationOf } from './gateways.ts';
import type { Gateway, Published, Registration } from './gateways.ts';
import type { Expected } from './expected.ts';
import { fieldsOf, isFields } from './records.ts';
import { few, operatorsOf } from './pair.ts';
import type { Tape } from './tape.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('state');
const COMPLETED_WORDS: readonly unknown[] = COMPLETED;
const FAILED_WORDS: readonly unknown[] = Object.values(FAILED);
/** What was seen within this time before a write may have come after it, in ms: the harness sees writes a little late. */
const LATE_MS = 1000;

const WORDS = {
  vpn_gateway: { downlink: 'ACTIVE' },
  internet_gateway: { downlink: 'ACTIVE', uplink: 'ACTIVE' },
  static_route: {},
  vpn_interface: {},
  bgp_neighbor: {},
} as const;

export function state(of: Case): readonly Violation[] {
  return of.gateways.flatMap((gateway) => [
    ...sequence(gateway, of),
    ...gateway.states.flatMap((published) => shape(gateway, published)),
    ...gateway.states.flatMap((published) => [
      ...fitting(gateway, published),
      ...truth(of, gateway, published),
    ]),
    ...missing(of, gateway),
  ]);
}

/** Versions only grow. A failure is replaced only by another attempt at the same version that somebody has asked for, once per attempt. */
function sequence(
  { kind, id, name, keys, states }: Gateway,
  { records, evidence }: Case,
): readonly Violation[] {
  let attempts = evidence.attempts?.[`${kind}:${id}`] ?? 0;
  return states.flatMap(({ write, version }, index) => {
    const tell = (expected: string, found: string) => [violation(name, expected, found, write.seenAt)];
    // `/state` may be removed: if the configuration of a deleted gateway is gone, a `/state` that says that it stands goes with the other records.
    if (write.value === null)
      return records.at(keys.config, write.revision)?.value === undefined
        ? []
        : tell('/state stays', 'removed');
    const before = states
      .slice(states.findLastIndex((one, at) => at < index && one.write.value === null) + 1, index)
      .flatMap((one) => (typeof one.version === 'number' ? [one.version] : []));
    const newest = Math.max(...before, -Infinity);
    if (typeof version !== 'number') return tell('/state has a version', String(version));
    const last = states[index - 1];
    if (version === newest && last?.version === version && FAILED_WORDS.includes(last.word) && attempts > 0) {
      attempts -= 1;
      return [];
    }
    if (version === newest) return tell('/state written once per version', `version ${version} again`);
    return version < newest ? tell('no older version after a newer', `${version} after ${newest}`) : [];
  });
}

/** Each `/state` has the form and the words of the contract. */
function shape({ name, kind }: Gateway, { write, value, word, version }: Published): readonly Violation[] {
  if (write.value === null) return [];
  const completed = COMPLETED_WORDS.includes(word);
  const words = WORDS[kind];
  const state = isFields(value?.['state']) ? value['state'] : {};
  const { error } = value ?? {};
  const monitoring = state['state_monitoring'];
  const good =
    (completed || FAILED_WORDS.includes(word)) &&
    state['heat_outputs'] === '[]' &&
    typeof version === 'number' &&
    (completed
      ? error === '' &&
        (word === 'DELETE_COMPLETED'
          ? monitoring === undefined
          : sameJson(fieldsOf(String(monitoring)), words))
      : monitoring === undefined && typeof error === 'string' && /^[^\p{Cc}]{1,500}$/u.test(error));
  return good
    ? []
    : [violation(name, 'a /state as the contract has it', write.value.slice(0, 200), write.seenAt)];
}

/** The word fits the version's action, and what stood before: nothing is updated, or stays, where nothing stood. */
function fitting({ name, registrations }: Gateway, published: Published): readonly Violation[] {
  const { write, word, version, stood } = published;
  const registration = registrationOf(registrations, published);
  const tell = (expected: string, found: string) => [violation(name, expected, found, write.seenAt)];
  if (word === 'CREATE_COMPLETED' && registration === undefined)
    return tell('jobs before CREATE_COMPLETED', `version ${String(version)} has none`);
  if (word === 'CREATE_FAILED' && stood !== undefined)
    return tell('CREATE_FAILED of what did not stand', `version ${stood} stood`);
  if (word === 'MODIFY_FAILED' && stood === undefined)
    return tell('MODIFY_FAILED of what stood', 'nothing stood');
  if (registration === undefined || write.value === null) return [];
  const { action } = registration;
  const words = [FAILED[action], action === 'delete' ? 'DELETE_COMPLETED' : 'CREATE_COMPLETED'];
  return words.includes(String(word)) ? [] : tell(words.join(' or '), String(word));
}

function truth(of: Case, gateway: Gateway, published: Published): readonly Violation[] {
  const { write, word, version, standing = [] } = published;
  const next = gateway.registrations.find(({ revision }) => revision > write.revision);
  const isPassing = next !== undefined && next.seenAt <= write.seenAt + LATE_MS;
  // A newer version has registered before this `/state`. It may stand on the routers by now, and gets a `/state` of its own.
  const isOld = gateway.registrations.some(
    (one) => one.revision < write.revision && one.version > Number(version),
  );
  if (word !== 'CREATE_COMPLETED' && (isPassing || isOld)) return [];
  return of.tapes.flatMap((tape) => {
    const { running, permanent } = tape.at(write.seenAt);
    const routerId = tape.router.id;
    if (word !== 'CREATE_COMPLETED' && isOwed(of, gateway, routerId, write.revision)) return [];
    const tell = (text: string, lines: readonly string[]) =>
      lines.length === 0
        ? []
        : [
            violation(
              gateway.name,
              `${String(word)} told of ${tape.name} as it is`,
              `${text}: ${few(lines)}`,
              write.seenAt,
            ),
          ];
    const lines = linesOn(standing, routerId);
    return [
      ...tell(
        'not there for good',
        lines.filter((line) => !permanent.has.has(line)),
      ),
      ...(isPassing
        ? []
        : tell('still there, and not owed', left(of, gateway, published, tape, running.has))),
    ];
  });
}

function linesOn(expected: readonly Expected[], routerId: string): readonly string[] {
  return expected.flatMap((one) => (one.routerId === routerId ? one.lines : []));
}

/** What is on a router from versions of the gateway that were registered until then, except what is to stand there, or belongs to others. */
function left(
  of: Case,
  gateway: Gateway,
  { write, standing = [] }: Published,
  tape: Tape,
  running: ReadonlySet<string>,
): readonly string[] {
  const others = wantedOn(of, tape.router.id).filter((one) => one.gateway !== gateway);
  const stays = new Set([
    ...tape.base.list,
    ...operatorsOf(tape),
    ...linesOn(standing, tape.router.id),
    ...others.flatMap(({ expected }) => expected.lines),
  ]);
  const registered = gateway.registrations.filter(({ revision }) => revision <= write.revision);
  const lines = registered.flatMap(({ expected = [] }) => linesOn(expected, tape.router.id));
  return [...new Set(lines)].filter((line) => running.has(line) && !stays.has(line));
}

function isOwed({ records }: Case, { kind, id }: Gateway, routerId: string, revision: number): boolean {
  const prefix = `/gateway-saga/owed-changes/${routerId}/${kind}s/${id}/`;
  return records.keys(prefix).some((key) => records.at(key, revision) !== undefined);
}

/** Each registered version comes to an end that is published. */
function missing(
  { evidence, records }: Case,
  { name, id, kind, keys, registrations, states }: Gateway,
): readonly Violation[] {
  // Where there is no configuration, nobody reads how its change has ended, and nothing is told.
  const removals = records.history(keys.config).filter(({ value }) => value === null);
  const isRead = ({ revision }: Registration) => !removals.some((one) => one.revision > revision);
  const unpublished = registrations.filter(
    (registration) =>
      isRead(registration) &&
      !states.some(
        ({ version, write }) =>
          Number(version) >= registration.version && write.revision >= registration.revision,
      ),
  );
  const ended = evidence.workflows.some(
    ({ workflowId, status, type }) =>
      type !== 'routerPair' && workflowId === `${kind}:${id}` && status === 'completed',
  );
  return [
    ...unpublished.map(({ version, seenAt }) =>
      violation(name, `/state of version ${version}, which was registered`, 'none', seenAt),
    ),
    ...(ended && removals.length === 0 && !states.some(({ word }) => COMPLETED_WORDS.includes(word))
      ? [violation(name, 'a version completed, as its workflow was', 'none')]
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
