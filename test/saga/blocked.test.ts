import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import type { GatewayRun, StepProgress } from '../../client/index.ts';
import { pairIdOf, QUEUE_QUERY } from '../../pair/messages.ts';
import type { PairQueue } from '../../pair/messages.ts';
import { client, LOCK, UNLOCK } from '../simulator/device/scene.ts';
import { openCancelScene } from './cancel-scene.ts';
import type { CancelScene } from './cancel-scene.ts';

describe('a batch whose router an operator has locked', function () {
  this.timeout(40_000);
  let scene: CancelScene;
  before(async () => {
    scene = await openCancelScene(1, 60_000);
  });
  after(() => scene.close());

  it('names the operator, lets a cancelled member leave at once, and takes the others when the lock is released', async () => {
    const [leaves, stays] = [await scene.candidate(), await scene.candidate()];
    const pair = pairIdOf([leaves.primary.id, leaves.secondary.id]);
    const operator = client(leaves.primary.device);
    await operator.ok(LOCK);
    // Both come before the routers are reserved.
    const hold = scene.holds.at({ resourceId: pair }, 'reserve', 'before');
    const leaving = await scene.world.client.create(leaves.gateway);
    await hold.reached;
    const staying = await scene.world.client.create(stays.gateway);
    const handle = scene.world.temporal.workflow.getHandle(pair);
    const queueWhen = async (is: (queue: PairQueue) => boolean): Promise<PairQueue> => {
      for (;;) {
        const queue = await handle.query<PairQueue>(QUEUE_QUERY);
        if (is(queue)) return queue;
      }
    };
    await queueWhen(({ batch }) => batch.length === 2);
    hold.release();

    const blocked = await queueWhen(({ blockedBy }) => blockedBy !== null);
    assert.equal(blocked.phase, 'waiting for a router');
    const locked = `MX-\\d+: configuration database locked by: esi terminal \\(pid \\d+\\) on since \\d{4}-`;
    assert.match(blocked.blockedBy ?? '', new RegExp(`^${locked}`));
    const waits = await waitingOf(staying);
    assert.match(waits.blockedBy ?? '', new RegExp(`^${locked}`));
    assert.match(waits.waitingFor ?? '', /in a batch of 2 \(waiting for a router\)$/);

    await leaving.cancel();
    await scene.assertCancelled(leaves, leaving);
    const { batch } = await queueWhen(({ phase }) => phase === 'waiting for a router');
    assert.deepEqual(
      batch.map(({ gateway }) => gateway.resourceId),
      [stays.gateway.resourceId],
    );

    await operator.ok(UNLOCK);
    await scene.assertCreated(stays, staying);
    operator.session.close();
  });

  it('is waited for in the same way as one whose key is not known while somebody replaces known_hosts', async () => {
    const candidate = await scene.candidate();
    const { knownHosts } = scene.world;
    await rename(knownHosts, `${knownHosts}.aside`);
    // Sessions that stand were checked when they began.
    candidate.primary.server.setReachable(false);
    candidate.primary.server.setReachable(true);
    const run = await scene.world.client.create(candidate.gateway);
    const { blockedBy } = await waitingOf(run);
    assert.match(blockedBy ?? '', /^router MX-\d.* is unknown \(\S+ can't be read \(ENOENT\)\); /);
    await rename(`${knownHosts}.aside`, knownHosts);
    await scene.assertCreated(candidate, run);
  });

  it('is named by clients too while the batch on it can not be settled', async () => {
    const candidate = await scene.candidate();
    const { gateway, primary, secondary } = candidate;
    const hold = scene.holds.at(gateway, 'settle', 'before');
    const run = await scene.world.client.create(gateway);
    await hold.reached;
    const operator = client(primary.device);
    await operator.ok(LOCK);
    hold.release();
    const locked = /^MX-\d+: configuration database locked by: esi terminal/;
    for (let blockedBy: string | null = null; blockedBy === null;) {
      const [pair] = await scene.world.client.queue(`${primary.id}+${secondary.id}`);
      blockedBy = pair?.queue?.blockedBy ?? null;
      if (blockedBy !== null) assert.match(blockedBy, locked);
    }
    const status = await scene.world.client.status(gateway);
    assert.ok(status.kind === 'running');
    const confirm = status.progress?.steps.find(({ step }) => step === 'confirm');
    assert.match(confirm?.blockedBy ?? '', locked);
    assert.match(confirm?.waitingFor ?? '', /in a batch of 1 \(settling\)$/);
    await operator.ok(UNLOCK);
    await scene.assertCreated(candidate, run);
    operator.session.close();
  });
});

async function waitingOf(run: GatewayRun): Promise<StepProgress> {
  for await (const { steps } of run.watch({ intervalMs: 50 })) {
    const found = steps.find(({ step }) => step === 'apply');
    if (found?.blockedBy !== undefined) return found;
  }
  throw new Error('it ended without waiting');
}
