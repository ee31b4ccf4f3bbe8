/** The records that tell how far a change of a gateway is: job records, `heat_stacks`, `job_state`, `/state`. */
import type { Action } from './change.ts';
import { oneLine } from './display.ts';
import { handlerOf, jobChain } from './jobs.ts';
import type { JobStep } from './jobs.ts';
import type { Kind, Parameter } from './kind.ts';
import { dumps } from './json-strings.ts';
import type { Fields, GatewayVersion, ResourceSchema } from './resource.ts';

/** A job record: `/jobs/all/<id>` holds `value` as JSON. */
export interface JobRecord {
  readonly id: string;
  readonly value: readonly [handler: string, job: Fields, zero: 0];
}

export interface JobsInput {
  readonly action: Action;
  readonly gateway: GatewayVersion;
  /** Ids of the action's jobs, in their order. */
  readonly ids: readonly string[];
  /** The configuration's body as it came, unknown fields included. */
  readonly body: Fields;
  readonly kind: Pick<Kind, 'schema' | JobStep['job']>;
  readonly provisioning: readonly Parameter[];
  readonly monitoring: readonly Parameter[];
  /** Whether `null` is written in place of every secret. */
  readonly redact: boolean;
}

/** The jobs of a change. Each depends on all those before it, the nearest first. */
export function jobRecords(input: JobsInput): readonly JobRecord[] {
  const chain = jobChain(input.action, input.kind);
  return chain.map((step, index) => jobRecord(input, step, index, index === chain.length - 1));
}

function jobRecord(input: JobsInput, step: JobStep, index: number, isLast: boolean): JobRecord {
  const { resourceType, resourceId, version } = input.gateway;
  const parameters = input[step.job];
  const handler = handlerOf(input.kind, step.job);
  const id = input.ids[index] ?? '';
  return {
    id,
    value: [
      handler,
      {
        is_first: index === 0,
        resource_id: resourceId,
        handler,
        job_name: `${resourceType}:${resourceId}:${version}`,
        dependency: input.ids.slice(0, index).reverse(),
        version,
        params: parameters.map((parameter) => ({
          resources: resourcesOf(parameter, input.action),
          type: 'value',
          value: input.redact && parameter.secret ? null : parameter.value,
          param: parameter.name,
        })),
        resource_type: resourceType,
        action: step.action,
        is_last: isLast,
        on_failure: step.onFailure,
        id,
        resource_input: input.redact ? withoutSecrets(input.body, input.kind.schema) : input.body,
      },
      0,
    ],
  };
}

/** A creation names the resources on the way to a value once. The jobs of an update or a deletion name them twice over. */
function resourcesOf({ resources }: Parameter, action: Action): Parameter['resources'] {
  return action === 'create' ? resources : [...resources, ...resources];
}

function withoutSecrets(body: Fields, schema: ResourceSchema): Fields {
  return Object.fromEntries(
    Object.entries(body).map(([field, value]) => [
      field,
      Object.hasOwn(schema.fields, field) && schema.fields[field]?.secret ? null : value,
    ]),
  );
}

type Ref = Omit<GatewayVersion, 'version'>;

/** Record in `heat_stacks` once both routers carry what the change was for. */
export function stackRecord(gateway: Ref, tenant: string | null, action: Action = 'create'): Fields {
  const { status, reason } = STACK[action];
  return {
    stack_id: action === 'delete' ? '' : `${gateway.resourceType}_${gateway.resourceId}`,
    tenant_id: tenant,
    stack_status: status,
    output: [],
    status_reason: reason,
    id: `${gateway.resourceType}:${gateway.resourceId}`,
  };
}

const STACK = {
  create: { status: 'CREATE_COMPLETE', reason: 'Stack CREATE completed successfully' },
  update: { status: 'UPDATE_COMPLETE', reason: 'Stack successfully updated' },
  delete: { status: 'DELETE_COMPLETE', reason: '' },
} as const;

/** Record in `heat_stacks` of a change that failed after its jobs had been registered. The stack of an update or a deletion stays. */
export function failedStackRecord(
  gateway: Ref,
  tenant: string | null,
  reason: string,
  action: Action = 'create',
): Fields {
  return {
    ...stackRecord(gateway, tenant, action === 'create' ? action : 'update'),
    ...(action === 'create' && { stack_id: '' }),
    stack_status: FAILED_STACK[action],
    status_reason: oneLine(reason),
  };
}

const FAILED_STACK = {
  create: 'CREATE_FAILED',
  update: 'UPDATE_FAILED',
  delete: 'DELETE_FAILED',
} as const;

/** Words per monitor, in the kind's order: `{ downlink: 'ACTIVE', uplink: 'ACTIVE' }`. */
export type MonitorWords = Readonly<Record<string, string>>;

/** The three values that `job_state` goes through, each a write of its own. A deletion ends with the second. */
export const JOB_STATE = {
  registered: (): Fields => ({}),
  stacked: (): Fields => ({ heat_outputs: [] }),
  monitored: (words: MonitorWords): Fields => ({ state_monitoring: words, heat_outputs: [] }),
} as const;

/**
 * `worker_state` in `/state`. It follows the action of the last job, which is `create` for an update, too: the update ends by monitoring the
 * gateway again.
 */
export const COMPLETED = {
  create: 'CREATE_COMPLETED',
  update: 'CREATE_COMPLETED',
  delete: 'DELETE_COMPLETED',
} as const satisfies Readonly<Record<Action, string>>;

export const FAILED = {
  create: 'CREATE_FAILED',
  update: 'MODIFY_FAILED',
  delete: 'DELETE_FAILED',
} as const satisfies Readonly<Record<Action, string>>;

/** `worker_state` of an update of a kind without monitoring: its last job, and its only one, is `modify`. */
const MODIFIED = 'MODIFY_COMPLETED';
/** Every word that says that a change was made. */
export const COMPLETED_WORDS: readonly string[] = [...Object.values(COMPLETED), MODIFIED];

/** `/state` once both routers carry what the change was for. `words`: `null` for a kind without monitoring. A deletion does not use them. */
export function completedState(
  version: number,
  words: MonitorWords | null,
  action: Action = 'create',
): Fields {
  const word = words === null && action === 'update' ? MODIFIED : COMPLETED[action];
  const state = { worker_state: word, heat_outputs: dumps([]) };
  return {
    state: action === 'delete' || words === null ? state : { state_monitoring: dumps(words), ...state },
    version,
    error: '',
  };
}

/**
 * `worker_state` of a resource for which nothing is to be done. If a gateway has it, it was written before the gateway's type had a kind, and says
 * nothing of the gateway.
 */
export const READ_COMPLETE = 'READ_COMPLETE';

/** `/state` of a resource for which nothing is to be done. */
export function readComplete(version: number): Fields {
  return { error: '', state: { worker_state: READ_COMPLETE }, version };
}

/** `/state` of a change that failed. */
export function failedState(version: number, error: string, action: Action = 'create'): Fields {
  return {
    state: { worker_state: FAILED[action], heat_outputs: dumps([]) },
    version,
    error: oneLine(error),
  };
}
