/** The gateways of a run: what was requested, what was registered, what `/state` says. */
import { expectedOn, KINDS, ROLES } from './expected.ts';
import type { Expected, Kind } from './expected.ts';
import { configured, fieldsOf, isFields } from './records.ts';
import type { Fields, Records } from './records.ts';
import type { Write } from '../evidence.ts';

export interface Gateway {
  readonly kind: Kind;
  readonly id: string;
  /** `vpn_gateway 4fab…`. */
  readonly name: string;
  readonly keys: Readonly<Record<'config' | 'state' | 'stack' | 'jobState' | 'plan', string>>;
  /** Oldest first. */
  readonly registrations: readonly Registration[];
  readonly states: readonly Published[];
  /** What each version asked for, as far as the records determine it. */
  readonly wanted: readonly (readonly Expected[])[];
  /**
   * The version that stands at the end by `/state`. `undefined`: none does. `/state` does not tell a deletion whose configuration was removed meanwhile:
   * see `vanished`.
   */
  readonly stands: number | undefined;
  /** What stands at the end. `undefined`: nothing stands, or the records don't determine it. */
  readonly standing: readonly Expected[] | undefined;
  /** The revision at which a deletion was made that `/state` does not tell. `undefined`: there was no such deletion. */
  readonly vanished: number | undefined;
}

export type Action = 'create' | 'update' | 'delete';

/** A registration: the transaction with the jobs. */
export interface Registration {
  readonly version: number;
  readonly action: Action;
  readonly revision: number;
  readonly seenAt: number;
  readonly jobs: readonly Write[];
  /** What it asks for on both routers; empty for a deletion. `undefined`: the records of that moment don't determine it. */
  readonly expected: readonly Expected[] | undefined;
}

/** A write of `/state`, with what stands from then on. */
export interface Published {
  readonly write: Write;
  readonly value: Fields | undefined;
  readonly version: unknown;
  readonly word: unknown;
  /** The version that stood before. `undefined`: none did. */
  readonly stood: number | undefined;
  /** The version that stands from then on: the last one that was completed. `undefined`: none does. */
  readonly stands: number | undefined;
  /** What stands from then on. `undefined`: nothing, or the records don't determine it. */
  readonly standing: readonly Expected[] | undefined;
}

/** The words for a change that was made. An update ends by monitoring the gateway anew, so its word is that of a creation. */
export const COMPLETED = ['CREATE_COMPLETED', 'DELETE_COMPLETED'] as const;
/** The words for a change that failed: what stood before the change stands. */
export const FAILED = { create: 'CREATE_FAILED', update: 'MODIFY_FAILED', delete: 'DELETE_FAILED' } as const;

export function gatewaysOf(records: Records): readonly Gateway[] {
  return KINDS.flatMap((kind) =>
    records
      .keys(`/config/v2.0/${kind}s/`)
      .map((key) => gatewayOf(records, kind, key.slice(key.lastIndexOf('/') + 1))),
  );
}

function gatewayOf(records: Records, kind: Kind, id: string): Gateway {
  const path = `${kind}s/${id}`;
  const keys = {
    config: `/config/v2.0/${path}`,
    state: `/state/v2.0/${path}`,
    stack: `/esi-worker/heat_stacks/v2.0/${path}`,
    jobState: `/esi-worker/job_state/v2.0/${path}`,
    plan: `/gateway-saga/plans/${path}`,
  };
  const registrations = registrationsOf(records, kind, id, keys);
  const unpublished = keptUnpublished(records, keys, registrations);
  const ends = [...records.history(keys.state), ...unpublished.map(({ write }) => write)]
    .sort((one, other) => one.revision - other.revision)
    .reduce<readonly Published[]>((before, write) => {
      const kept = unpublished.find((one) => one.write === write);
      return [...before, kept ?? publishedOf(write, before.at(-1), registrations)];
    }, []);
  const states = ends.filter((one) => !unpublished.includes(one));
  const last = ends.at(-1);
  const vanished = vanishedAt(records, keys, registrations);
  const isTold = vanished === undefined || (last?.write.revision ?? 0) >= vanished;
  const { stands, standing } = (isTold ? last : undefined) ?? {};
  const wanted = [
    ...records.history(keys.config).map(({ revision }) => expectedAt(records, kind, keys.config, revision)),
    ...registrations.map(({ expected }) => expected),
  ].filter((one) => one !== undefined);
  return { kind, id, name: `${kind} ${id}`, keys, registrations, states, wanted, stands, standing, vanished };
}

/**
 * Versions that were kept on both routers and have no `/state`, because their configuration had vanished, or because a newer version came before
 * anybody published them. By the plan record they stand. Each of them stands from the write on that marks it as kept.
 */
function keptUnpublished(
  records: Records,
  keys: Gateway['keys'],
  registrations: readonly Registration[],
): readonly Published[] {
  const versionOf = (write: Write) => Number(fieldsOf(write.value)?.['version']);
  return registrations.flatMap((registration, index): readonly Published[] => {
    const { version, action, revision, expected } = registration;
    const next = registrations[index + 1]?.revision ?? Infinity;
    const write = records
      .history(keys.plan)
      .find(
        (one) => one.revision > revision && one.revision < next && fieldsOf(one.value)?.['kept'] === true,
      );
    const isTold = records
      .history(keys.state)
      .some((one) => one.revision > revision && versionOf(one) === version);
    if (action === 'delete' || write === undefined || isTold) return [];
    return [
      {
        write,
        value: undefined,
        version,
        word: 'CREATE_COMPLETED',
        stood: undefined,
        stands: version,
        standing: expected,
      },
    ];
  });
}

/**
 * The revision at which a deletion was made that `/state` does not tell. If somebody removes the configuration of a gateway that is being deleted,
 * nobody reads its `/state` any more, so the plan record goes without a word there.
 */
function vanishedAt(
  records: Records,
  keys: Gateway['keys'],
  registrations: readonly Registration[],
): number | undefined {
  return records
    .history(keys.plan)
    .findLast(
      ({ value, revision }) =>
        value === null &&
        registrations.findLast((one) => one.revision <= revision)?.action === 'delete' &&
        records.at(keys.config, revision) === undefined &&
        records.at(keys.state)?.revision !== revision,
    )?.revision;
}

/** The registration that a write of `/state` is about: the last one of the same version before that write. */
export function registrationOf(
  registrations: readonly Registration[],
  { version, write }: Pick<Published, 'version' | 'write'>,
): Registration | undefined {
  return registrations.findLast((one) => one.version === version && one.revision <= write.revision);
}

function registrationsOf(
  records: Records,
  kind: Kind,
  id: string,
  { config: configKey, plan }: Gateway['keys'],
): readonly Registration[] {
  const planned = new Set(records.history(plan).map(({ revision }) => revision));
  const jobs = records.keys('/jobs/all/').flatMap((key) => {
    const [, , type, resource, version] = key.slice('/jobs/all/'.length).split(':');
    // A saga that waits for a parent or a child has written its jobs before it registers.
    const first = records.history(key).find((one) => planned.has(one.revision));
    return type === kind && resource === id && first ? [{ version: Number(version), first }] : [];
  });
  const revisions = [...new Set(jobs.map(({ first }) => first.revision))].sort((a, b) => a - b);
  return revisions.map((revision) => {
    const own = jobs.filter(({ first }) => first.revision === revision);
    const action = actionOf(own.map(({ first }) => first));
    return {
      version: own[0]?.version ?? NaN,
      action,
      revision,
      seenAt: own[0]?.first.seenAt ?? 0,
      jobs: own.map(({ first }) => first),
      expected: action === 'delete' ? [] : expectedAt(records, kind, configKey, revision),
    };
  });
}

function actionOf(jobs: readonly Write[]): Action {
  const has = (action: string) => jobs.some(({ key }) => key.startsWith(`/jobs/all/${action}:`));
  return has('logical_delete') ? 'delete' : has('modify') ? 'update' : 'create';
}

function expectedAt(
  records: Records,
  kind: Kind,
  configKey: string,
  revision: number,
): readonly Expected[] | undefined {
  const bodyAt = (key: string) => configured(records.at(key, revision)?.value)?.body;
  const body = bodyAt(configKey);
  if (body === undefined) return undefined;
  const lookup = (type: string, id: string) => bodyAt(`/config/v2.0/${type}s/${id}`);
  const both = ROLES.map((role) => expectedOn(role, kind, body, lookup));
  return both.every((one) => one !== undefined) ? both : undefined;
}

function publishedOf(
  write: Write,
  before: Published | undefined,
  registrations: readonly Registration[],
): Published {
  const value = fieldsOf(write.value);
  const state = value?.['state'];
  const version = value?.['version'];
  const word = isFields(state) ? state['worker_state'] : undefined;
  const facts = { write, value, version, word, stood: before?.stands };
  if (word === 'CREATE_COMPLETED')
    return {
      ...facts,
      stands: Number(version),
      standing: registrationOf(registrations, facts)?.expected,
    };
  const hasNothing = write.value === null || word === 'DELETE_COMPLETED' || word === 'CREATE_FAILED';
  return {
    ...facts,
    stands: hasNothing ? undefined : before?.stands,
    standing: hasNothing ? undefined : before?.standing,
  };
}
