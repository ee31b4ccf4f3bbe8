import { LENGTHS, oneLine } from '../gateway/display.ts';
import type { CreateGatewayResult } from '../gateway/plan.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { Entry } from './client.ts';
import { isFields, parseObject } from './envelope.ts';
import type { PlanRecord } from './plan-record.ts';

/** `/state` of one gateway, as far as it is readable. Others write it, too, so its texts are cut. */
export interface StateFacts {
  /** `null`: there is a value, but no version can be read from it. */
  readonly version: number | null;
  readonly workerState: string;
  readonly error: string;
  /** The VRRP states on its routers when the gateway was created, if they are known. */
  readonly routers?: NonNullable<CreateGatewayResult['routers']>;
}

export function stateOf(entry: Entry): StateFacts | undefined {
  if (entry.value === undefined) return undefined;
  const record = parseObject(entry.value);
  if (typeof record === 'string') return { version: null, workerState: '', error: '' };
  const { version, state, error } = record;
  const word = isFields(state) ? state['worker_state'] : undefined;
  return {
    version: Number.isSafeInteger(version) ? (version as number) : null,
    workerState: typeof word === 'string' ? oneLine(word, LENGTHS.name) : '',
    error: typeof error === 'string' ? oneLine(error) : '',
  };
}

/**
 * The VRRP states of a gateway's routers at a version, from `/monitoring`, with the routers' ids from the plan record. `undefined` unless
 * both records are of that version: without VRRP nothing is written to `/monitoring`.
 */
export function seenOnRouters(
  version: number | null,
  monitoring: Entry,
  plan: PlanRecord | undefined,
): StateFacts['routers'] {
  const seen = monitoring.value === undefined ? '' : parseObject(monitoring.value);
  if (typeof seen === 'string' || seen['version'] !== version || plan?.gateway.version !== version)
    return undefined;
  const { status } = seen;
  if (!isFields(status)) return undefined;
  const { primary, secondary } = status;
  if (typeof primary !== 'string' || typeof secondary !== 'string') return undefined;
  return {
    primary: { id: plan.routers.primary.id, vrrp: oneLine(primary, LENGTHS.name) },
    secondary: { id: plan.routers.secondary.id, vrrp: oneLine(secondary, LENGTHS.name) },
  };
}

/** `/state`, if it has the outcome of this version or of a newer one. Readers take both as final. */
export function endedState(entry: Entry, version: number): StateFacts | undefined {
  const state = stateOf(entry);
  return state && state.version !== null && state.version >= version ? state : undefined;
}

/** Whether `/state` promises that the gateway is created at exactly this version. */
export function isComplete(state: StateFacts | undefined, { version }: GatewayVersion): boolean {
  return state?.version === version && state.workerState === 'CREATE_COMPLETED';
}
