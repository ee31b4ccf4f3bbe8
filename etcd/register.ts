/** The first write of a saga: claims, job records, `job_state` = `{}` and the plan record, in one transaction. */
import { isDeepStrictEqual } from 'node:util';
import { changesNothing, isUnchanged } from '../gateway/change.ts';
import { JOB_STATE } from '../gateway/records.ts';
import type { JobRecord } from '../gateway/records.ts';
import { claimsOf, claimValue, holderOf } from './claims.ts';
import { ROLES, isSameGateway } from '../gateway/resource.ts';
import type { Entry, EtcdClient } from './client.ts';
import { transact, done } from './transact.ts';
import type { Transition } from './transact.ts';
import { supersededBy } from './envelope.ts';
import { routersWithout } from './free-claims.ts';
import { KEYS } from './keys.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { isKept, isKeptAt, isLaterCall, planRecordOf, standingOf } from './plan-record.ts';
import { secretsAdded } from './secrets.ts';
import type { GatewaySecrets } from './secrets.ts';
import { plannedConfig } from './planned-config.ts';
import type { NewPlanRecord, PlanRecord, Standing } from './plan-record.ts';
import { endedState } from './state.ts';
import type { StateFacts } from './state.ts';

export interface RegisterRequest {
  /** `mod_revision` of the configuration that was planned from. */
  readonly configRevision: string;
  /** Names of the fields of the configuration's body that are secret. */
  readonly secretFields: readonly string[];
  /** The job records, in their order. The id of each is the last part of its key. */
  readonly jobs: readonly JobRecord[];
  /** What is claimed: each stanza that either end of its changes owns. */
  readonly planRecord: NewPlanRecord;
  /** The secrets of `after`, for which its texts have placeholders. Absent: it has none. */
  readonly secrets?: GatewaySecrets | undefined;
  /** The run has registered before, and its records are gone: it writes them again, and routers may carry its change. */
  readonly again?: boolean;
}

export type RegisterOutcome =
  | { readonly kind: 'registered' }
  /** The configuration was written again at the same version, or something else stands on the routers by now: plan again. */
  | { readonly kind: 'moved' }
  /** The configuration has another version (`null`: none, or none that can be read), or asks for another action: `supersededBy`. */
  | { readonly kind: 'superseded'; readonly version: number | null }
  /** `/state` carries this version or a newer one, and it is not the failure that the attempt replaces. */
  | { readonly kind: 'ended'; readonly state: StateFacts }
  /** A later call of this version has counted: this call is late, and its run has ended or was reset. */
  | { readonly kind: 'overtaken' }
  /** Another gateway claims a stanza on one of the routers. */
  | {
      readonly kind: 'clash';
      readonly routerId: string;
      readonly stanza: readonly string[];
      readonly holder: GatewayRef;
    }
  /** An earlier run made this version permanent on both routers. Only its publication is left to do. */
  | { readonly kind: 'kept' }
  /** An earlier, different plan of this gateway may still stand on routers: revert it first. */
  | { readonly kind: 'leftover'; readonly record: PlanRecord }
  /** The change would change nothing, but a router owes a change of this gateway, so that something else may stand there. */
  | { readonly kind: 'owed' };

const OPERATION = 'register';

export function register(client: EtcdClient, request: RegisterRequest): Promise<RegisterOutcome> {
  return transact(client, OPERATION, () => look(client, request));
}

async function look(
  client: EtcdClient,
  { configRevision, secretFields, jobs, planRecord, secrets, again = false }: RegisterRequest,
): Promise<Transition<RegisterOutcome>> {
  const { gateway } = planRecord;
  const claims = claimsOf(planRecord);
  const [config, state, plan, jobState, ...held] = await client.read(OPERATION, [
    KEYS.gatewayConfig(gateway),
    KEYS.state(gateway),
    KEYS.plan(gateway),
    KEYS.jobState(gateway),
    ...claims.map(({ key }) => key),
  ] as const);

  const superseded = supersededBy(gateway, planRecord.action, config);
  if (superseded) return done(superseded);
  const ended = endedState(state, gateway.version, planRecord.replaces);
  if (ended) return done({ kind: 'ended', state: ended });
  const earlier = planRecordOf(plan);
  const overtaken = isLaterCall(earlier, gateway, planRecord.scheduled) === true;
  if (earlier && isSameRegistration(earlier, planRecord)) {
    const { scheduled } = planRecord;
    if (overtaken || scheduled === undefined || scheduled === earlier.scheduled)
      return done({ kind: 'registered' });
    // The run was reset: calls from before the reset are late from now on.
    const transaction = {
      unchanged: [config, state, plan],
      put: [{ key: plan.key, value: { ...earlier, scheduled } }],
    };
    return { kind: 'write', outcome: { kind: 'registered' }, transaction };
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
  const unowed = await unchangedRouters(client, planRecord);
  if (unowed === undefined) return done({ kind: 'owed' });
  for (const [index, { routerId, stanza }] of claims.entries()) {
    const holder = holderOf(held[index]);
    if (holder && !isSameGateway(holder, gateway)) {
      return done({ kind: 'clash', routerId, stanza, holder });
    }
  }

  const secretsEntry = secrets && (await client.read(OPERATION, [KEYS.secrets(gateway)] as const))[0];
  const added = secretsEntry && secretsAdded(secretsEntry, secrets);
  if (secretsEntry && added === undefined) return done({ kind: 'moved' });
  const replaced = earlier ? await replacedBy(client, earlier, planRecord) : [];
  const record: PlanRecord = {
    ...planRecord,
    config: plannedConfig(config, secretFields),
    mayBeApplied: again || (same && earlier.mayBeApplied),
    ...(again && { restored: true }),
    ...(earlier?.disputed === true && { disputed: true }),
    ...(same && earlier.secrets !== undefined && { secrets: earlier.secrets }),
    ...(!same && standing?.secrets !== undefined && { secrets: standing.secrets }),
  };
  return {
    kind: 'write',
    outcome: { kind: 'registered' },
    transaction: {
      unchanged: [
        config,
        state,
        plan,
        jobState,
        ...held,
        ...replaced,
        ...unowed,
        ...(secretsEntry ? [secretsEntry] : []),
      ],
      put: [
        ...claims.map(({ key }) => ({ key, value: claimValue(gateway) })),
        ...jobs.map(({ id, value }) => ({ key: KEYS.job(id), value })),
        { key: KEYS.jobState(gateway), value: JOB_STATE.registered() },
        { key: plan.key, value: record },
        ...(added ?? []),
      ],
      remove: replaced.map(({ key }) => key),
    },
  };
}

/** Whether the same run registers again, because the first answer was lost. */
function isSameRegistration(record: PlanRecord, asked: NewPlanRecord): boolean {
  return (
    record.gateway.version === asked.gateway.version &&
    record.run === asked.run &&
    isDeepStrictEqual(record.jobs, asked.jobs)
  );
}

/** Whether the plan was made from what stands. */
function isPlannedOn({ standing: version, routers }: NewPlanRecord, standing: Standing | undefined): boolean {
  if (standing === undefined) return version === null;
  return (
    version === standing.version &&
    ROLES.every((role) => isUnchanged({ before: routers[role].before, after: standing.configurations[role] }))
  );
}

/**
 * If the change changes nothing, the records of its routers, to be compared; otherwise nothing. `undefined`: it changes nothing, but a router
 * owes a change of the gateway.
 */
async function unchangedRouters(
  client: EtcdClient,
  record: NewPlanRecord,
): Promise<readonly Entry[] | undefined> {
  return changesNothing(record.routers) ? routersWithout(client, record) : [];
}

/** Whether the record is of the same version and has the same changes. Then this run takes over the record of the earlier run, which has ended. */
function isSamePlan(record: PlanRecord, asked: NewPlanRecord): boolean {
  return (
    record.gateway.version === asked.gateway.version &&
    isDeepStrictEqual(record.routers, JSON.parse(JSON.stringify(asked.routers)))
  );
}

/**
 * Entries of an earlier registration that this one does not use: claims, and job records without a lease. The claims of a disputed gateway
 * stay: something may stand in its stanzas.
 */
async function replacedBy(client: EtcdClient, earlier: PlanRecord, asked: NewPlanRecord): Promise<Entry[]> {
  const kept = new Set(claimsOf(asked).map(({ key }) => key));
  const claimKeys = (earlier.disputed === true ? [] : claimsOf(earlier))
    .map(({ key }) => key)
    .filter((key) => !kept.has(key));
  const asking: readonly string[] = Object.values(asked.jobs);
  const jobKeys = Object.values(earlier.jobs)
    .filter((id) => !asking.includes(id))
    .map(KEYS.job);
  const entries = await client.read(OPERATION, [...claimKeys, ...jobKeys]);
  return entries.filter((entry, index) =>
    index < claimKeys.length
      ? isSameGateway(holderOf(entry), asked.gateway)
      : entry.value !== undefined && entry.lease === '0',
  );
}
