/** The terminal write: `/state`, once per version and attempt, together with the other writes at the end of a saga. */
import { isDeepStrictEqual } from 'node:util';
import { isMonitored } from '../gateway/jobs.ts';
import { COMPLETED, completedState, failedState } from '../gateway/records.ts';
import type { GatewayVersion } from '../gateway/resource.ts';
import type { Waited } from '../gateway/plan.ts';
import type { Entry, EtcdClient } from './client.ts';
import { StoreCorruptError } from './errors.ts';
import { freeClaims } from './free-claims.ts';
import { endingsOf, retainedKeys } from './endings.ts';
import type { Completed, Endings, Failed } from './endings.ts';
import { transact, done } from './transact.ts';
import type { Transition } from './transact.ts';
import { parseObject } from './envelope.ts';
import { KEYS } from './keys.ts';
import { isKeptAt, isOwnedBy, isUndecided, notOwned, readablePlanRecord } from './plan-record.ts';
import type { NotOwned, PlanRecord } from './plan-record.ts';
import {
  isForgotten,
  isLate,
  isCarried,
  isOfOtherLife,
  isPublishedAsMade,
  likelyAction,
  unpublishedOf,
} from './publishable.ts';
import { endedState, stateOf } from './state.ts';
import type { StateFacts } from './state.ts';
import { forgetWaited, nobodyWaits, waitedEntries, waitedKeys, waitersRange } from './waiting.ts';

export interface PublishRequest {
  readonly gateway: GatewayVersion;
  /** `null`: the saga ended before it had a plan; then only `/state` is written. */
  readonly run: string | null;
  readonly outcome: Completed | Failed;
  /** How long job records and `job_state` stay readable, in seconds. */
  readonly retentionSeconds: number;
  /** Ids of the run's jobs, where they are known: they save a request. */
  readonly jobs?: PlanRecord['jobs'];
  /** What the run has written in order to wait. It is removed, whatever the outcome is. */
  readonly waited?: Waited | undefined;
}

/** `isAwaited`: others may wait for the gateway, and are to be woken. */
export type PublishOutcome = Outcome & { readonly isAwaited?: true };

type Outcome =
  | { readonly kind: 'published' }
  /** `/state` has another outcome of this version, or a newer version. Nothing was written. */
  | { readonly kind: 'already'; readonly state: StateFacts }
  /**
   * (Failed only) An earlier run, or this run before a reset, may have left a change on routers, and the outcome of that change is not published. The change
   * must be reverted first, or, if a router may still decide it, be waited for. Nothing was written.
   */
  | { readonly kind: 'leftover'; readonly record: PlanRecord }
  /**
   * (Completed) As `NotOwned` says. (Failed) Only `void`: a later call has counted, nobody asks for this failure any more, the run is superseded and has not
   * registered, or a router may still decide this version. Nothing was written.
   */
  | NotOwned
  /** (Failed only) Both routers carry `after` of this version for good. Nothing was written: a failure would be a lie. */
  | { readonly kind: 'kept' }
  /** (Completed only) The plan record does not say that the change is kept, or that it changes nothing. Nothing was written. */
  | { readonly kind: 'not kept' };

const OPERATION = 'publish';
const PUBLISHED = { kind: 'published' } as const;

export async function publish(client: EtcdClient, request: PublishRequest): Promise<PublishOutcome> {
  let left: GatewayVersion | undefined;
  const outcome = await transact(client, OPERATION, async () => {
    const decision = await look(client, request);
    ({ left } = decision);
    return decision;
  });
  if (left !== undefined && outcome.kind === 'published') await freeIfReadable(client, left);
  if (request.waited !== undefined && outcome.kind !== 'published')
    await forgetWaited(client, request.gateway, request.waited);
  return outcome;
}

/** `/state` has the outcome already. Where a record can't be read, the claims stay until the gateway's next registration. */
async function freeIfReadable(client: EtcdClient, gateway: GatewayVersion): Promise<void> {
  try {
    await freeClaims(client, gateway);
  } catch (error) {
    if (!(error instanceof StoreCorruptError)) throw error;
  }
}

/** `left`: the version of a plan record whose claims are to be freed once the outcome is published. */
type PublishTransition = Transition<PublishOutcome> & { readonly left?: GatewayVersion | undefined };

async function look(client: EtcdClient, request: PublishRequest): Promise<PublishTransition> {
  const { gateway, jobs, retentionSeconds, waited } = request;
  const keys = [KEYS.gatewayConfig, KEYS.state, KEYS.plan, KEYS.secrets].map((keyOf) => keyOf(gateway));
  const expected = jobs === undefined ? [] : retainedKeys({ gateway, jobs });
  const [found, lease] = await Promise.all([
    client.look(OPERATION, [...keys, ...expected, ...waitedKeys(gateway, waited)], [waitersRange(gateway)]),
    jobs && client.grantLease(OPERATION, retentionSeconds),
  ]);
  const [config, state, plan, secrets] = keys.map(found.entryOf) as [Entry, Entry, Entry, Entry];
  const retained = expected.map(found.entryOf);
  const { left, ...transition } = await decide(client, request, {
    config,
    state,
    plan,
    secrets,
    retained,
    lease,
  });
  const quiet = nobodyWaits(gateway, found);
  const outcome = { ...transition.outcome, ...(quiet.length === 0 && { isAwaited: true as const }) };
  if (transition.kind === 'done') return { kind: 'done', outcome, left };
  const waiting = waitedEntries(gateway, waited, found);
  const { unchanged, remove = [], ...rest } = transition.transaction;
  return {
    kind: 'write',
    outcome,
    left,
    transaction: {
      ...rest,
      unchanged: [...unchanged, ...waiting.unchanged],
      quiet,
      remove: [...remove, ...waiting.remove],
    },
  };
}

interface PublishRecords {
  readonly config: Entry;
  readonly state: Entry;
  readonly plan: Entry;
  readonly secrets: Entry;
  readonly retained: readonly Entry[];
  readonly lease: string | undefined;
}

async function decide(
  client: EtcdClient,
  { gateway, run, outcome, retentionSeconds }: PublishRequest,
  { config, state, plan, ...ahead }: PublishRecords,
): Promise<PublishTransition> {
  // A failure is published even if the plan record can't be read.
  const record = readablePlanRecord(plan);
  const registered = isOwnedBy(record, gateway, run);
  const known = registered || outcome.kind === 'completed' ? record?.action : outcome.action;
  const planned = known ?? likelyAction(gateway, config, state);
  // What stood when the run planned may have been deleted since, by an earlier run whose deletion was not decided at that time.
  const isGone = !registered && stateOf(state)?.workerState === COMPLETED.delete;
  const action = planned === 'update' && isGone ? 'create' : planned;
  const value =
    outcome.kind === 'completed'
      ? completedState(gateway.version, record && !isMonitored(record.jobs) ? null : outcome.words, action)
      : failedState(gateway.version, outcome.error, action);

  const replaces = outcome.kind === 'failed' ? outcome.replaces : undefined;
  const settled = endedState(state, gateway.version, registered ? record.replaces : replaces);
  if (settled) {
    const ours = state.value && isDeepStrictEqual(parseObject(state.value), value);
    const isSaid = ours || (outcome.kind === 'completed' && isPublishedAsMade(record, settled, gateway));
    // The worker that published this outcome may have died before it freed the claims that were left.
    return isSaid ? { ...done(PUBLISHED), left: record?.gateway } : done({ kind: 'already', state: settled });
  }
  if (outcome.kind === 'failed' && isKeptAt(record, gateway)) return done({ kind: 'kept' });
  // A router may still decide this version. Whoever finds the version decided publishes how it ended.
  if (outcome.kind === 'failed' && isUndecided(record) && record.gateway.version === gateway.version)
    return done({ kind: 'void' });
  if (outcome.kind === 'completed') {
    if (!registered) return done(isForgotten(outcome, config, state, plan) ? PUBLISHED : notOwned(plan));
  } else if (
    isOfOtherLife(gateway, record, config, outcome) ||
    isLate(record, gateway, registered, outcome) ||
    (outcome.isSuperseded === true && !registered)
  )
    return done({ kind: 'void' });
  const ends = registered ? record : unpublishedOf(record, gateway, state);
  // A run knows what it has applied itself. But an earlier run, or this run before a reset, may have left `mayBeApplied` in the record. Then
  // the routers must be looked at first ("failed is looked at too", T6).
  const isKnown = registered && (outcome.kind === 'completed' || outcome.registered);
  if (!isKnown && ends !== undefined && ends.mayBeApplied) return done({ kind: 'leftover', record: ends });
  if (outcome.kind === 'completed' && !isCarried(record)) return done({ kind: 'not kept' });

  // Whoever has removed the configuration reads no outcome any more, so none is written. After a deletion, the records that still say that the gateway stands
  // are removed, too.
  const isVanished = config.value === undefined;
  const isToForget = isVanished && outcome.kind === 'completed' && action === 'delete';
  const endings: Endings = ends
    ? await endingsOf(client, ends, { ...outcome, isGone: isVanished }, { retentionSeconds, ...ahead })
    : { unchanged: [], put: [], retain: [], remove: [] };
  return {
    kind: 'write',
    outcome: PUBLISHED,
    left: endings.left,
    transaction: {
      unchanged: [config, state, plan, ...endings.unchanged],
      put: [...(isVanished ? [] : [{ key: state.key, value }]), ...endings.put],
      retain: endings.retain,
      remove: [...(isToForget ? [state.key, KEYS.stack(gateway)] : []), ...endings.remove],
    },
  };
}
