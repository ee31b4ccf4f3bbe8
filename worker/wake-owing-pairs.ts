/**
 * What a worker does at its start for routers that owe something ("owed change", T7). The workflow of a pair, while it runs, looks at them by itself. If
 * it was terminated, nobody would look before the next request. So the worker wakes each pair with a gateway of which something is owed.
 */
import { partsOf } from '../gateway/lists.ts';
import { setTimeout } from 'node:timers/promises';
import type { Worker } from '@temporalio/worker';
import { namesOfPair } from '../activities/router/router-target.ts';
import { READ_LIMIT } from '../etcd/members.ts';
import type { Store } from '../etcd/store.ts';
import { ROUTER_PAIR, pairIdOf, wakingPair } from '../pair/messages.ts';

type Starter = Pick<NonNullable<Worker['client']>['workflow'], 'signalWithStart'>;
type Records = Pick<Store, 'routers' | 'plans' | 'snapshot'>;

/** How many times at most the worker tries this, and the pause between two tries, in ms. */
const [TRIES, PAUSE_MS] = [20, 15_000];

/** The pairs with a gateway of which a router owes something, each as the ids of its edge routers, sorted. A record that can't be read hides no other. */
export async function owingPairs(
  store: Pick<Records, 'routers' | 'plans'>,
): Promise<readonly (readonly [string, string])[]> {
  const records = [...(await store.routers()).values()];
  const owed = records.flatMap((record) => ('owedChanges' in record ? record.owedChanges : []));
  const found = new Map<string, readonly [string, string]>();
  for (const some of partsOf(owed, READ_LIMIT)) {
    const plans = await store.plans(some.map(({ gateway }) => gateway));
    for (const plan of plans) {
      if (plan === undefined || !('routers' in plan)) continue;
      const { primary, secondary } = plan.routers;
      const pair = [primary.id, secondary.id].sort() as [string, string];
      found.set(pairIdOf(pair), pair);
    }
  }
  return [...found.values()];
}

/** Never rejects: what is owed stays in etcd, and is made when the next request for one of the routers comes. */
export async function wakeOwingPairs(
  store: Records,
  client: Starter,
  {
    warn,
    signal,
    pauseMs = PAUSE_MS,
  }: { warn: (words: string) => void; signal: AbortSignal; pauseMs?: number },
): Promise<void> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      for (const routers of await owingPairs(store))
        await client.signalWithStart(ROUTER_PAIR, wakingPair(routers, await namesOfPair(store, routers)));
      return;
    } catch (error) {
      if (tries === TRIES) {
        warn(
          `what routers owe waits for the next request: ${error instanceof Error ? error.message : String(error)}`,
        );
        return;
      }
    }
    await setTimeout(pauseMs, undefined, { ref: false, signal }).catch(() => undefined);
  }
}
