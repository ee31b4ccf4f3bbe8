/** The six points in their order, the jobs chained, and every transaction fenced. */
import { isFenced } from './reservations.ts';
import type { Case } from './case.ts';
import { COMPLETED, registrationOf } from './gateways.ts';
import type { Action, Gateway, Published, Registration } from './gateways.ts';
import { configured, fieldsOf, isFields } from './records.ts';
import type { Fields, Records } from './records.ts';
import { sameJson } from './state.ts';
import { violationsOf } from './violation.ts';
import type { Violation } from './violation.ts';

const violation = violationsOf('order');

/** The jobs of each action, in their order; and what the stack says once the routers have the change, and if it fails. */
const CHAINS = {
  create: ['create:heat_worker', 'create:monitoring_worker'],
  update: ['delete:monitoring_worker', 'modify:heat_worker', 'create:monitoring_worker'],
  delete: ['delete:monitoring_worker', 'logical_delete:heat_worker'],
} as const satisfies Readonly<Record<Action, readonly string[]>>;
const STACKED = { create: 'CREATE_COMPLETE', update: 'UPDATE_COMPLETE', delete: 'DELETE_COMPLETE' } as const;
const FAILED_STACK = { create: 'CREATE_FAILED', update: 'UPDATE_FAILED', delete: 'DELETE_FAILED' } as const;

export function order(of: Case): readonly Violation[] {
  return [
    ...of.gateways.flatMap((gateway) => [
      ...gateway.registrations.flatMap((one) => [
        ...registered(of.records, gateway, one),
        ...progress(of.records, gateway, one),
      ]),
      ...gateway.states.flatMap((one) => published(of.records, gateway, one)),
      ...calls(of.records, gateway),
    ]),
    ...isFenced(of),
  ];
}

/** Point 2: all jobs of the action, chained, with `job_state` = `{}`, in one transaction, at the version that the configuration has at that moment. */
function registered(
  records: Records,
  { name, keys, kind, id }: Gateway,
  at: Registration,
): readonly Violation[] {
  const { version, action, revision, seenAt } = at;
  const jobs = at.jobs.map(({ key, value }) => ({ key: key.slice('/jobs/all/'.length), job: jobOf(value) }));
  const chain = CHAINS[action].map((name) => jobs.find(({ key }) => key.startsWith(`${name}:`)));
  const [heat] = jobs.filter(({ key }) => key.includes(':heat_worker:'));
  const config = configured(records.at(keys.config, revision)?.value);
  const jobState = records.at(keys.jobState, revision);
  const claims = records
    .keys('/gateway-saga/claims/')
    .some((key) => records.at(key, revision)?.revision === revision);
  const common = { job_name: `${kind}:${id}:${version}`, version, resource_id: id };
  const isChained = chain.every((one, index) => {
    const more = {
      action: CHAINS[action][index]?.split(':')[0],
      is_first: index === 0,
      is_last: index === chain.length - 1,
      dependency: chain
        .slice(0, index)
        .map((before) => before?.key)
        .reverse(),
      id: one?.key,
    };
    return Object.entries({ ...common, ...more }).every(([field, value]) =>
      sameJson(field === 'dependency' ? own(one?.job?.[field], id) : one?.job?.[field], value),
    );
  });
  const checks: readonly (readonly [boolean, string, string])[] = [
    [
      config?.version === version,
      `jobs of the version that the configuration has`,
      `${version}, not ${config?.version}`,
    ],
    [
      jobs.length === chain.length && isChained,
      'all jobs of the action, each depending on those before it',
      jobs.map(({ key }) => key).join(', '),
    ],
    [
      jobState?.revision === revision && jobState.value === '{}',
      'job_state {} together with the jobs',
      jobState?.value ?? 'none',
    ],
    [claims, 'claims together with the jobs', 'none'],
    [
      sameJson(heat?.job?.['resource_input'] ?? null, config?.body ?? null) || isRedacted(heat?.job),
      "the jobs' input as configured",
      'something else',
    ],
  ];
  return checks
    .filter(([good]) => !good)
    .map(([, expected, found]) => violation(name, expected, found, seenAt));
}

/** Points 3, 4 and 5: `job_state` goes forward one step at a time, and the stack comes with the second step. */
function progress(records: Records, gateway: Gateway, at: Registration): readonly Violation[] {
  const { name, keys, registrations } = gateway;
  const until = registrations.find(({ revision }) => revision > at.revision)?.revision ?? Infinity;
  const values = records
    .history(keys.jobState)
    .filter(({ revision, value }) => revision >= at.revision && revision < until && value !== null);
  const steps = values.filter(({ value }, index) => value !== values[index - 1]?.value);
  return steps.flatMap(({ value, revision, seenAt }, index) => {
    const found = fieldsOf(value) ?? {};
    const isRight =
      index === 0
        ? sameJson(found, {})
        : index === 1
          ? sameJson(found, { heat_outputs: [] })
          : index === 2 &&
            at.action !== 'delete' &&
            sameJson(found['heat_outputs'], []) &&
            isFields(found['state_monitoring']);
    if (!isRight)
      return [violation(name, 'job_state {}, then heat_outputs, then state_monitoring', `${value}`, seenAt)];
    const stack = fieldsOf(records.at(keys.stack, revision)?.value);
    return index === 1 && stack?.['stack_status'] !== STACKED[at.action]
      ? [
          violation(
            name,
            `heat_stacks ${STACKED[at.action]} with heat_outputs`,
            JSON.stringify(stack) ?? 'none',
            seenAt,
          ),
        ]
      : [];
  });
}

/** Point 6: when `/state` is written, all that comes before it is there. */
function published(records: Records, gateway: Gateway, one: Published): readonly Violation[] {
  const { name, keys, kind, id } = gateway;
  const { word, write, version } = one;
  const registration = registrationOf(gateway.registrations, one);
  if (registration === undefined) return [];
  const { revision, seenAt } = write;
  const jobState = fieldsOf(records.at(keys.jobState, revision - 1)?.value);
  // The stack of a failure is written in the same transaction as `/state`.
  const isFailure = !COMPLETED.some((one) => one === word);
  const stack = fieldsOf(records.at(keys.stack, revision - (isFailure ? 0 : 1))?.value);
  const tell = (expected: string, found: unknown) => [
    violation(name, expected, JSON.stringify(found) ?? 'none', seenAt),
  ];
  const { action } = registration;
  const stackWord = (isFailure ? FAILED_STACK : STACKED)[action];
  // Whether nothing of the gateway stands.
  const isGone = action === 'create' ? isFailure : action === 'delete' && !isFailure;
  const stackId = isGone ? '' : `${kind}_${id}`;
  // If the plan record is gone or is of another version, as once a newer version has registered, the stack is not this version's.
  const plan = fieldsOf(records.at(keys.plan, revision - 1)?.value)?.['gateway'];
  const superseded = isFailure && !(isFields(plan) && plan['version'] === version);
  if (!superseded && (stack?.['stack_status'] !== stackWord || stack['stack_id'] !== stackId))
    return tell(`heat_stacks ${stackWord} before /state, or with it`, stack);
  if (isFailure) return [];
  const state = fieldsOf(write.value)?.['state'];
  const told = isFields(state) ? fieldsOf(String(state['state_monitoring'])) : undefined;
  if (!sameJson(jobState?.['state_monitoring'], told))
    return tell('job_state says before what /state says', jobState);
  const config = configured(records.at(keys.config, revision)?.value);
  // What stands on both routers, because it was kept or because it makes no difference, is told even if the configuration has moved on since.
  const record = fieldsOf(records.at(keys.plan, revision - 1)?.value);
  const stands = record?.['kept'] === true || changesNothing(record?.['routers']);
  if (config?.version !== version && !stands)
    return tell(`${String(word)} at the version that the configuration has`, config?.version);
  return [];
}

/**
 * A call that was scheduled before the last one of its version that counted changes nothing, for as long as there is a plan record. The registration of a
 * newer version may wait while the pair reverts an older one whose saga was terminated, and so be scheduled before that revert.
 */
function calls(records: Records, { name, keys }: Gateway): readonly Violation[] {
  let last = { version: NaN, scheduled: -Infinity };
  return records.history(keys.plan).flatMap(({ value, seenAt }) => {
    const { gateway, scheduled: time } = fieldsOf(value) ?? {};
    const [version, scheduled] = [
      isFields(gateway) ? Number(gateway['version']) : NaN,
      Number(time ?? -Infinity),
    ];
    const isBack = version === last.version && scheduled < last.scheduled;
    last = { version, scheduled };
    return isBack ? [violation(name, 'no late call', String(scheduled), seenAt)] : [];
  });
}

function jobOf(value: string | null): Fields | undefined {
  try {
    const [, job, zero] = JSON.parse(value ?? '[]') as readonly unknown[];
    return isFields(job) && zero === 0 ? job : undefined;
  } catch {
    return undefined;
  }
}

/** Whether secrets are `null` in the jobs. A setting of the policy has them so. */
function isRedacted(job: Fields | undefined): boolean {
  return Array.isArray(job?.['params']) && JSON.stringify(job['params']).includes('password","value":null');
}

/** Whether both ends of a plan record's change are the same on every router. */
function changesNothing(routers: unknown): boolean {
  if (!isFields(routers)) return false;
  return Object.values(routers).every(
    (router) => isFields(router) && sameJson(router['before'], router['after']),
  );
}

/** The dependencies that are jobs of the gateway itself. If the gateway has waited for others, its first job depends on their jobs, too. */
function own(dependency: unknown, id: string): unknown {
  return Array.isArray(dependency)
    ? dependency.filter((one) => String(one).split(':').includes(id))
    : dependency;
}
