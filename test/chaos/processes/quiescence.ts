/** Whether anything still goes on, in words; nothing when all has come to rest. */
import { setTimeout as sleep } from 'node:timers/promises';
import { workflowIdOf } from '../../../gateway/resource.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { ROUTERS } from '../workload.ts';
import { pairIds } from './pair-runs.ts';
import type { Stage } from './participants.ts';
import { REST_MS } from './policy.ts';

const LOOK_MS = 200;

/**
 * Waits until nothing goes on any more. Resolves to what still did when the time was over. What is owed, and a reservation that a terminated
 * pair had, wait for the next gateway there.
 */
export async function untilRest(
  stage: Stage,
  gateways: readonly TestGateway[],
  { owed }: { readonly owed: 'counts' | 'may be' },
  limitMs = REST_MS,
): Promise<readonly string[]> {
  const givenUp = Date.now() + limitMs;
  for (;;) {
    const busy = await goingOn(stage, gateways, owed).catch((error: unknown) => [String(error)]);
    if (busy.length === 0 || Date.now() > givenUp) return busy;
    await sleep(LOOK_MS);
  }
}

async function goingOn(
  { site, participants, routers }: Stage,
  gateways: readonly TestGateway[],
  owed: 'counts' | 'may be',
): Promise<readonly string[]> {
  const sagas = await Promise.all(
    gateways.map(async (gateway) =>
      (await site.client.status(gateway)).kind === 'running' ? [`${workflowIdOf(gateway)} runs`] : [],
    ),
  );
  // Cheapest first: the rest is not looked at while a saga runs.
  if (sagas.flat().length > 0) return sagas.flat();
  const devices = await Promise.all(
    ROUTERS.map(async (router) => {
      const { lock, pending } = await routers.order({ kind: 'inspect', router });
      const { reservation, owedChanges } = await site.store.router(participants.routers[router].id);
      return [
        ...(lock ? [`${router} is locked by ${lock.user}`] : []),
        ...(pending ? [`${router}: a commit by ${pending.user} is pending`] : []),
        ...(reservation && owed === 'counts' ? [`${router}: ${reservation.pair} has it reserved`] : []),
        ...(owed === 'counts'
          ? owedChanges.map(({ gateway }) => `${router}: ${gateway.resourceId} is owed`)
          : []),
      ];
    }),
  );
  if (devices.flat().length > 0) return devices.flat();
  // A terminated creation is published by its pair; where no pair knows of it, it is started again.
  const unpublished = owed === 'counts' ? await unpublishedOf(site, gateways) : [];
  if (unpublished.length > 0) return unpublished;
  const pairs = await Promise.all(pairIds(participants).map((pair) => site.client.queue(pair)));
  return pairs.flat().flatMap(({ workflowId, queue }) => {
    const waiting = queue === null ? 1 : queue.waiting.length + queue.batch.length;
    return waiting === 0
      ? []
      : [`${workflowId}: ${queue === null ? 'no worker answers' : `${waiting} wait`}`];
  });
}

async function unpublishedOf(
  site: Stage['site'],
  gateways: readonly TestGateway[],
): Promise<readonly string[]> {
  const found = await Promise.all(
    gateways.map(async (gateway) => {
      const [plan, state] = [await site.store.planRecord(gateway), await site.store.state(gateway)];
      if (plan === undefined || (state?.version ?? -1) >= plan.gateway.version) return [];
      // Where there is no configuration, nothing is told.
      const { resourceType: type, resourceId: id } = gateway;
      const config = await site.store.snapshot().read({ type, id });
      return !('kind' in config && config.kind === 'missing')
        ? [`${workflowIdOf(gateway)} is not told of in /state`]
        : [];
    }),
  );
  return found.flat();
}
