import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { listed, queueOf, startPair } from './pairs.ts';
import { openScene, type Scene } from './scene.ts';

describe('GatewayClient.queue', () => {
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
  });
  after(() => scene.close());

  it('is empty where no pair runs', async () => {
    assert.deepEqual(await scene.client.queue(), []);
    assert.deepEqual(await scene.client.queue('a+b'), []);
  });

  it('has every pair that runs, and no other workflow', async () => {
    await scene.client.create(scene.gateway());
    const queues = [
      queueOf(['e', 'f']),
      queueOf(['c', 'd'], { phase: 'applying', blockedBy: 'an operator' }),
    ];
    const ends = await Promise.all(queues.map((queue) => startPair(scene, queue)));
    const found = await listed(scene, 2);
    assert.deepEqual(
      found.map(({ workflowId, queue }) => [workflowId, queue]),
      [
        ['router_pair:c+d', queues[1]],
        ['router_pair:e+f', queues[0]],
      ],
    );
    assert(found.every(({ startedAt }) => startedAt <= new Date()));
    const ofOne = async (id: string) => (await scene.client.queue(id)).map(({ workflowId }) => workflowId);
    assert.deepEqual([await ofOne('d'), await ofOne('x')], [['router_pair:c+d'], []]);
    for (const end of ends) await end();
    await listed(scene, 0);
  });

  it('finds one pair at once, by its routers in any order or its workflow id, until it has ended', async () => {
    const queue = queueOf(['g', 'h']);
    const end = await startPair(scene, queue);
    for (const name of ['g+h', 'h+g', 'router_pair:g+h', 'router_pair:h+g']) {
      const [found, ...more] = await scene.client.queue(name);
      assert.deepEqual([found?.workflowId, found?.queue, more], ['router_pair:g+h', queue, []]);
    }
    await end();
    assert.deepEqual(await scene.client.queue('g+h'), []);
  });

  for (const [phase, activity] of [
    ['reserving', 'reserve'],
    ['applying', 'apply'],
    ['settling', 'settle'],
    ['recovering', 'settle'],
    ['making owed changes', 'pay'],
    ['ending the reservation', 'endReservation'],
  ] as const)
    it(`says why a pair goes on with "${phase}" only later: its activity has failed, and is tried again`, async () => {
      const end = await startPair(scene, queueOf(['g', 'h'], { phase }), activity);
      const blockedBy = async () => (await scene.client.queue('g+h'))[0]?.queue?.blockedBy;
      while ((await blockedBy()) !== 'etcd takes no writes') await setTimeout(20);
      await end();
    });

  it('has no queue while no worker answers', async () => {
    await scene.stopWorker();
    const end = await startPair(scene, queueOf(['i', 'j']));
    const [found] = await scene.client.queue('i+j');
    assert.deepEqual([found?.workflowId, found?.queue], ['router_pair:i+j', null]);
    await end();
    await scene.startWorker();
  });

  for (const name of ['', 'a+', '+b', 'a+b+c', 'a/x+b', 'a+b\n', 'router_pair:', 'vpn_gateway:a+', 'x:y'])
    it(`refuses ${JSON.stringify(name)}, which names neither a pair nor a router`, async () => {
      await assert.rejects(scene.client.queue(name), {
        name: 'InvalidRequestError',
        field: 'pair',
        expected: 'edge routers as A+B or A, or router_pair:A+B',
      });
    });

  it('refuses a pair that names one router twice', async () => {
    await assert.rejects(scene.client.queue('a+a'), {
      name: 'InvalidRequestError',
      message: 'pair: expected two different edge routers, got "a+a"',
    });
  });
});
