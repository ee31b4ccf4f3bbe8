import type { PairMember } from '../../pair/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { READ_LIMIT } from '../../etcd/members.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { isRunning } from './executions.ts';
import { publishingOnBehalf } from './publish-on-behalf.ts';
import type { PublishOnBehalfInput } from './publish-on-behalf.ts';

/**
 * Of those who were told how they ended, publishes for whoever is gone since without having said so in `/state` (M4). Resolves to those
 * who are still at it.
 */
export function publishingUnpublished(deps: Dependencies) {
  const publishFor = publishingOnBehalf(deps);
  return async (ended: readonly PublishOnBehalfInput[]): Promise<readonly PairMember[]> => {
    const open: PairMember[] = [];
    for (let from = 0; from < ended.length; from += READ_LIMIT) {
      const some = ended.slice(from, from + READ_LIMIT);
      const states = await classified(Infinity, () =>
        deps.store.states(some.map(({ member }) => member.gateway)),
      );
      for (const [index, one] of some.entries()) {
        const { gateway } = one.member;
        if ((states[index]?.version ?? -1) >= gateway.version) continue;
        if (await classified(Infinity, () => isRunning(workflowIdOf(gateway)))) open.push(one.member);
        else await publishFor(one);
      }
    }
    return open;
  };
}
