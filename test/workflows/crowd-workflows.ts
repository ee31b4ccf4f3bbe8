/** A pair's workflow that carries few members, and sagas that want nothing but their turn on its routers. */
import { CancellationScope } from '@temporalio/workflow';
import { PAIR_LIMITS } from '../../pair/limits.ts';
import { PAIR_TIMES } from '../../pair/times.ts';
import { PairRequests } from '../../workflows/pair-requests.ts';
import type { Requester } from '../../workflows/pair-requests.ts';
import { ProgressLog } from '../../workflows/progress-log.ts';
import { isCancelled } from '../../workflows/reason.ts';

export { routerPair } from '../../workflows/index.ts';

Object.assign(PAIR_LIMITS, { batch: 4, waiting: 8, answersAtOnce: 16, eventsAtOnce: 50 });
Object.assign(PAIR_TIMES, {
  keptMs: 2_000,
  doorMinMs: 100,
  memberMs: 10,
  doorAnswerMs: 50,
  lingerMs: 500,
  publicationCheckMs: 100,
});

/** Resolves to how it ended. */
export async function turn(requester: Requester): Promise<string> {
  const pair = new PairRequests(requester, new ProgressLog(requester.gateway));
  try {
    const trial = await pair.apply(false);
    const next = await pair.confirm(trial.name, []);
    return next?.name ?? 'kept';
  } catch (error) {
    if (!isCancelled(error)) throw error;
    return CancellationScope.nonCancellable(async () => `cancelled, ${(await pair.revert()).kind}`);
  }
}
