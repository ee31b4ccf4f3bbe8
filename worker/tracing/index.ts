/**
 * Spans of changes, of their steps, of activities, and of requests to routers. A span has names, ids and times, and the type of a failure.
 *
 * 1. Nothing is added to workflows or their histories. The ids of a saga's trace follow from its run's id, so whichever worker runs an activity puts it
 *    into the right trace.
 * 2. An activity of a pair or of the watch is a trace of its own, because their workflows run for days.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { ChangeEnd, StepEnd } from '../../gateway/change-end.ts';
import { APPLY_GATEWAY, WORKFLOWS } from '../../gateway/messages.ts';
import type { ObservedRequest } from '../../netconf/observer.ts';
import { newSpanId } from './otlp.ts';
import type { Span } from './otlp.ts';

const SAGAS: ReadonlySet<string> = new Set([APPLY_GATEWAY, ...Object.values(WORKFLOWS)]);

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
}

export class Tracing {
  readonly #add: (span: Span) => void;
  /** The activity that the code runs in. */
  readonly #activity = new AsyncLocalStorage<SpanContext>();

  constructor(add: (span: Span) => void) {
    this.#add = add;
  }

  /** The interceptor that the worker's options take. */
  readonly activities: ActivityInterceptorsFactory = ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const { activityType, attempt, workflowExecution, workflowType = '' } = info;
        const { workflowId = '', runId = '' } = workflowExecution ?? {};
        const saga = SAGAS.has(workflowType) ? placeOf(runId) : undefined;
        const place = { traceId: saga?.traceId ?? hash(newSpanId(), 32), spanId: newSpanId() };
        const startMs = now();
        let failure: string | undefined;
        try {
          return await this.#activity.run(place, () => next(input));
        } catch (error) {
          failure = failureOf(error);
          throw error;
        } finally {
          this.#add({
            ...place,
            parentSpanId: saga?.spanId,
            name: activityType,
            kind: 'internal',
            startMs,
            endMs: now(),
            attributes: {
              'temporal.workflow_id': workflowId,
              'temporal.run_id': runId,
              'temporal.attempt': attempt,
              ...(failure !== undefined && { 'error.type': failure }),
            },
            isError: failure !== undefined,
          });
        }
      },
    },
  });

  /**
   * A request to a router is a span in that of the activity that has sent it. Requests that no activity sends, such as the end of an idle session, are
   * not told.
   */
  readonly request = ({ peer, operation, ms, outcome }: ObservedRequest): void => {
    const activity = this.#activity.getStore();
    if (activity === undefined) return;
    const endMs = now();
    this.#add({
      traceId: activity.traceId,
      spanId: newSpanId(),
      parentSpanId: activity.spanId,
      name: operation,
      kind: 'client',
      startMs: endMs - ms,
      endMs,
      attributes: { 'router.id': peer.id, 'router.name': peer.name ?? peer.id, 'request.outcome': outcome },
      isError: outcome !== 'done',
    });
  };

  /** Adds the spans of a saga's run that has ended, and of its steps. */
  readonly ended = (end: ChangeEnd, steps: readonly StepEnd[], runId: string): void => {
    const { traceId, spanId } = placeOf(runId);
    const endMs = now();
    const { resourceType, resourceId, action, outcome, seconds, failureType, version } = end;
    this.#add({
      traceId,
      spanId,
      name: action ?? 'change',
      kind: 'internal',
      startMs: endMs - seconds * 1_000,
      endMs,
      attributes: {
        'gateway.type': resourceType,
        'gateway.id': resourceId,
        ...(version !== null && { 'gateway.version': version }),
        'temporal.run_id': runId,
        'change.outcome': outcome,
        ...(failureType !== undefined && { 'error.type': failureType }),
      },
      isError: outcome === 'failed',
    });
    for (const { step, outcome, since, seconds } of steps)
      this.#add({
        traceId,
        spanId: newSpanId(),
        parentSpanId: spanId,
        name: `step ${step}`,
        kind: 'internal',
        startMs: since,
        endMs: since + seconds * 1_000,
        attributes: { 'step.outcome': outcome },
        isError: outcome === 'failed',
      });
  };
}

/** The ids of the trace and of the outermost span of a saga's run. */
function placeOf(runId: string): SpanContext {
  return { traceId: hash(`trace ${runId}`, 32), spanId: hash(`span ${runId}`, 16) };
}

function hash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** The type of an activity's failure. `undefined`: it is none. The message is for people, and stays in the history. */
function failureOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return 'unknown';
  // The activity is answered later, by somebody else.
  if (error.name === 'CompleteAsyncError') return undefined;
  return 'type' in error && typeof error.type === 'string' ? error.type : error.name;
}

/** The time in ms since the epoch, with a fraction. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
