/** Publishes for sagas that have ended without publishing ("missing saga", M4). A saga that still runs publishes its own failure. */
import { ApplicationFailure } from '@temporalio/activity';
import { partsOf } from '../../gateway/lists.ts';
import type { PairMember } from '../../pair/messages.ts';
import type { PairCommand } from '../../pair/events.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { READ_LIMIT } from '../../etcd/members.ts';
import { isOwnedBy } from '../../etcd/plan-record.ts';
import { hasEnded, isFailure } from '../../etcd/state.ts';
import type { Store } from '../../etcd/store.ts';
import { classified, isNonRetryable } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { isRunning } from '../executions.ts';
import { RefusedError } from '../refused.ts';
import { readableRecord } from '../saga/asked.ts';
import { publishFailed, publishKept } from '../saga/publish.ts';
import { wakeWaiters } from '../wake-waiters.ts';

export type PublishOnBehalfInput = Pick<
  Extract<PairCommand, { kind: 'publish on behalf' }>,
  'member' | 'outcome'
>;

/**
 * Publishes how a gateway ended. A failure is published only if the saga does not run. What is kept is published in any case: the saga then finds it
 * published. The write is fenced like every publication.
 */
export function publishingOnBehalf(deps: Dependencies) {
  return ({ member: { gateway, run }, outcome }: PublishOnBehalfInput): Promise<void> =>
    classified(async () => {
      if (outcome.kind === 'kept') {
        try {
          await publishKept(deps, gateway);
        } catch (error) {
          // Another version or another outcome stands in etcd by now.
          if (!(error instanceof RefusedError)) throw error;
        }
      } else if (!(await isRunning(workflowIdOf(gateway)))) {
        const { reason, owedOn } = outcome;
        const clean = owedOn.length === 0;
        await publishFailed(deps, { gateway, run, error: reason, registered: true, clean });
      }
    });
}

/**
 * Publishes for each of these members whose saga has ended without publishing, although it was answered. Resolves to the members whose sagas
 * still run. A record that can't be read keeps none of the others from being published: the error is thrown after them.
 *
 * Whoever has published an outcome that is found in `/state`, such as an earlier attempt, may have died before it freed the claims that were left and woke
 * those that wait. So both are done here, too.
 */
export function publishingUnpublished(deps: Dependencies) {
  const publishOnBehalf = publishingOnBehalf(deps);
  return async (ended: readonly PublishOnBehalfInput[]): Promise<readonly PairMember[]> => {
    const running: PairMember[] = [];
    const failures: ApplicationFailure[] = [];
    for (const some of partsOf(ended, READ_LIMIT)) {
      const unpublished = await classified(() => unpublishedOf(deps.store, some));
      for (const one of unpublished) {
        const { gateway } = one.member;
        if (await classified(() => isRunning(workflowIdOf(gateway)))) running.push(one.member);
        else await publishOnBehalf(one).catch((error: unknown) => failures.push(finalOrThrow(error)));
      }
      for (const one of some)
        if (!unpublished.includes(one)) await classified(() => finish(deps.store, one.member.gateway));
    }
    if (failures[0] !== undefined) throw failures[0];
    return running;
  };
}

/** Frees the claims that the outcome in `/state` leaves to nobody, if the records can be read, and wakes those that wait. */
async function finish(store: Dependencies['store'], gateway: GatewayVersion): Promise<void> {
  await store.freeClaims(gateway).catch((error: unknown) => {
    if (!isNonRetryable(error)) throw error;
  });
  await wakeWaiters(store, gateway);
}

/** A failure that no further attempt mends. Throws any other error again. */
function finalOrThrow(error: unknown): ApplicationFailure {
  if (error instanceof ApplicationFailure && error.nonRetryable === true) return error;
  throw error;
}

/**
 * The members whose outcome `/state` does not have. If a run is another attempt at a failed version, the failure that it replaces does not count as
 * its outcome.
 */
async function unpublishedOf(
  store: Pick<Store, 'states' | 'plans'>,
  ended: readonly PublishOnBehalfInput[],
): Promise<readonly PublishOnBehalfInput[]> {
  const states = await store.states(ended.map(({ member }) => member.gateway));
  const failed = ended.filter(({ member: { gateway } }, index) => {
    const state = states[index];
    return state !== undefined && isFailure(state, gateway.version);
  });
  const plans = failed.length === 0 ? [] : await store.plans(failed.map(({ member }) => member.gateway));
  const replacedBy = ({ gateway, run }: PairMember, index: number): string | undefined => {
    const record = readableRecord(plans[index]);
    return isOwnedBy(record, gateway, run) ? record.replaces : undefined;
  };
  const replaces = new Map(failed.map((one, index) => [one, replacedBy(one.member, index)]));
  return ended.filter(
    (one, index) => !hasEnded(states[index], one.member.gateway.version, replaces.get(one)),
  );
}
