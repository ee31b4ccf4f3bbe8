/** The intermediate records, each a write of its own, so that etcd's history shows every step. */
import { isDeepStrictEqual } from 'node:util';
import { JOB_STATE, stackRecord } from '../gateway/records.ts';
import type { MonitorWords } from '../gateway/records.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { Entry, EtcdClient, Transaction } from './client.ts';
import { transact, done } from './transact.ts';
import { parseObject, supersededBy } from './envelope.ts';
import { KEYS } from './keys.ts';
import { isRewritten } from './planned-config.ts';
import { isOwnedBy, notOwned, planRecordOf } from './plan-record.ts';
import type { NotOwned, PlanRecord } from './plan-record.ts';
import { secretsKeyIn } from './secrets.ts';

export type RecordOutcome =
  | { readonly kind: 'recorded' }
  /** The configuration has another version (`null`: none, or none that can be read), or asks for another action: `supersededBy`. */
  | { readonly kind: 'superseded'; readonly version: number | null }
  /** The configuration was written again at the same version with another body. Nothing was written. */
  | { readonly kind: 'rewritten' }
  | NotOwned
  /** `job_state` holds something that no step of this run wrote. Nothing was written. */
  | { readonly kind: 'lost'; readonly found: string };

interface Step {
  readonly operation: string;
  /** The step is due when `job_state` has this value. */
  readonly due: unknown;
  readonly isDone: (found: unknown) => boolean;
  /** Once the step is done, it stays done, whatever the configuration asks for by then: its change was requested to be confirmed. */
  readonly isFinal?: true;
  readonly put: (record: PlanRecord) => Transaction['put'];
}

export function recordStack(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
): Promise<RecordOutcome> {
  return take(client, gateway, run, STACKED);
}

export function recordMonitoring(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
  words: MonitorWords,
): Promise<RecordOutcome> {
  return take(client, gateway, run, monitored(words));
}

/**
 * Takes the steps that a kept change still lacks, whatever the configuration asks for by now: another run may have registered the change again while the
 * pair confirmed it. `words`: the words of the gateway's monitors; empty if it has none. What somebody else has written into `job_state` stays.
 */
export async function recordKept(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
  words: MonitorWords,
): Promise<void> {
  await take(client, gateway, run, STACKED, { isKept: true });
  if (Object.keys(words).length > 0) await take(client, gateway, run, monitored(words), { isKept: true });
}

const STACKED: Step = {
  operation: 'record stack',
  due: JOB_STATE.registered(),
  // `recordMonitoring` leaves `heat_outputs` in the value. So this step counts as done once `recordMonitoring` is done, too.
  isDone: (found) => typeof found === 'object' && found !== null && 'heat_outputs' in found,
  put: ({ gateway, action, tenant }) => [
    { key: KEYS.stack(gateway), value: stackRecord(gateway, tenant, action) },
    { key: KEYS.jobState(gateway), value: JOB_STATE.stacked() },
  ],
};

function monitored(words: MonitorWords): Step {
  const value = JOB_STATE.monitored(words);
  return {
    operation: 'record monitoring',
    due: JOB_STATE.stacked(),
    isDone: (found) => isDeepStrictEqual(found, value),
    isFinal: true,
    put: ({ gateway }) => [{ key: KEYS.jobState(gateway), value }],
  };
}

function take(
  client: EtcdClient,
  gateway: GatewayVersion,
  run: string,
  step: Step,
  { isKept = false } = {},
): Promise<RecordOutcome> {
  return transact<RecordOutcome>(client, step.operation, async () => {
    const [config, plan, jobState, secrets] = await client.read(step.operation, [
      KEYS.gatewayConfig(gateway),
      KEYS.plan(gateway),
      KEYS.jobState(gateway),
      KEYS.secrets(gateway),
    ] as const);
    const record = planRecordOf(plan);
    const found = jobState.value === undefined ? undefined : parseObject(jobState.value);
    const isOwned = isOwnedBy(record, gateway, run);
    if (step.isFinal && isOwned && step.isDone(found)) return done({ kind: 'recorded' });
    const superseded = isKept ? undefined : supersededBy(gateway, record?.action, config);
    if (superseded) return done(superseded);
    if (!isOwned) return done(notOwned(plan));
    if (!isKept && isRewritten(record.config, config, secretsKeyIn(secrets)))
      return done({ kind: 'rewritten' });
    if (step.isDone(found)) return done({ kind: 'recorded' });
    if (!isDeepStrictEqual(found, step.due)) return done({ kind: 'lost', found: shown(jobState) });
    return {
      kind: 'write',
      transaction: { unchanged: [...(isKept ? [] : [config]), plan, jobState], put: step.put(record) },
      outcome: { kind: 'recorded' },
    };
  });
}

function shown({ value }: Entry): string {
  return value === undefined ? 'nothing' : value.toString().slice(0, 200);
}
