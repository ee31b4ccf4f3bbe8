import { gatewayText, routerText } from '../../gateway/display.ts';
import { isDeepStrictEqual } from 'node:util';
import { activityInfo } from '@temporalio/activity';
import { FAILURES } from '../../gateway/failures.ts';
import type { RegisterInput, RegisterOutcome } from '../../gateway/outcomes.ts';
import type { Plan, Waited } from '../../gateway/plan.ts';
import { ROLES, secretFieldsOf } from '../../gateway/resource.ts';
import { isUnreadableHolder } from '../../etcd/claims.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { Store } from '../../etcd/store.ts';
import { classified } from '../classify.ts';
import { namedText } from '../named-text.ts';
import type { Clash } from '../../etcd/containment.ts';
import type { Dependencies } from '../dependencies.ts';
import { leftoverOf } from './leftover.ts';
import { refusalOf } from './not-owned.ts';
import { planOf, textIn } from './plan.ts';
import { preparePlan } from './planner.ts';
import { jobsOf } from './preparation.ts';
import type { Preparation } from './preparation.ts';
import { hasSecret } from './secrets.ts';
import { RefusedError } from '../refused.ts';
import { assertNotRetired } from '../router/retired.ts';

/**
 * Claims what the gateway will own and writes the jobs, in one transaction that fails if the gateway's configuration has changed. Prepares
 * the plan again, so that secrets come from etcd and not from the workflow's history.
 */
export function registering(deps: Dependencies) {
  return ({ waited, wokenBy = [], ...plan }: RegisterInput): Promise<RegisterOutcome> =>
    classified(async () => {
      const { gateway, run, jobs } = plan;
      for (const awaited of wokenBy) await deps.store.forgetEarlierWait(gateway, { awaited, run, jobs });
      const outcome = await registerPlan(deps, plan, activityInfo().scheduledTimestampMs, { waited });
      // Whatever the run does next, it does not wait any more.
      if (waited !== undefined && (outcome.kind === 'replan' || outcome.kind === 'kept'))
        await deps.store.forgetWaited(plan.gateway, waited);
      return outcome;
    });
}

/**
 * Registers again, because the run's records in etcd are gone. Fails with `RecordsGone` if the same configuration can't be rendered any
 * more: then nobody knows what the run has put on the routers.
 */
export function restoringRecords(deps: Dependencies) {
  return (plan: Plan): Promise<void> =>
    classified(async () => {
      const { kind } = await registerPlan(deps, plan, activityInfo().scheduledTimestampMs, {
        again: true,
      });
      if (kind !== 'registered') throw new RefusedError(FAILURES.RecordsGone, 'something else stands by now');
    });
}

export interface Registering {
  /** The run has registered before, and its records are gone. */
  readonly again?: boolean;
  /** What the run has written in order to wait. */
  readonly waited?: Waited | undefined;
}

/** `scheduled`: when the saga's call was scheduled, in ms since the epoch. */
export async function registerPlan(
  deps: Dependencies,
  plan: Plan,
  scheduled: number,
  { again = false, waited }: Registering = {},
): Promise<RegisterOutcome> {
  for (;;) {
    const [prepared] = await Promise.all([
      prepare(deps, plan),
      // If a router's record can't be read, the pair could never reserve that router. So registering fails right away.
      ...ROLES.map(async (role) => {
        const { id } = plan.routers[role];
        const record = await deps.store.router(id);
        // Two cases need no check. A run that has registered before is answered by its pair. On the router that is to owe the deletion, nothing is
        // done now.
        if (!again && id !== plan.owe?.router) await assertNotRetired(deps.store, id, record);
      }),
    ]);
    if (typeof prepared === 'string') return { kind: prepared };
    const current = planOf(prepared, plan);
    if (again && !isDeepStrictEqual(current.digests, plan.digests))
      throw new RefusedError(FAILURES.RecordsGone, 'what it was planned from has changed since');
    const request = requestOf(prepared, current, scheduled, deps);
    const outcome = await deps.store.register({ ...request, again, waited });
    switch (outcome.kind) {
      case 'registered':
        return { kind: 'registered', plan: { ...current, ...(outcome.owe && { owe: outcome.owe }) } };
      case 'owed':
        throw new RefusedError(
          FAILURES.RevertOwed,
          'one of its routers owes a change of this gateway, so nobody knows what stands there: it is made when the router can be reached',
        );
      case 'kept':
        return outcome;
      case 'leftover':
        return { kind: 'leftover', left: await leftoverOf(deps.store, outcome.record) };
      case 'moved':
        continue;
      case 'waits':
        return outcome;
      case 'clash':
        throw new RefusedError(FAILURES.Conflict, await clashText(deps.store, outcome, plan));
      case 'parent absent':
        throw new RefusedError(
          FAILURES.ParentAbsent,
          `${gatewayText(outcome.parent.gateway, outcome.parent.name)} ${outcome.why}`,
        );
      case 'children': {
        const { some, count } = outcome;
        const others = count > some.length ? ` and ${count - some.length} more` : '';
        throw new RefusedError(
          FAILURES.HasChildren,
          `${count === 1 ? 'one gateway lies' : `${count} gateways lie`} in it: ${some.map((one) => gatewayText(one.gateway, one.name)).join(', ')}${others}; delete ${count === 1 ? 'it' : 'them'} first`,
        );
      }
      case 'overtaken':
        throw refusalOf({ kind: 'void' }, plan.gateway);
      case 'superseded':
        throw refusalOf(outcome, plan.gateway);
      case 'ended':
        throw new RefusedError(FAILURES.Superseded, `/state has version ${outcome.state.version} already`);
    }
  }
}

async function clashText(
  store: Pick<Store, 'snapshot'>,
  { routerId, stanza, holder, other }: Clash,
  { routers }: Plan,
): Promise<string> {
  const unread = `an unknown gateway: ${KEYS.claim(routerId, other?.stanza ?? stanza)} can't be read, and gateway-saga doctor tells what mends it`;
  const whose = `belongs to ${isUnreadableHolder(holder) ? unread : await namedText(store, holder)}`;
  const name = ROLES.map((role) => routers[role]).find(({ id }) => id === routerId)?.name;
  const router = routerText(routerId, name);
  if (other === undefined) return `"${stanza.join(' ')}" on ${router} ${whose}`;
  const where = other.lies === 'around' ? 'lies in' : 'lies around';
  const why = other.lies === 'around' ? 'which it does not refer to' : 'which does not refer to it';
  return `"${stanza.join(' ')}" on ${router} ${where} "${other.stanza.join(' ')}", and that ${whose}, ${why}`;
}

async function prepare(deps: Dependencies, plan: Plan): Promise<Preparation | 'kept' | 'replan'> {
  const { gateway, replaces } = plan;
  const request = { ...gateway, ...(replaces !== undefined && { replaces }) };
  const outcome = await preparePlan(deps, request, plan.recordsRead);
  switch (outcome.kind) {
    case 'prepared':
      return outcome.preparation.action === plan.action ? outcome.preparation : 'replan';
    case 'kept':
      return 'kept';
    case 'invalid':
      throw new RefusedError(outcome.type ?? FAILURES.InvalidGateway, outcome.reason);
    case 'ended':
      throw new RefusedError(
        FAILURES.Superseded,
        `version ${plan.gateway.version} ended as ${outcome.ended.workerState}`,
      );
    case 'refused':
      throw new RefusedError(FAILURES.Superseded, `superseded: ${outcome.reason}`);
    case 'nothing':
      return 'replan';
  }
}

function requestOf(preparation: Preparation, plan: Plan, scheduled: number, { policy }: Dependencies) {
  const { gateway, action, record, kind, changes, secrets, parents } = preparation;
  // Without secrets there is no key for the configuration's digest. A digest without a key would give a short secret away: that of a field, or that of a text
  // whose other words are known. So such fields are left out of it. None of them is rendered then.
  const texts = Object.keys(record.body).filter((name) => hasSecret(record.body[name]));
  const hidden = secrets === undefined ? new Set([...secretFieldsOf(kind.kind.schema), ...texts]) : [];
  return {
    configRevision: plan.configRevision,
    secretFields: [...hidden],
    jobs: jobsOf(preparation, plan.jobs, policy.redactJobs),
    secrets,
    planRecord: {
      gateway,
      action,
      standing: plan.standing,
      ...(plan.replaces !== undefined && { replaces: plan.replaces }),
      run: plan.run,
      scheduled,
      tenant: textIn(record, 'tenant_id'),
      jobs: plan.jobs,
      kind: plan.kind,
      ...(parents.length > 0 && { parents }),
      limits: plan.limits,
      routers: {
        primary: { id: plan.routers.primary.id, ...changes.primary },
        secondary: { id: plan.routers.secondary.id, ...changes.secondary },
      },
    },
  };
}
