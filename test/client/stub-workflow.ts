/** Stands in for the saga: behaves as signals tell it, and answers the same query. */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  makeContinueAsNewFunc,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import {
  APPLY_GATEWAY,
  PROGRESS_QUERY,
  type GatewayFailure,
  type Progress,
  type StepProgress,
} from '../../gateway/messages.ts';
import { QUEUE_QUERY, type PairQueue } from '../../pair/messages.ts';
import type { GatewayRequest, GatewayResult } from '../../gateway/plan.ts';

/** How the stub is to end. */
export type Ending =
  | { readonly kind: 'made'; readonly result: GatewayResult }
  | {
      readonly kind: 'failed';
      readonly type: string;
      readonly message: string;
      readonly details: readonly unknown[];
    };

export const stepSignal = defineSignal<[StepProgress[]]>('step');
/** Other facts of the progress: what a plan tells. */
export const tellSignal = defineSignal<[Partial<Progress>]>('tell');
export const endSignal = defineSignal<[Ending]>('end');
/** Goes on as a new run, as a saga does with this version. */
export const goOnSignal = defineSignal<[number]>('goOn');
/** How it ends when it is cancelled: as cancelled, or with these details. */
export const onCancelSignal = defineSignal<[GatewayFailure]>('onCancel');

export const createGateway = stub;
export const updateGateway = stub;
export const deleteGateway = stub;
export const applyGateway = stub;

async function stub(input: GatewayRequest): Promise<GatewayResult> {
  const { resourceType, resourceId, version = 1 } = input;
  const progress: { -readonly [K in keyof Progress]: Progress[K] } = {
    gateway: { resourceType, resourceId, version },
    name: 'stub',
    steps: [],
    outcome: 'running',
  };
  let ending: Ending | undefined;
  let onCancel: GatewayFailure | undefined;
  let newer: number | undefined;
  setHandler(defineQuery<Progress>(PROGRESS_QUERY), () => progress);
  setHandler(stepSignal, (steps) => {
    progress.steps = steps;
  });
  setHandler(tellSignal, (told) => {
    Object.assign(progress, told);
  });
  setHandler(endSignal, (told) => {
    ending = told;
  });
  setHandler(goOnSignal, (told) => {
    newer = told;
  });
  setHandler(onCancelSignal, (failure) => {
    onCancel = failure;
  });
  try {
    await condition(() => ending !== undefined || newer !== undefined);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {});
    progress.outcome = 'cancelled';
    if (onCancel) throw failure(onCancel.type, onCancel.message, [onCancel]);
    throw error;
  }
  if (newer !== undefined) {
    progress.outcome = 'superseded';
    return makeContinueAsNewFunc<typeof stub>({ workflowType: APPLY_GATEWAY })({ ...input, version: newer });
  }
  const end = ending as Ending;
  progress.outcome = end.kind === 'made' ? end.result.outcome : end.kind;
  if (end.kind === 'made') return end.result;
  throw failure(end.type, end.message, end.details);
}

function failure(type: string, message: string, details: readonly unknown[]): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [...details] });
}

/** Stands in for a router pair: shows the queue that it was started with, until it is terminated. `activity`: which one it waits for, in vain. */
export async function routerPair(queue: PairQueue, activity?: string): Promise<void> {
  setHandler(defineQuery<PairQueue>(QUEUE_QUERY), () => queue);
  const activities = proxyActivities({
    startToCloseTimeout: '1 minute',
    retry: { initialInterval: '1 hour' },
  });
  if (activity !== undefined) await activities[activity]?.();
  await condition(() => false);
}
