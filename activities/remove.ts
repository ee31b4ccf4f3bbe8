/**
 * The undo of the push: removes exactly what the gateway owns, from every router that may carry it. It reads what was
 * pushed from etcd, tolerates "never happened", and can be repeated.
 *
 * First every attempt begun so far is voided: a push that was thought dead and wakes up commits nothing after that.
 */
import { FAILURES } from '../gateway/failures.ts';
import type { Removal, StepInput } from '../gateway/outcomes.ts';
import { ROLES } from '../gateway/resource.ts';
import type { Role } from '../gateway/resource.ts';
import type { PlanRecord } from '../etcd/plan-record.ts';
import { both } from './both.ts';
import { Candidate } from './candidate.ts';
import { classified } from './classify.ts';
import type { Dependencies } from './dependencies.ts';
import { heartbeating } from './heartbeat.ts';
import { withLease } from './lease.ts';
import { logLine } from './push.ts';
import { RefusedError } from './refused.ts';
import { targetOf } from './router-target.ts';

/** Leaves both routers without the gateway, or throws. */
export function removing(deps: Dependencies) {
  return (input: StepInput): Promise<Removal[]> =>
    heartbeating(() => classified(deps.policy.undoPatienceMs, () => remove(deps, input), { stubborn: true }));
}

async function remove(deps: Dependencies, { gateway, run }: StepInput): Promise<Removal[]> {
  const record = await deps.store.voidAttempts(gateway, run);
  if (record === undefined) return [];
  return both(ROLES.map((role) => removeFrom(deps, record, role)));
}

async function removeFrom(deps: Dependencies, record: PlanRecord, role: Role): Promise<Removal> {
  const { id, configuration } = record.routers[role];
  if (!record.mayCarry.includes(role)) return { role, router: id, result: 'never there' };
  const { name, target } = await targetOf(deps.store, id);
  const removal = await withLease(deps.routers, target, async ({ session, committing }): Promise<Removal> => {
    const { candidate, standing } = await Candidate.take(session, name, configuration);
    try {
      if (standing.present.length === 0) return { role, router: name, result: 'already gone' };
      await candidate.loadRemove();
      if (!(await deps.store.confirmAttempt(record.gateway, record.attempt, []))) {
        throw new RefusedError(FAILURES.Superseded, `attempt ${record.attempt} was given up meanwhile`);
      }
      committing();
      await candidate.commit(`${logLine(record.gateway)}: removed`);
      const [path] = standing.changed;
      return {
        role,
        router: name,
        result: 'removed',
        ...(path === undefined ? {} : { note: `"${path.join(' ')}" had been changed by somebody` }),
      };
    } finally {
      await candidate.release();
    }
  });
  await deps.store.markClean(record.gateway, record.attempt, [role]);
  return removal;
}
