/**
 * Tells the sagas whose requests wait when an operator begins or ends a maintenance hold on a router of their pair. Their pages in the Web UI show
 * it. What a saga is told decides nothing, so losing it costs nothing: a saga that sends its request again forgets what it was told, and is told
 * anew.
 */
import { holdText, LENGTHS, oneLine } from '../../gateway/display.ts';
import { HELD_SIGNAL, type HeldRouters } from '../../gateway/messages.ts';
import { PAIR_LIMITS } from '../../pair/limits.ts';
import type { ReplyTo } from '../../pair/messages.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import type { MaintenanceHold } from '../../pair/router-record.ts';
import type { Store } from '../../etcd/store.ts';
import { isWaiting, type Client } from '../executions.ts';

export interface ToldRequest {
  readonly client: Client;
  readonly replyTo: ReplyTo;
  /** The routers that the request waits for. Absent: no hold keeps it waiting, because the request is about what is on the routers already. */
  readonly waitsFor?: readonly { readonly id: string; readonly name: string }[] | undefined;
  /** What its saga was told last. */
  told: string | null;
  /** Its saga waits no more. */
  isAnswered: boolean;
}

/** About how many requests of one pair a look asks Temporal at most. The requests of a batch are answered together. */
const MOST_ASKED = PAIR_LIMITS.batch;

export class HoldTeller {
  readonly #store: Pick<Store, 'holds'>;
  /** By pair: when its routers were looked at last, by the process's monotonic clock. */
  readonly #lookedAt = new Map<string, number>();

  constructor(store: Pick<Store, 'holds'>) {
    this.#store = store;
  }

  /** `requests`: all of this pair. Looks seldom, signals only what has changed, and marks the requests to apply that it finds answered. */
  async tell(pair: string, requests: readonly ToldRequest[], now = performance.now()): Promise<void> {
    const waiting = requests.filter(({ waitsFor, isAnswered }) => waitsFor !== undefined && !isAnswered);
    const routers = waiting[0]?.waitsFor;
    if (routers === undefined) {
      this.#lookedAt.delete(pair);
      return;
    }
    if (now - (this.#lookedAt.get(pair) ?? -Infinity) < PAIR_TIMES.holdsLookMs) return;
    this.#lookedAt.set(pair, now);
    if (!(await isOneWaiting(waiting))) return;
    const ids = routers.map(({ id }) => id);
    const found = await this.#store.holds(ids);
    const holds = new Map(ids.map((id, index) => [id, found[index] ?? null]));
    for (const request of waiting) {
      const why = whyOf(request, holds);
      if (request.told !== why && !request.isAnswered)
        await tellOne(request, why)
          .then(() => (request.told = why))
          // Tried again at the next look. The others are told now.
          .catch(() => undefined);
    }
  }
}

/** Routers are named as they were when the request was sent. */
function whyOf(
  { waitsFor = [] }: ToldRequest,
  holds: ReadonlyMap<string, MaintenanceHold | null>,
): string | null {
  const held = waitsFor.flatMap(({ id, name }) => {
    const hold = holds.get(id);
    return hold ? [holdText(name, hold)] : [];
  });
  return held.length === 0 ? null : oneLine(held.join('; '), LENGTHS.reason);
}

/**
 * Asks about the oldest requests, one after the other, until one of them waits. So Temporal is asked about each answered request once, and at each
 * look about one that waits.
 */
async function isOneWaiting(requests: readonly ToldRequest[]): Promise<boolean> {
  for (const request of requests.slice(0, MOST_ASKED)) if (await stillWaits(request)) return true;
  return requests.length > MOST_ASKED;
}

async function stillWaits(request: ToldRequest): Promise<boolean> {
  request.isAnswered = !(await isWaiting(request.replyTo, request.client));
  return !request.isAnswered;
}

async function tellOne(request: ToldRequest, why: string | null): Promise<void> {
  if (!(await stillWaits(request))) return;
  const { client, replyTo } = request;
  const { workflowId, runId } = replyTo;
  const handle = client.workflow.getHandle(workflowId, runId);
  await handle.signal(HELD_SIGNAL, { why } satisfies HeldRouters);
}
