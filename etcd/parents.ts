/** Whether the parents of a gateway stand. What counts of each parent is its configuration, its `/state` and its plan record. */
import { displayNameIn, oneLine } from '../gateway/display.ts';
import type { Awaited, AwaitedPhase } from '../gateway/outcomes.ts';
import { FAILED } from '../gateway/records.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { isRecord } from '../gateway/resource.ts';
import type { Entry, Reading } from './client.ts';
import { recordOf } from './envelope.ts';
import { KEYS } from './keys.ts';
import { isKept, planRecordOf, standingOf } from './plan-record.ts';
import type { PlanRecord } from './plan-record.ts';
import { hasEnded, isReadOnly, isStanding, stateOf } from './state.ts';
import type { StateFacts } from './state.ts';

/** What etcd has of a parent or a child. */
export interface Relative {
  readonly gateway: GatewayRef;
  readonly name: string | undefined;
  readonly config: Entry;
  readonly state: StateFacts | undefined;
  /** Its plan record. `undefined`: there is none. */
  readonly record: PlanRecord | undefined;
  /** Its configuration, `/state` and plan record, as they were read. */
  readonly entries: readonly Entry[];
  /** The version of its configuration. `undefined`: none can be read. */
  readonly version: number | undefined;
  readonly isMarked: boolean;
}

export function relativeKeys(gateway: GatewayRef): readonly string[] {
  return [KEYS.gatewayConfig(gateway), KEYS.state(gateway), KEYS.plan(gateway)];
}

/** What was read of a gateway. Throws a `StoreCorruptError` if the plan record can't be read. */
export function relativeOf(gateway: GatewayRef, { entryOf }: Pick<Reading, 'entryOf'>): Relative {
  const [config, state, plan] = relativeKeys(gateway).map(entryOf) as [Entry, Entry, Entry];
  const found = recordOf({ type: gateway.resourceType, id: gateway.resourceId }, config);
  const facts = stateOf(state);
  return {
    gateway,
    name: displayNameIn(found),
    config,
    state: facts !== undefined && isReadOnly(facts) ? undefined : facts,
    record: planRecordOf(plan),
    entries: [config, state, plan],
    version: 'version' in found ? found.version : undefined,
    isMarked: isRecord(found) && found.markedForDeletion,
  };
}

/**
 * Whether the gateway's change is registered and has no outcome yet. If the change is another attempt at a failed version, the failure that it replaces is
 * no outcome.
 */
export function isUnderWay<N extends Pick<Relative, 'record' | 'state'>>(
  relative: N,
): relative is N & { readonly record: PlanRecord } {
  const { record, state } = relative;
  if (record === undefined || record.failed === true || record.published === true) return false;
  return !hasEnded(state, record.gateway.version, record.replaces);
}

export type ParentFound =
  | { readonly kind: 'stands' }
  | { readonly kind: 'waits'; readonly for: Awaited }
  /** `why`: the reason, in words that follow the parent's name. */
  | { readonly kind: 'absent'; readonly why: string };

/**
 * What a parent means for a child that registers. `isDeletion`: the child is to be deleted. Then its parent need not stand, but no change of the parent may
 * be under way.
 */
export function parentFound(parent: Relative, isDeletion: boolean): ParentFound {
  const { record, state, version, isMarked, config } = parent;
  if (isDeletion) return isUnderWay(parent) ? waitsFor(parent, phaseOf(parent.record)) : STANDS;
  if (config.value === undefined) return absent('is not there');
  if (isMarked || (isUnderWay(parent) && parent.record.action === 'delete'))
    return absent('is being deleted');
  if (isUnderWay(parent)) return waitsFor(parent, phaseOf(parent.record));
  if (record !== undefined && standingOf(record) !== undefined)
    return record.mayBeApplied && !isKept(record) ? waitsFor(parent, 'owing') : STANDS;
  if (state === undefined || (state.version ?? -1) < (version ?? 0)) return waitsFor(parent, 'asked for');
  if (state.workerState === FAILED.create) return absent(`failed: ${oneLine(state.error)}`);
  return absent(
    isStanding(state)
      ? 'stands, and gateway-saga has no record of it'
      : `does not stand: ${state.workerState}`,
  );
}

const STANDS: ParentFound = { kind: 'stands' };

function absent(why: string): ParentFound {
  return { kind: 'absent', why };
}

export function awaitedOf({ gateway, name, version, record }: Relative, phase: AwaitedPhase): Awaited {
  const under = phase === 'asked for' || phase === 'to be deleted' ? version : record?.gateway.version;
  return { gateway, ...(name !== undefined && { name }), version: under ?? null, phase };
}

function waitsFor(parent: Relative, phase: AwaitedPhase): ParentFound {
  return { kind: 'waits', for: awaitedOf(parent, phase) };
}

export function phaseOf(record: PlanRecord): AwaitedPhase {
  if (isKept(record)) return 'being published';
  return record.mayBeApplied ? 'applying' : 'registered';
}
