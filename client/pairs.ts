import { partsOf } from '../gateway/lists.ts';
import { WorkflowNotFoundError } from '@temporalio/client';
import { pairIdOf, QUEUE_QUERY, ROUTER_PAIR, type PairQueue } from '../pair/messages.ts';
import { query } from './query.ts';
import { InvalidRequestError } from './errors.ts';
import type { Temporal } from './temporal.ts';

/** The workflow of a router pair, while it runs. A pair without a running workflow has no gateway waiting and none in a batch. */
export interface PairStatus {
  readonly workflowId: string;
  /** When its present run started. The workflow continues as new before its history grows large. */
  readonly startedAt: Date;
  /** `null` while no worker answers. */
  readonly queue: PairQueue | null;
}

/** What the workflow ids of all pairs begin with. */
const PREFIX = pairIdOf(['', '']).replace('+', '');
/** How many pairs are queried at once: each query is a task for some worker. */
const AT_ONCE = 16;
/** How long a worker may take to answer, in ms. */
const ANSWER_MS = 3_000;

/** One edge router, or two that make a pair. */
export type RouterOrPair = readonly [string] | readonly [string, string];

/**
 * The router or the two routers that a text names: `A`, `A+B` in any order, or a pair's workflow id.
 *
 * @throws {InvalidRequestError} if the text names neither.
 */
export function validPair(pair: string): RouterOrPair {
  const ids = (pair.startsWith(PREFIX) ? pair.slice(PREFIX.length) : pair).split('+');
  const [one = '', other] = ids;
  if (ids.length > 2 || ids.some((id) => id === '' || id.length > 255 || /[/:\p{Cc}]/u.test(id)))
    throw new InvalidRequestError('pair', `edge routers as A+B or A, or ${PREFIX}A+B`, pair);
  if (other === undefined) return [one];
  if (one === other) throw new InvalidRequestError('pair', 'two different edge routers', pair);
  return one < other ? [one, other] : [other, one];
}

/** The pairs whose workflows run, by id: all of them, the named pair, or those of one router. */
export async function runningPairs(
  temporal: Temporal,
  named: RouterOrPair | undefined,
): Promise<readonly PairStatus[]> {
  const found = await running(temporal, named);
  const answers: PairStatus[] = [];
  for (const some of partsOf(found, AT_ONCE))
    answers.push(...(await Promise.all(some.map((pair) => withQueue(temporal, pair)))));
  return answers;
}

type Running = Omit<PairStatus, 'queue'>;

async function running(temporal: Temporal, named: RouterOrPair | undefined): Promise<readonly Running[]> {
  if (named?.length === 2) return describe(temporal, pairIdOf(named));
  const all = await list(temporal);
  if (named === undefined) return all;
  return all.filter(({ workflowId }) => workflowId.slice(PREFIX.length).split('+').includes(named[0]));
}

async function describe(temporal: Temporal, workflowId: string): Promise<readonly Running[]> {
  const handle = temporal.client.workflow.getHandle(workflowId);
  try {
    const { status, startTime } = await temporal.call(() => handle.describe());
    return status.name === 'RUNNING' ? [{ workflowId, startedAt: startTime }] : [];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}

/** All pairs whose workflows run. Temporal's list may lag behind by a moment. */
async function list(temporal: Temporal): Promise<readonly Running[]> {
  const query = `WorkflowType = '${ROUTER_PAIR}' AND ExecutionStatus = 'Running'`;
  const found = await temporal.call(async () => {
    const all = new Map<string, Running>();
    for await (const { workflowId, startTime } of temporal.client.workflow.list({ query })) {
      const known = all.get(workflowId);
      // Around a continue-as-new both runs may be listed.
      if (!known || known.startedAt < startTime) all.set(workflowId, { workflowId, startedAt: startTime });
    }
    return [...all.values()];
  });
  return found.sort((one, other) => (one.workflowId < other.workflowId ? -1 : 1));
}

/** For each phase in which the pair has work done: the activity that does it, and that Temporal retries. */
const RETRIED: Readonly<Record<string, string>> = {
  reserving: 'reserve',
  applying: 'apply',
  settling: 'settle',
  recovering: 'settle',
  'making owed changes': 'pay',
  'ending the reservation': 'endReservation',
};

/**
 * The pair's queue. `null`: no worker answers. If the pair itself knows of nothing that blocks it, and Temporal is retrying the activity of its phase,
 * `blockedBy` is the last failure of that activity.
 */
export async function queueOf(
  temporal: Temporal,
  workflowId: string,
  timeoutMs: number,
): Promise<PairQueue | null> {
  const handle = temporal.client.workflow.getHandle(workflowId);
  const queue = await query<PairQueue>(temporal, handle, QUEUE_QUERY, { timeoutMs });
  const step = queue?.blockedBy === null ? RETRIED[queue.phase] : undefined;
  if (queue === null || step === undefined) return queue;
  const { raw } = await temporal.call(() => handle.describe());
  const pending = raw.pendingActivities?.find(({ activityType }) => activityType?.name === step);
  return { ...queue, blockedBy: pending?.lastFailure?.message ?? null };
}

async function withQueue(temporal: Temporal, pair: Running): Promise<PairStatus> {
  return { ...pair, queue: await queueOf(temporal, pair.workflowId, ANSWER_MS) };
}
