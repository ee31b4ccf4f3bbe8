/** Whether Temporal sees this worker poll. Only the server can say that, because a worker can't see that its own polls go nowhere. */
import type { NativeConnection } from '@temporalio/worker';
import { TASK_QUEUE } from '../../gateway/messages.ts';

/** `temporal.api.enums.v1.TaskQueueType`. */
const WORKFLOW_TASKS = 1;
/** How long a poll that was seen counts, in ms. If there is nothing to do, a poll stays open for a minute. */
const GOOD_FOR_MS = 90_000;

export class Polls {
  readonly #connection: NativeConnection;
  readonly #worker: { readonly namespace: string; readonly identity: string };
  /** The time of the last poll by the server's clock. Below: when that time was seen to have changed, by the process's monotonic clock. */
  #last = '';
  #movedAt = -Infinity;

  constructor(
    connection: NativeConnection,
    worker: { readonly namespace: string; readonly identity: string },
  ) {
    this.#connection = connection;
    this.#worker = worker;
  }

  get areSeen(): boolean {
    return performance.now() - this.#movedAt <= GOOD_FOR_MS;
  }

  /** Rejects if the server does not answer. */
  async look(deadlineMs: number): Promise<void> {
    const { namespace, identity } = this.#worker;
    const { pollers } = await this.#connection.withDeadline(Date.now() + deadlineMs, () =>
      this.#connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: TASK_QUEUE },
        taskQueueType: WORKFLOW_TASKS,
      }),
    );
    const at = pollers?.find((poller) => poller.identity === identity)?.lastAccessTime;
    const last = at ? `${String(at.seconds)}.${at.nanos ?? 0}` : '';
    if (last === this.#last) return;
    this.#last = last;
    this.#movedAt = last === '' ? -Infinity : performance.now();
  }
}
