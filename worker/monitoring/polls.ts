/** Whether Temporal sees this worker poll. It asks the server, because a worker can't see that its own polls go nowhere. */
import type { NativeConnection } from '@temporalio/worker';
import { TASK_QUEUE } from '../../gateway/messages.ts';

/** `temporal.api.enums.v1.TaskQueueType`. */
const WORKFLOW_TASKS = 1;
/** A poll stays open for a minute, if there is nothing to do. */
const GOOD_FOR_MS = 90_000;

export class Polls {
  readonly #connection: NativeConnection;
  readonly #worker: { readonly namespace: string; readonly identity: string };
  /** The server's time of the last poll, and when it was seen to have moved, by the monotonic clock. */
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
