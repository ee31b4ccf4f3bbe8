import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/common';
import { pairIdOf, QUEUE_QUERY, REQUEST_SIGNAL, ROUTER_PAIR } from '../../pair/messages.ts';
import type { PairQueue, PairRequest } from '../../pair/messages.ts';
import type { Requester } from '../../workflows/pair-requests.ts';
import { kindRouters } from './kind-routers.ts';
import type { KindRouters } from './kind-routers.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

const requesterOn = (pair: readonly [string, string], number: number): Requester => ({
  gateway: { resourceType: 'vpn_gateway', resourceId: `${pair[0]}-${number}`, version: 1 },
  run: `run ${number}`,
  name: `${number}`,
  routers: {
    primary: { role: 'primary', id: pair[0], name: 'MX-1' },
    secondary: { role: 'secondary', id: pair[1], name: 'MX-2' },
  },
});
const newPair = () => [randomUUID(), randomUUID()].sort() as [string, string];

describe('a hundred sagas on a pair that carries eight', function () {
  this.timeout(240_000);
  const SAGAS = 100;
  let scene: WorkflowScene;
  let routers: KindRouters;
  before(async () => {
    routers = kindRouters();
    scene = await openWorkflows('crowd-workflows.ts', routers.activities);
  });
  after(() => scene.close());

  it('are all served, those at the door as well; who is cancelled there leaves without a look', async () => {
    const pair = newPair();
    const start = (number: number) =>
      scene.client.start('turn', {
        taskQueue: scene.taskQueue,
        workflowId: `vpn_gateway:${pair[0]}-${number}`,
        args: [requesterOn(pair, number)],
      });
    const runs = [];
    for (let number = 0; number < SAGAS; number += 1) runs.push(await start(number));
    const handle = scene.client.getHandle(pairIdOf(pair));
    const over = new AbortController();
    const looks = (async () => {
      let most = 0;
      while (!over.signal.aborted) {
        // The first request starts the pair.
        const queue = await handle.query<PairQueue>(QUEUE_QUERY).catch((error: unknown) => {
          if (error instanceof WorkflowNotFoundError) return undefined;
          throw error;
        });
        assert.ok((queue?.waiting.length ?? 0) <= 8 + 2 * 4, `${queue?.waiting.length} wait`);
        most = Math.max(most, queue?.door.standing ?? 0);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return most;
    })();
    await runs.at(-1)?.cancel();
    const outcomes = await Promise.all(runs.map((run) => run.result() as Promise<string>));
    over.abort();
    assert.deepEqual(new Set(outcomes.slice(0, -1)), new Set(['kept']));
    assert.equal(outcomes.at(-1), 'cancelled, reverted');
    assert.equal(new Set(routers.applied).size, routers.applied.length);
    assert.ok((await looks) > 0, 'nobody was seen at the door');
  });
});

describe('six thousand requests that wait for a worker on one pair', function () {
  this.timeout(300_000);
  const REQUESTS = 6_000;
  const AT_ONCE = 50;
  let scene: WorkflowScene;
  before(async () => {
    scene = await openWorkflows('../../workflows/index.ts', kindRouters().activities, { isLate: true });
  });
  after(() => scene.close());

  it('do not stop the worker, and another pair answers meanwhile', async () => {
    const [flooded, other] = [newPair(), newPair()];
    const send = (pair: readonly [string, string], number: number) => {
      const { gateway, run, name } = requesterOn(pair, number);
      const replyTo = { workflowId: `nobody ${pair[0]} ${number}`, runId: randomUUID(), activityId: '1' };
      const request: PairRequest = {
        gateway,
        run,
        name,
        sequence: number + 1,
        replyTo,
        action: { kind: 'apply' },
      };
      return scene.client.signalWithStart(ROUTER_PAIR, {
        workflowId: pairIdOf(pair),
        taskQueue: scene.taskQueue,
        args: [{ routers: pair }],
        signal: REQUEST_SIGNAL,
        signalArgs: [request],
      });
    };
    for (let from = 0; from < REQUESTS; from += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => send(flooded, from + index)));
    await send(other, 0);
    await scene.startWorker();
    // Its only member has no saga, so the pair reverts it and goes idle.
    const queueOf = (pair: readonly [string, string]) =>
      scene.client.getHandle(pairIdOf(pair)).query<PairQueue>(QUEUE_QUERY);
    const queue = await queueOf(other);
    assert.ok(queue.waiting.length + queue.batch.length <= 1);
    const full = await queueOf(flooded);
    assert.ok(full.waiting.length <= 256, `${full.waiting.length} wait`);
    // Nobody hears the answers, so all leave the door again, and what had entered is reverted.
    for (;;) {
      const { waiting, batch, door } = await queueOf(flooded);
      if (waiting.length + batch.length + door.standing === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    const { historyLength } = await scene.client.getHandle(pairIdOf(flooded)).describe();
    assert.ok(historyLength < 5_000, `it has not continued as new: ${historyLength} events`);
    await scene.client.getHandle(pairIdOf(flooded)).terminate();
  });
});
