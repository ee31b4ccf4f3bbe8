/**
 * The push: both routers at once, both or neither as far as one moment can promise it. What a lost reply leaves open is
 * settled by the next attempt, which looks; what fails for good is undone by `remove`.
 *
 * 1. An attempt has a number. Under both locks and before any commit the number must still be the latest (`confirmAttempt`).
 * 2. What stands already is ours only if a commit on that router had been permitted before; otherwise it is a conflict.
 */
import { CancelledFailure, cancellationSignal } from '@temporalio/activity';
import { FAILURES } from '../gateway/failures.ts';
import type { StepInput } from '../gateway/outcomes.ts';
import { ROLES } from '../gateway/resource.ts';
import type { GatewayVersion, Role } from '../gateway/resource.ts';
import type { PlanRecord } from '../etcd/plan-record.ts';
import { createBarrier } from './barrier.ts';
import type { Barrier } from './barrier.ts';
import { both } from './both.ts';
import { Candidate } from './candidate.ts';
import type { Standing } from './candidate.ts';
import { classified } from './classify.ts';
import type { Dependencies } from './dependencies.ts';
import { heartbeating } from './heartbeat.ts';
import { withLease } from './lease.ts';
import { supersededText } from './register.ts';
import { RefusedError } from './refused.ts';
import { targetOf } from './router-target.ts';

/** Commits the gateway on both routers. Completed means: both routers said so, or were seen to carry it. */
export function pushing(deps: Dependencies) {
  return (step: StepInput): Promise<void> =>
    heartbeating(() => classified(deps.policy.patienceMs, () => push(deps, step)));
}

async function push(deps: Dependencies, { gateway, run }: StepInput): Promise<void> {
  const begun = await deps.store.beginAttempt(gateway, run);
  if (begun.kind === 'superseded') throw new RefusedError(FAILURES.Superseded, supersededText(begun.version));
  if (begun.kind === 'void')
    throw new RefusedError(FAILURES.Superseded, 'another run has taken this gateway over');
  const { record } = begun;
  const barrier = createBarrier(ROLES.length, () => permit(deps, record));
  const sides = ROLES.map(async (role) => {
    try {
      await pushTo(deps, record, role, barrier);
    } catch (error) {
      barrier.fail(error);
      throw error;
    }
  });
  await both(sides);
}

/** The last moment to turn back: after it, both routers commit. */
async function permit({ store }: Dependencies, { gateway, attempt }: PlanRecord): Promise<void> {
  if (cancellationSignal().aborted) throw new CancelledFailure('cancelled before the commit');
  if (!(await store.confirmAttempt(gateway, attempt, ROLES))) {
    throw new RefusedError(FAILURES.Superseded, `attempt ${attempt} was given up meanwhile`);
  }
}

async function pushTo(deps: Dependencies, record: PlanRecord, role: Role, barrier: Barrier): Promise<void> {
  const { id, configuration } = record.routers[role];
  const { name, target } = await targetOf(deps.store, id);
  await withLease(deps.routers, target, async ({ session, committing }) => {
    const { candidate, standing } = await Candidate.take(session, name, configuration);
    try {
      const stands = judge(standing, name, record.mayCarry.includes(role));
      if (!stands) await candidate.loadCreate();
      await barrier.ready();
      committing();
      if (!stands) await candidate.commit(logLine(record.gateway));
    } finally {
      await candidate.release();
    }
  });
}

/** Whether the router carries the gateway already. Throws when what is there is not ours. */
function judge({ present, changed, whole }: Standing, router: string, mayBeOurs: boolean): boolean {
  const [theirs] = mayBeOurs ? changed : present;
  if (theirs === undefined) return whole;
  const what = mayBeOurs ? 'was changed by somebody else' : 'is configured there already, by somebody else';
  throw new RefusedError(FAILURES.Conflict, `${router}: "${theirs.join(' ')}" ${what}`);
}

/** What the router's commit history says of us. */
export function logLine({ resourceType, resourceId, version }: GatewayVersion): string {
  return `gateway-saga ${resourceType}:${resourceId} version ${version}`;
}
