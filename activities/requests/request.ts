/**
 * How a saga sends a request to its pair ("answered activity", M1). The activity sends a signal, which starts the pair's workflow if it
 * doesn't run, and then stays open until the pair completes it with the answer. A retry of the activity sends the same request again. If no
 * answer comes in time, the saga's next activity sends it again.
 */
import { CompleteAsyncError, activityInfo, getClient } from '@temporalio/activity';
import { FAILURES } from '../../gateway/failures.ts';
import type { Observation } from '../../gateway/plan.ts';
import { isKept } from '../../etcd/plan-record.ts';
import { REQUEST_SIGNAL, ROUTER_PAIR, pairIdOf, startingPair } from '../../pair/messages.ts';
import type { PairAnswer, PairRequest } from '../../pair/messages.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import { classified } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { refusalOf } from '../saga/not-owned.ts';
import { recordMonitoring } from '../saga/record.ts';
import { PairSignals } from './pair-signals.ts';
import type { UnansweredRequests } from './unanswered.ts';

export interface RequestInput {
  /** Ids of the edge routers, in any order. */
  readonly routers: readonly [string, string];
  /** Names of the edge routers, in the same order. */
  readonly names: readonly [string, string];
  readonly request: Omit<PairRequest, 'replyTo'>;
  /** With a request to confirm: what the saga saw working. Absent: there was nothing to see. */
  readonly seen?: readonly Observation[];
}

/**
 * Requests that the gateway is applied. First writes into the plan record that from now on both routers may carry the gateway. So a later run that
 * finds the record knows that there may be something to revert.
 */
export function requestingApply({ store }: Dependencies, unanswered: UnansweredRequests) {
  const request = requesting(unanswered);
  return async (input: RequestInput): Promise<PairAnswer> => {
    await classified(async () => {
      const { gateway, run } = input.request;
      const outcome = await store.permitApply(gateway, run, activityInfo().scheduledTimestampMs);
      if (outcome.kind !== 'permitted') throw refusalOf(outcome, gateway);
    });
    return request(input);
  };
}

/** Writes what was seen into `job_state`, and requests that the change is made permanent. */
export function requestingConfirm(deps: Dependencies, unanswered: UnansweredRequests) {
  const request = requesting(unanswered);
  return async (input: RequestInput): Promise<PairAnswer> => {
    const { seen = [], request: asked } = input;
    const { gateway, run } = asked;
    if (seen.length > 0) await classified(() => recordMonitoring(deps, { gateway, run, seen }));
    return request(input);
  };
}

/**
 * Requests that the gateway is reverted. From now on any earlier request to apply it is void, even if it is still on its way. If the saga never
 * requested to apply the gateway, no router carries anything of it, and the answer is given without the pair. The same holds if the gateway is kept,
 * which is final. Fails with `RecordsGone` if there is no plan record: without it the pair would not know what to revert.
 */
export function requestingRevert({ store }: Dependencies, unanswered: UnansweredRequests) {
  const request = requesting(unanswered);
  return async (input: RequestInput): Promise<PairAnswer> => {
    const { gateway, run, action } = input.request;
    const record = await classified(async () => {
      const found = await store.voidEarlierCalls(gateway, run, activityInfo().scheduledTimestampMs);
      if (found === undefined && (await store.plans([gateway]))[0] === undefined)
        throw refusalOf({ kind: 'gone' }, gateway);
      return found;
    });
    if (isKept(record)) return { kind: 'kept' };
    if (action.kind !== 'revert' || record === undefined || record.mayBeApplied) return request(input);
    return { kind: 'reverted', type: FAILURES.Cancelled, reason: action.reason, owedOn: [] };
  };
}

/** Sends a request. The activity stays open until the pair completes it. */
export function requesting(unanswered: UnansweredRequests) {
  const signals = new PairSignals();
  return async ({ routers, names, request }: RequestInput): Promise<PairAnswer> => {
    const { workflowExecution, activityId, taskQueue, startToCloseTimeoutMs: waitMs } = activityInfo();
    if (workflowExecution === undefined) throw new TypeError('Expected a workflow to send the request');
    const { workflowId, runId } = workflowExecution;
    const replyTo = { workflowId, runId, activityId };
    const pair = pairIdOf(routers);
    const client = getClient();
    const signal = async (requests: readonly PairRequest[]) => {
      const { signaledRunId } = await client.workflow.signalWithStart(ROUTER_PAIR, {
        ...startingPair(routers, names),
        taskQueue,
        signal: REQUEST_SIGNAL,
        signalArgs: [...requests],
      });
      return signaledRunId;
    };
    const until = performance.now() + waitMs;
    const isOver = () => performance.now() >= until;
    const isApply = request.action.kind === 'apply';
    // A verdict does not wait behind requests to apply, because a batch waits for that verdict.
    const channel = `${isApply ? 'apply' : 'verdict'} ${pair}`;
    const pauseMs = isApply ? PAIR_TIMES.applySignalMs : PAIR_TIMES.verdictSignalMs;
    const send = () => signals.send(channel, { ...request, replyTo }, { signal, isOver, pauseMs });
    const pairRun = await send();
    const waitsFor = isApply ? routers.map((id, index) => ({ id, name: names[index] ?? id })) : undefined;
    if (pairRun !== undefined) unanswered.add({ client, pair, replyTo, waitMs, pairRun, send, waitsFor });
    throw new CompleteAsyncError();
  };
}
