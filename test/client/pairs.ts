/** Router pairs' workflows that show a queue, without a saga or a router. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PairQueue } from '../../client/index.ts';
import { pairIdOf } from '../../pair/messages.ts';
import type { Scene } from './scene.ts';
import type { RETRIED } from './temporal.ts';

export function queueOf(routers: readonly [string, string], more: Partial<PairQueue> = {}): PairQueue {
  const since = '2026-01-01T00:00:00.000Z';
  return {
    routers,
    names: routers,
    reservation: null,
    phase: 'idle',
    blockedBy: null,
    vrrp: null,
    since,
    batch: [],
    waiting: [],
    door: { standing: 0, gate: 0 },
    ...more,
  };
}

/** Starts a pair's workflow that shows this queue. `activity`: which one of `RETRIED` it waits for. */
export async function startPair(
  scene: Scene,
  queue: PairQueue,
  activity?: (typeof RETRIED)[number],
): Promise<() => Promise<unknown>> {
  const workflowId = pairIdOf(queue.routers);
  const options = { taskQueue: 'gateways', workflowId, args: [queue, activity] };
  const handle = await scene.temporal.workflow.start('routerPair', options);
  return () => handle.terminate();
}

/** Reads Temporal's list, which is a moment behind, until it has `count` pairs. */
export async function listed(scene: Scene, count: number) {
  for (;;) {
    const found = await scene.client.queue();
    if (found.length === count) return found;
    await sleep(20);
  }
}
