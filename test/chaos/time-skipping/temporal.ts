/** The server, as people use it; and what is left of every run of every workflow. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import type { FullActivityId } from '@temporalio/client/lib/async-completion-client.js';
import { APPLY_SIGNAL, TASK_QUEUE } from '../../../gateway/messages.ts';
import { ROUTER_PAIR } from '../../../pair/messages.ts';
import type { WorkflowEvidence } from '../evidence.ts';
import type { PairRun } from '../informed-pairs.ts';
import { pairRunsOf } from '../pair-runs.ts';
import { readableHistory } from '../processes/readable-history.ts';
import { statusOf } from '../processes/status.ts';
import type { Start } from '../../simulation/scene.ts';

export interface WorkflowLeft {
  readonly workflow: WorkflowEvidence;
  /** The history as text. */
  readonly history: string;
  readonly isImpossible: boolean;
}

/** Events of a workflow's own tasks in histories. */
const TASKS = [
  'workflowTaskScheduledEventAttributes',
  'workflowTaskStartedEventAttributes',
  'workflowTaskCompletedEventAttributes',
  'workflowTaskTimedOutEventAttributes',
  'workflowTaskFailedEventAttributes',
] as const;

/**
 * Whether the server has begun a task of a workflow while an earlier one was under way. Temporal never does that. This server rarely does: it was seen
 * where an activity ended during the task that cancels the activity. No worker can go on from such a history.
 */
export function isImpossible(history: History): boolean {
  let isUnderWay = false;
  for (const event of history.events ?? []) {
    if (event.workflowTaskStartedEventAttributes) {
      if (isUnderWay) return true;
      isUnderWay = true;
    } else if (TASKS.some((kind) => event[kind]) && !event.workflowTaskScheduledEventAttributes)
      isUnderWay = false;
  }
  return false;
}

/**
 * Whether an activity has no end, though nobody will end it any more. This server forgets an activity that fails after a cancel was
 * requested. Temporal records the failure.
 */
export function isSwallowed(
  { events }: History,
  pending: readonly { readonly activityId?: string | null }[],
): boolean {
  const ends = ['Completed', 'Failed', 'TimedOut', 'Canceled'] as const;
  const ended = new Set(
    (events ?? []).flatMap((event) =>
      ends.map((end) => String(event[`activityTask${end}EventAttributes`]?.scheduledEventId)),
    ),
  );
  const open = new Set(pending.map(({ activityId }) => activityId));
  const cancelled = new Set(
    (events ?? []).map((event) => String(event.activityTaskCancelRequestedEventAttributes?.scheduledEventId)),
  );
  return (events ?? []).some(
    ({ eventId, activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled &&
      cancelled.has(String(eventId)) &&
      !ended.has(String(eventId)) &&
      !open.has(scheduled.activityId),
  );
}

export class RealTemporal {
  readonly #client: Client;
  readonly #tell: (words: string) => void;
  /** The workflow ids of the runs that were seen, by run id. */
  readonly #runs = new Map<string, string>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(client: Client, tell: (words: string) => void) {
    this.#client = client;
    this.#tell = tell;
  }

  /** Notes a run that was seen. */
  seen({ workflowId, runId }: { readonly workflowId: string; readonly runId: string }): void {
    this.#runs.set(runId, workflowId);
  }

  start({ type, workflowId, ref, newest }: Start): void {
    const start = { workflowId, taskQueue: TASK_QUEUE, args: [ref] };
    this.#do(`start ${workflowId}`, async () => {
      const { workflow } = this.#client;
      const runId =
        newest === undefined
          ? (await workflow.start(type, start)).firstExecutionRunId
          : (await workflow.signalWithStart(type, { ...start, signal: APPLY_SIGNAL, signalArgs: [newest] }))
              .signaledRunId;
      this.seen({ workflowId, runId });
    });
  }

  cancel(workflowId: string): void {
    this.#do(`cancel ${workflowId}`, () => this.#client.workflow.getHandle(workflowId).cancel());
  }

  terminate(workflowId: string): void {
    this.#do(`terminate ${workflowId}`, () => this.#client.workflow.getHandle(workflowId).terminate());
  }

  /** The server that skips time does not support it. */
  reset(): void {}

  /** Nothing to do: the server is a separate process. */
  polled(): void {}
  goAway(): void {}
  comeBack(): void {}

  /** Resolves once all earlier calls have been carried out. */
  async heard(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** Whether all calls have been carried out and every workflow has ended. */
  async isQuiet(): Promise<boolean> {
    return this.#underWay.size === 0 && (await this.#open()).length === 0;
  }

  /** Whether the running workflows have nothing to do: no activity, not even one that waits for a retry, and no task of their own. */
  async isIdle(): Promise<boolean> {
    for (const handle of await this.#open()) {
      const { raw } = await handle.describe();
      if ((raw.pendingActivities?.length ?? 0) > 0) return false;
      const { events } = await handle.fetchHistory();
      const last = events?.findLast((event) => TASKS.some((kind) => event[kind]));
      if (!last?.workflowTaskCompletedEventAttributes) return false;
    }
    return this.#underWay.size === 0;
  }

  /** Whether a running workflow can't go on, and the server is at fault. `isStill`: whether nothing has happened for a while. */
  async isAtStand(isStill: boolean): Promise<boolean> {
    for (const handle of await this.#open()) {
      const history = await handle.fetchHistory();
      if (isImpossible(history)) return true;
      if (isStill && isSwallowed(history, (await handle.describe()).raw.pendingActivities ?? [])) return true;
    }
    return false;
  }

  /** The activities whose end the server waits for. Activities that wait for a retry can't be told from activities that run. */
  async pending(): Promise<readonly FullActivityId[]> {
    const found: FullActivityId[] = [];
    for (const handle of await this.#open()) {
      const { workflowId, runId, raw } = await handle.describe();
      for (const { activityId } of raw.pendingActivities ?? [])
        if (activityId) found.push({ workflowId, runId, activityId });
    }
    return found;
  }

  /** Workflow ids whose newest run was terminated. */
  async terminated(): Promise<ReadonlySet<string>> {
    const ids = [...new Set(this.#runs.values())];
    const newest = await Promise.all(ids.map((id) => this.#client.workflow.getHandle(id).describe()));
    return new Set(
      newest.flatMap(({ workflowId, status }) => (status.name === 'TERMINATED' ? [workflowId] : [])),
    );
  }

  pairRuns(): Promise<readonly PairRun[]> {
    const runs = [...this.#runs].map(([runId, workflowId]) => ({ workflowId, runId }));
    return pairRunsOf(
      this.#client,
      runs.filter(({ workflowId }) => workflowId.startsWith('router_pair:')),
    );
  }

  async evidence(): Promise<readonly WorkflowLeft[]> {
    return Promise.all(
      [...this.#runs].map(async ([runId, workflowId]) => {
        const handle = this.#client.workflow.getHandle(workflowId, runId);
        const { status, type } = await handle.describe();
        const history = await handle.fetchHistory();
        const failure = history.events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
        const workflow: WorkflowEvidence = {
          workflowId,
          runId,
          type,
          status: statusOf(status.name),
          failure: failure ? (failure.message ?? '') : null,
          ...(type === ROUTER_PAIR ? { queue: 0 } : {}),
        };
        return { workflow, history: readableHistory(history), isImpossible: isImpossible(history) };
      }),
    );
  }

  async #open(): Promise<readonly WorkflowHandle[]> {
    const { options, workflowService, workflow } = this.#client;
    const { executions } = await workflowService.listOpenWorkflowExecutions({
      namespace: options.namespace,
      startTimeFilter: {},
    });
    return executions.flatMap(({ execution }) => {
      const { workflowId, runId } = execution ?? {};
      if (!workflowId || !runId) return [];
      this.seen({ workflowId, runId });
      return [workflow.getHandle(workflowId, runId)];
    });
  }

  /** Does something on the server, and only notes errors, such as of a cancel of what has ended, or of a start of what runs. */
  #do(what: string, work: () => Promise<unknown>): void {
    const doing = work().then(
      () => this.#tell(`${what}: done`),
      (error: unknown) => this.#tell(`${what}: ${String(error)}`),
    );
    this.#underWay.add(doing);
    void doing.finally(() => this.#underWay.delete(doing));
  }
}
