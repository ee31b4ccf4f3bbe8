/** Whether Temporal sees this worker poll. Only the server can say that, because a worker can't see that its own polls go nowhere. */
import type { NativeConnection } from '@temporalio/worker';
import { TASK_QUEUE } from '../../gateway/messages.ts';

/** `temporal.api.enums.v1.TaskQueueType`. */
const WORKFLOW_TASKS = 1;
/** How long a poll that was seen counts, in ms. If there is nothing to do, a poll stays open for a minute. */
const GOOD_FOR_MS = 90_000;

/** A worker, as the server knows it. */
interface Poller {
  readonly namespace: string;
  readonly identity: string;
}

/** When this worker last asked for workflow tasks, by the server's clock. Nothing: the server does not know this worker yet. */
export async function lastPoll(
  { workflowService }: Pick<NativeConnection, 'workflowService'>,
  { namespace, identity }: Poller,
) {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  });
  return pollers?.find((poller) => poller.identity === identity)?.lastAccessTime;
}

export class Polls {
  readonly #connection: NativeConnection;
  readonly #worker: Poller;
  /** The time of the last poll by the server's clock. Below: when that time was seen to have changed, by the process's monotonic clock. */
  #last = '';
  #movedAt = -Infinity;

  constructor(connection: NativeConnection, worker: Poller) {
    this.#connection = connection;
    this.#worker = worker;
  }

  get areSeen(): boolean {
    return performance.now() - this.#movedAt <= GOOD_FOR_MS;
  }

  /** Rejects if the server does not answer. */
  async look(deadlineMs: number): Promise<void> {
    const at = await this.#connection.withDeadline(Date.now() + deadlineMs, () =>
      lastPoll(this.#connection, this.#worker),
    );
    const last = at ? `${String(at.seconds)}.${at.nanos ?? 0}` : '';
    if (last === this.#last) return;
    this.#last = last;
    this.#movedAt = last === '' ? -Infinity : performance.now();
  }
}
