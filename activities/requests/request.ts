/**
 * How a saga asks its pair (M1): a signal that starts the pair if it isn't there, and then nothing. The pair completes this
 * very activity with its answer; until then a retry of it, or the activity that follows when its time is over, is the ask again.
 */
import { CompleteAsyncError, activityInfo, getClient } from '@temporalio/activity';
import { FAILURES } from '../../gateway/failures.ts';
import { REQUEST_SIGNAL, ROUTER_PAIR, pairIdOf } from '../../pair/messages.ts';
import type { PairAnswer, PairRequest } from '../../pair/messages.ts';
import { ROLES } from '../../gateway/resource.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { RefusedError } from '../refused.ts';
import { supersededText } from '../saga/register.ts';
import type { UnansweredRequests } from './unanswered.ts';

/**
 * Asks for the push. Before anybody can act on it, the plan's record says that both routers may carry the gateway from
 * now on: a run that finds the record later knows that there may be something to remove.
 */
export function requestingApply({ store }: Dependencies, watch: UnansweredRequests) {
  const ask = requesting(watch);
  return async (input: RequestInput): Promise<PairAnswer> => {
    await classified(Infinity, async () => {
      const { gateway, run } = input.request;
      const begun = await store.beginAttempt(gateway, run, activityInfo().scheduledTimestampMs);
      if (begun.kind === 'superseded')
        throw new RefusedError(FAILURES.Superseded, supersededText(begun.version));
      if (begun.kind === 'void' || !(await store.confirmAttempt(gateway, begun.record.attempt, ROLES))) {
        throw new RefusedError(FAILURES.Superseded, 'another run has taken this gateway over');
      }
    });
    return ask(input);
  };
}

/**
 * Asks for the removal. Where the pair was never asked for the push, nothing is there: nobody waits for a turn to find that out. A push
 * that is on its way is void from here on.
 */
export function requestingRevert({ store }: Dependencies, watch: UnansweredRequests) {
  const ask = requesting(watch);
  return async (input: RequestInput): Promise<PairAnswer> => {
    const { gateway, run, action } = input.request;
    const record = await classified(Infinity, () =>
      store.voidAttempts(gateway, run, activityInfo().scheduledTimestampMs),
    );
    if (action.kind !== 'revert' || record === undefined || record.mayCarry.length > 0) return ask(input);
    return { kind: 'reverted', type: FAILURES.Cancelled, reason: action.reason, owedOn: [] };
  };
}

export interface RequestInput {
  /** Ids of the edge routers, in any order. */
  readonly routers: readonly [string, string];
  /** What they are called, in the same order. */
  readonly names: readonly [string, string];
  readonly request: Omit<PairRequest, 'replyTo'>;
}

/** Never returns by itself: the promise's value is what the pair completes it with. */
export function requesting(watch: UnansweredRequests) {
  return async ({ routers, names, request }: RequestInput): Promise<PairAnswer> => {
    const { workflowExecution, activityId, taskQueue, startToCloseTimeoutMs: waitMs } = activityInfo();
    if (workflowExecution === undefined) throw new TypeError('Expected to be asked by a workflow');
    const { workflowId, runId } = workflowExecution;
    const replyTo = { workflowId, runId, activityId };
    const sorted = [...routers].sort() as [string, string];
    const pair = pairIdOf(sorted);
    const client = getClient();
    const again = async () => {
      const { signaledRunId } = await client.workflow.signalWithStart(ROUTER_PAIR, {
        workflowId: pair,
        taskQueue,
        args: [{ routers: sorted, names: sorted.map((id) => names[routers.indexOf(id)]) }],
        signal: REQUEST_SIGNAL,
        signalArgs: [{ ...request, replyTo } satisfies PairRequest],
        staticSummary: names.join(', '),
        staticDetails:
          'The queue of a router pair: gateways go on its routers in batches, one batch at a time.',
      });
      return signaledRunId;
    };
    watch.add({ client, pair, replyTo, waitMs, asked: await again(), again });
    throw new CompleteAsyncError();
  };
}
