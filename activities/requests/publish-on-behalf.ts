/** Publishes for sagas that have ended without publishing ("missing saga", M4). A saga that still runs publishes its own end. */
import type { PairMember } from '../../pair/messages.ts';
import type { PairCommand } from '../../pair/state.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { READ_LIMIT } from '../../etcd/members.ts';
import { isKept, isOwnedBy } from '../../etcd/plan-record.ts';
import { classified, messageOf } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { isRunning } from '../executions.ts';
import { RefusedError } from '../refused.ts';
import { publishCompleted, publishFailed } from '../saga/publish.ts';

export type PublishOnBehalfInput = Pick<
  Extract<PairCommand, { kind: 'publish on behalf' }>,
  'member' | 'outcome'
>;

export type Publication =
  /** By this call, or by somebody else; or a saga that runs will publish. */
  | { readonly kind: 'published' }
  /** The gateway is kept, `/state` can't promise it any more, and no saga runs that would revert it. */
  | { readonly kind: 'unpublishable'; readonly reason: string };

const PUBLISHED: Publication = { kind: 'published' };

/** Publishes how a gateway ended. The write is fenced like every publication. */
export function publishingOnBehalf(deps: Dependencies) {
  return ({ member: { gateway, run }, outcome }: PublishOnBehalfInput): Promise<Publication> =>
    classified(async () => {
      if (outcome.kind === 'kept') {
        try {
          // The write succeeds only if the plan record still names this run. If a newer run follows, it finds this `/state` and can't
          // publish another one.
          await publishCompleted(deps, { gateway, run, seen: outcome.seen });
        } catch (error) {
          if (!(error instanceof RefusedError)) throw error;
          return refusedFor(deps, { gateway, run }, error);
        }
      } else if (!(await isRunning(workflowIdOf(gateway)))) {
        const { reason, owedOn } = outcome;
        const clean = owedOn.length === 0;
        await publishFailed(deps, { gateway, run, error: reason, registered: true, clean });
      }
      return PUBLISHED;
    });
}

/**
 * The publication was refused. If another saga has taken the plan record over, or one runs, that saga sees to the gateway. Otherwise the
 * configuration has moved on: the gateway stands on both routers, and nobody but the pair knows.
 */
async function refusedFor(
  { store }: Dependencies,
  { gateway, run }: Pick<PairMember, 'gateway' | 'run'>,
  error: RefusedError,
): Promise<Publication> {
  const record = await store.planRecord(gateway);
  const isLeft =
    isOwnedBy(record, gateway, run) && isKept(record) && !(await isRunning(workflowIdOf(gateway)));
  return isLeft ? { kind: 'unpublishable', reason: messageOf(error) } : PUBLISHED;
}

export interface Publications {
  /** Members whose sagas still run. */
  readonly running: readonly PairMember[];
  /** Members that the pair is to revert, each with the reason. */
  readonly unpublishable: readonly { readonly member: PairMember; readonly reason: string }[];
}

/** Publishes for each of these members whose saga has ended without publishing, although it was answered. */
export function publishingUnpublished(deps: Dependencies) {
  const publishOnBehalf = publishingOnBehalf(deps);
  return async (ended: readonly PublishOnBehalfInput[]): Promise<Publications> => {
    const running: PairMember[] = [];
    const unpublishable: { readonly member: PairMember; readonly reason: string }[] = [];
    for (let from = 0; from < ended.length; from += READ_LIMIT) {
      const some = ended.slice(from, from + READ_LIMIT);
      const states = await classified(() => deps.store.states(some.map(({ member }) => member.gateway)));
      for (const [index, one] of some.entries()) {
        const { gateway } = one.member;
        if ((states[index]?.version ?? -1) >= gateway.version) continue;
        if (await classified(() => isRunning(workflowIdOf(gateway)))) {
          running.push(one.member);
          continue;
        }
        const publication = await publishOnBehalf(one);
        if (publication.kind === 'unpublishable')
          unpublishable.push({ member: one.member, reason: publication.reason });
      }
    }
    return { running, unpublishable };
  };
}
