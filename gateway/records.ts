/** The records that tell how far the creation of a gateway is: job records, `heat_stacks`, `job_state`, `/state`. */
import { oneLine } from './display.ts';
import type { JobTemplate, Parameter } from './kind.ts';
import { dumps } from './json-strings.ts';
import type { GatewayVersion, ResourceSchema } from './resource.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A job record: `/jobs/all/<id>` holds `value` as JSON. */
export interface JobRecord {
  readonly id: string;
  readonly value: readonly [handler: string, job: Fields, zero: 0];
}

export interface JobsInput {
  readonly gateway: GatewayVersion;
  /** The configuration's body as it came, unknown fields included. */
  readonly body: Fields;
  readonly schema: ResourceSchema;
  readonly provisioning: JobInput;
  readonly monitoring: JobInput;
  /** Whether `null` is written in place of every secret. */
  readonly redact: boolean;
}

export interface JobInput {
  readonly id: string;
  readonly handler: JobTemplate['handler'];
  readonly parameters: readonly Parameter[];
}

/** The two jobs of a creation, the second depending on the first. */
export function jobRecords(input: JobsInput): readonly [JobRecord, JobRecord] {
  const { resourceType, resourceId, version } = input.gateway;
  const record = (job: JobInput, dependency: readonly string[]): JobRecord => ({
    id: job.id,
    value: [
      job.handler,
      {
        is_first: job === input.provisioning,
        resource_id: resourceId,
        handler: job.handler,
        job_name: `${resourceType}:${resourceId}:${version}`,
        dependency,
        version,
        params: job.parameters.map((parameter) => ({
          resources: parameter.resources,
          type: 'value',
          value: input.redact && parameter.secret ? null : parameter.value,
          param: parameter.name,
        })),
        resource_type: resourceType,
        action: 'create',
        is_last: job === input.monitoring,
        on_failure: 'fail',
        id: job.id,
        resource_input: input.redact ? withoutSecrets(input.body, input.schema) : input.body,
      },
      0,
    ],
  });
  return [record(input.provisioning, []), record(input.monitoring, [input.provisioning.id])];
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

/** Record in `heat_stacks` once both routers carry the gateway. */
export function stackRecord(gateway: Ref, tenant: string | null): Fields {
  return {
    stack_id: `${gateway.resourceType}_${gateway.resourceId}`,
    tenant_id: tenant,
    stack_status: 'CREATE_COMPLETE',
    output: [],
    status_reason: 'Stack CREATE completed successfully',
    id: `${gateway.resourceType}:${gateway.resourceId}`,
  };
}

/** Record in `heat_stacks` of a creation that failed after its jobs had been registered. */
export function failedStackRecord(gateway: Ref, tenant: string | null, reason: string): Fields {
  return {
    ...stackRecord(gateway, tenant),
    stack_id: '',
    stack_status: 'CREATE_FAILED',
    status_reason: oneLine(reason),
  };
}

/** Words per monitor, in the kind's order: `{ downlink: 'ACTIVE', uplink: 'ACTIVE' }`. */
export type MonitorWords = Readonly<Record<string, string>>;

/** The three values that `job_state` goes through, each a write of its own. */
export const JOB_STATE = {
  registered: (): Fields => ({}),
  stacked: (): Fields => ({ heat_outputs: [] }),
  monitored: (words: MonitorWords): Fields => ({ state_monitoring: words, heat_outputs: [] }),
} as const;

/** `/state` of a gateway that was created. */
export function createdState(version: number, words: MonitorWords): Fields {
  return {
    state: {
      state_monitoring: dumps(words),
      worker_state: 'CREATE_COMPLETED',
      heat_outputs: dumps([]),
    },
    version,
    error: '',
  };
}

/** `/state` of a creation that failed. */
export function failedState(version: number, error: string): Fields {
  return {
    state: { worker_state: 'CREATE_FAILED', heat_outputs: dumps([]) },
    version,
    error: oneLine(error),
  };
}
