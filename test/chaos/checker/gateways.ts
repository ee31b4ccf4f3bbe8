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
  /** What each version requested, as far as the records can make one. */
  readonly wanted: readonly (readonly Expected[])[];
  /** As `/state` promises it at the end; `undefined`: it promises none. */
  readonly standing: readonly Expected[] | undefined;
}

/** The transaction with the jobs. */
export interface Registration {
  readonly version: number;
  readonly revision: number;
  readonly seenAt: number;
  readonly jobs: readonly Write[];
  /** For both routers; `undefined`: the records of that moment can't make one. */
  readonly expected: readonly Expected[] | undefined;
}

/** A write of `/state`. */
export interface Published {
  readonly write: Write;
  readonly value: Fields | undefined;
  readonly version: unknown;
  readonly word: unknown;
}

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
  const registrations = registrationsOf(records, kind, id, keys.config);
  const states = records.history(keys.state).map(publishedOf);
  const last = states.at(-1);
  const standing =
    last?.word === 'CREATE_COMPLETED'
      ? (registrationOf(registrations, last)?.expected ?? undefined)
      : undefined;
  const wanted = [
    ...records.history(keys.config).map(({ revision }) => expectedAt(records, kind, keys.config, revision)),
    ...registrations.map(({ expected }) => expected),
  ].filter((one) => one !== undefined);
  return { kind, id, name: `${kind} ${id}`, keys, registrations, states, wanted, standing };
}

/** The registration that a `/state` speaks of: the last one of its version before it. */
export function registrationOf(
  registrations: readonly Registration[],
  { version, write }: Published,
): Registration | undefined {
  return registrations.findLast((one) => one.version === version && one.revision <= write.revision);
}

function registrationsOf(
  records: Records,
  kind: Kind,
  id: string,
  configKey: string,
): readonly Registration[] {
  const jobs = records.keys('/jobs/all/').flatMap((key) => {
    const [, , type, resource, version] = key.slice('/jobs/all/'.length).split(':');
    const [first] = records.history(key);
    return type === kind && resource === id && first ? [{ version: Number(version), first }] : [];
  });
  const revisions = [...new Set(jobs.map(({ first }) => first.revision))].sort((a, b) => a - b);
  return revisions.map((revision) => {
    const own = jobs.filter(({ first }) => first.revision === revision);
    return {
      version: own[0]?.version ?? NaN,
      revision,
      seenAt: own[0]?.first.seenAt ?? 0,
      jobs: own.map(({ first }) => first),
      expected: expectedAt(records, kind, configKey, revision),
    };
  });
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

function publishedOf(write: Write): Published {
  const value = fieldsOf(write.value);
  const state = value?.['state'];
  return {
    write,
    value,
    version: value?.['version'],
    word: isFields(state) ? state['worker_state'] : undefined,
  };
}
