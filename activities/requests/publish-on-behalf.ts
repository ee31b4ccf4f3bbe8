/** Publishes for sagas that have ended without publishing ("missing saga", M4). A saga that still runs publishes its own end. */
import type { PairMember } from '../../pair/messages.ts';
import type { PairCommand } from '../../pair/state.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { READ_LIMIT } from '../../etcd/members.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { isRunning } from '../executions.ts';
import { RefusedError } from '../refused.ts';
import { publishFailed, publishKept } from '../saga/publish.ts';

export type PublishOnBehalfInput = Pick<
  Extract<PairCommand, { kind: 'publish on behalf' }>,
  'member' | 'outcome'
>;

/** Publishes how a gateway ended. The write is fenced like every publication. */
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
 * still run.
 */
export function publishingUnpublished(deps: Dependencies) {
  const publishOnBehalf = publishingOnBehalf(deps);
  return async (ended: readonly PublishOnBehalfInput[]): Promise<readonly PairMember[]> => {
    const running: PairMember[] = [];
    for (let from = 0; from < ended.length; from += READ_LIMIT) {
      const some = ended.slice(from, from + READ_LIMIT);
      const states = await classified(() => deps.store.states(some.map(({ member }) => member.gateway)));
      for (const [index, one] of some.entries()) {
        const { gateway } = one.member;
        if ((states[index]?.version ?? -1) >= gateway.version) continue;
        if (await classified(() => isRunning(workflowIdOf(gateway)))) running.push(one.member);
        else await publishOnBehalf(one);
      }
    }
    return running;
  };
}
