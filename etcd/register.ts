/** The first write of a saga: claims, job records, `job_state` = `{}` and the plan record, in one transaction. */
import { JOB_STATE } from '../gateway/records.ts';
import type { JobRecord } from '../gateway/records.ts';
import { childPuts } from './children.ts';
import { claimsOf, claimValue } from './claims.ts';
import { Containment, checkHolders } from './containment.ts';
import type { ClaimsCheck, Clash } from './containment.ts';
import type { Awaited } from '../gateway/outcomes.ts';
import type { Waited } from '../gateway/plan.ts';
import type { Entry, EtcdClient } from './client.ts';
import { FamilyCheck } from './family.ts';
import type { NoFamily } from './family.ts';
import { transact, done } from './transact.ts';
import type { Transition } from './transact.ts';
import { supersededBy } from './envelope.ts';
import {
  isPlannedOn,
  isSamePlan,
  isSameRegistration,
  recordOf,
  replacedBy,
  unowedRouters,
} from './earlier-registration.ts';
import { KEYS } from './keys.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { isUnderWay } from './parents.ts';
import { isKept, isKeptAt, isLaterCall, planRecordOf, standingOf } from './plan-record.ts';
import { TO_BE_CONTINUED, untilNothingIsLeft } from './request-size.ts';
import { OPERATIONS_LIMIT, REMOVED_AT_ONCE } from './requests.ts';
import { secretsAdded } from './secrets.ts';
import type { GatewaySecrets } from './secrets.ts';
import { plannedConfig } from './planned-config.ts';
import type { NewPlanRecord, PlanRecord } from './plan-record.ts';
import { endedState, stateOf } from './state.ts';
import { beginWait, jobsAsWritten, together, waitedEntries, waitedKeys, waitsFor } from './waiting.ts';
import type { StateFacts } from './state.ts';

export interface RegisterRequest {
  /** `mod_revision` of the configuration that was planned from. */
  readonly configRevision: string;
  /** Names of the fields of the configuration's body that its digest leaves out. */
  readonly secretFields: readonly string[];
  /** The job records, in their order. The id of each is the last part of its key. */
  readonly jobs: readonly JobRecord[];
  /** What is claimed: each stanza that either end of its changes owns. */
  readonly planRecord: NewPlanRecord;
  /** The secrets of `after`, for which its texts have placeholders. Absent: it has none. */
  readonly secrets?: GatewaySecrets | undefined;
  /** The run has registered before, and its records are gone: it writes them again, and routers may carry its change. */
  readonly again?: boolean;
  /** What the run has written before, in order to wait. */
  readonly waited?: Waited | undefined;
}

export type RegisterResult =
  /** `owe`: the run goes on with an owed deletion that an earlier run has begun. */
  | { readonly kind: 'registered'; readonly owe?: PlanRecord['owe'] }
  /** The configuration was written again at the same version, or something else stands on the routers by now: plan again. */
  | { readonly kind: 'moved' }
  /** The configuration has another version (`null`: none, or none that can be read), or asks for another action: `supersededBy`. */
  | { readonly kind: 'superseded'; readonly version: number | null }
  /** `/state` carries this version or a newer one, and it is not the failure that the attempt replaces. */
  | { readonly kind: 'ended'; readonly state: StateFacts }
  /** A later call of this version has counted: this call is late, and its run has ended or was reset. */
  | { readonly kind: 'overtaken' }
  /** Another gateway claims a stanza on one of the routers, or one around it or inside it. */
  | ({ readonly kind: 'clash' } & Clash)
  | NoFamily
  /** A parent or a child has to end first; at its end it wakes the run. Only the run's waiting key and its jobs were written. */
  | { readonly kind: 'waits'; readonly for: Awaited }
  /** An earlier run made this version permanent on both routers. Only its publication is left to do. */
  | { readonly kind: 'kept' }
  /** An earlier, different plan of this gateway may still stand on routers, or is not decided: revert it first, or wait for its end. */
  | { readonly kind: 'leftover'; readonly record: PlanRecord }
  /**
   * A router owes a change of this gateway, so something else may stand there than the plan goes from. Only for a change that would change nothing, or that
   * follows a deletion that one router was to owe.
   */
  | { readonly kind: 'owed' };

const OPERATION = 'register';

export function register(client: EtcdClient, request: RegisterRequest): Promise<RegisterResult> {
  return untilNothingIsLeft(() => transact(client, OPERATION, () => inTwo(client, request)));
}

/**
 * The next transaction of a registration. An earlier registration may have entries that the new one does not use. If they are too many to be removed in the
 * new one's transaction, they are removed before it. That is safe: the earlier change stands on no router, or was published, and its plan record is replaced
 * right after.
 */
async function inTwo(
  client: EtcdClient,
  request: RegisterRequest,
): Promise<Transition<RegisterResult | typeof TO_BE_CONTINUED>> {
  const { replaced, ...whole } = await look(client, request);
  if (whole.kind === 'done' || replaced === undefined) return whole;
  const { unchanged, quiet = [], put, remove = [] } = whole.transaction;
  const isWhole =
    unchanged.length + quiet.length <= OPERATIONS_LIMIT && put.length + remove.length <= OPERATIONS_LIMIT;
  if (isWhole || replaced.entries.length === 0) return whole;
  const some = replaced.entries.slice(0, REMOVED_AT_ONCE);
  return {
    kind: 'write',
    outcome: TO_BE_CONTINUED,
    transaction: {
      unchanged: [...replaced.by, ...some],
      put: [],
      remove: some.map(({ key }) => key),
    },
  };
}

/** `replaced.entries`: entries of an earlier registration that are to be removed. `replaced.by`: the records on which that decision rests. */
type RegisterTransition = Transition<RegisterResult> & {
  readonly replaced?: { readonly entries: readonly Entry[]; readonly by: readonly Entry[] };
};

async function look(
  client: EtcdClient,
  { configRevision, secretFields, jobs, planRecord, secrets, again = false, waited }: RegisterRequest,
): Promise<RegisterTransition> {
  const { gateway, action, parents = [] } = planRecord;
  const claims = claimsOf(planRecord);
  const family = new FamilyCheck(planRecord);
  const containment = action === 'delete' ? undefined : new Containment(claims);
  const found = await client.look(
    OPERATION,
    [
      ...recordKeys(gateway),
      ...(containment?.keys ?? claims.map(({ key }) => key)),
      ...family.keys,
      ...waitedKeys(gateway, waited),
      ...(waited?.jobs ?? []).map(KEYS.job),
    ],
    [...family.ranges, ...(containment?.ranges ?? [])],
  );
  const [config, state, plan, jobState] = recordKeys(gateway).map(found.entryOf) as [
    Entry,
    Entry,
    Entry,
    Entry,
  ];

  const superseded = supersededBy(gateway, planRecord.action, config);
  if (superseded) return done(superseded);
  const ended = endedState(state, gateway.version, planRecord.replaces);
  if (ended) return done({ kind: 'ended', state: ended });
  const earlier = planRecordOf(plan);
  const overtaken = isLaterCall(earlier, gateway, planRecord.scheduled) === true;
  if (earlier && isSameRegistration(earlier, planRecord)) {
    const { scheduled } = planRecord;
    const outcome = { kind: 'registered', ...(earlier.owe && { owe: earlier.owe }) } as const;
    if (overtaken || scheduled === undefined || scheduled === earlier.scheduled) return done(outcome);
    // The run was reset: calls from before the reset are late from now on.
    const transaction = {
      unchanged: [config, state, plan],
      put: [{ key: plan.key, value: { ...earlier, scheduled } }],
    };
    return { kind: 'write', outcome, transaction };
  }
  if (overtaken || (again && earlier !== undefined)) return done({ kind: 'overtaken' });
  if (isKeptAt(earlier, gateway)) return done({ kind: 'kept' });
  if (config.modRevision !== configRevision) return done({ kind: 'moved' });
  const same = earlier !== undefined && isSamePlan(earlier, planRecord);
  const standing = standingOf(earlier);
  if (earlier && !same && !isKept(earlier) && earlier.mayBeApplied) {
    return done({ kind: 'leftover', record: earlier });
  }
  if (!same && !isPlannedOn(planRecord, standing)) return done({ kind: 'moved' });
  const unowed = await unowedRouters(client, planRecord, earlier);
  if (unowed === undefined) return done({ kind: 'owed' });
  // A change that is registered and under way does not wait any more. Once it has ended, it looks at its family again: nobody waits for a change that has
  // ended, so the family may have changed since.
  const isOpen = same && isUnderWay({ record: earlier, state: stateOf(state) });
  const clear = isOpen || again ? NOTHING_IN_THE_WAY : await family.check(client, OPERATION, found);
  const ids = jobs.map(({ id }) => id);
  const before = together(waitedEntries(gateway, waited, found, ids), waitsFor(gateway, parents, found, ids));
  if (clear.kind === 'waits') {
    const begun = beginWait(gateway, { run: planRecord.run, jobs }, clear, before);
    const outcome = { kind: 'waits', for: clear.for } as const;
    if (begun === undefined) return done(outcome);
    const unchanged = [config, state, plan, ...clear.unchanged, ...begun.unchanged];
    return { kind: 'write', outcome, transaction: { ...begun, unchanged } };
  }
  if (clear.kind !== 'clear') return done(clear);
  const inside = found.under.slice(family.ranges.length);
  const left = containment?.leftBehind(planRecord, inside) ?? [];
  if (left.length > 0)
    return done({ kind: 'children', some: left.map((one) => ({ gateway: one })), count: left.length });
  const isNew = planRecord.action === 'create';
  const checked: ClaimsCheck =
    containment === undefined
      ? checkHolders(gateway, claims, found)
      : await containment.check(client, OPERATION, { gateway, parents, isNew }, found, inside);
  if (checked.kind === 'clash') return done({ kind: 'clash', ...checked.clash });

  const secretsEntry = secrets && (await client.read(OPERATION, [KEYS.secrets(gateway)] as const))[0];
  const added = secretsEntry && secretsAdded(secretsEntry, secrets);
  if (secretsEntry && added === undefined) return done({ kind: 'moved' });
  const replaced = earlier ? await replacedBy(client, earlier, planRecord) : [];
  const configured = plannedConfig(config, secretFields, secrets?.key);
  const record = recordOf({ ...planRecord, config: configured }, earlier, { same, again });
  return {
    kind: 'write',
    outcome: { kind: 'registered', ...(record.owe && { owe: record.owe }) },
    replaced: { entries: replaced, by: [config, state, plan] },
    transaction: {
      unchanged: [
        config,
        state,
        plan,
        jobState,
        ...checked.unchanged,
        ...clear.unchanged,
        ...before.unchanged,
        ...replaced,
        ...unowed,
        ...(secretsEntry ? [secretsEntry] : []),
      ],
      quiet: [...checked.quiet, ...clear.quiet],
      put: [
        ...claims.map(({ key }) => ({ key, value: claimValue(gateway) })),
        ...jobsAsWritten(jobs, waited, found).map(({ id, value }) => ({ key: KEYS.job(id), value })),
        ...childPuts(record),
        { key: KEYS.jobState(gateway), value: JOB_STATE.registered() },
        { key: plan.key, value: record },
        ...(added ?? []),
      ],
      remove: [...replaced.map(({ key }) => key), ...before.remove],
    },
  };
}

const NOTHING_IN_THE_WAY = { kind: 'clear', unchanged: [], quiet: [] } as const;

function recordKeys(gateway: GatewayRef): readonly string[] {
  return [KEYS.gatewayConfig(gateway), KEYS.state(gateway), KEYS.plan(gateway), KEYS.jobState(gateway)];
}
