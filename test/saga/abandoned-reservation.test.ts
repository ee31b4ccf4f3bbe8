import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { writeRecords } from '../../local/load-samples.ts';
import type { LocalRouter } from '../../local/routers.ts';
import { gatewayOn, recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';
import { assertLeft } from './matrix-quiescence.ts';

/** Shorter than the minutes after which what is on trial falls back. */
describe('a reservation whose saga and pair were terminated', function () {
  this.timeout(20_000);
  const holds = new Holds();
  let world: World;
  before(async () => {
    world = await openWorld({ pairs: 2, wrap: holds.wrap });
  });
  after(async () => {
    await world.close();
  });

  it('is settled and ended when another pair needs one of its routers, without a request to its own pair', async () => {
    const [a, b, c] = world.routers as readonly [LocalRouter, LocalRouter, LocalRouter];
    const left = await written(a, b, 0);
    const pairId = pairIdOf([a.id, b.id]);
    const polling = holds.at(left, 'poll', 'before');
    await world.client.create(left);
    await polling.reached;
    for (const id of [workflowIdOf(left), pairId])
      await world.temporal.workflow.getHandle(id).terminate('by an operator');
    polling.release();
    assert.equal((await world.store.router(b.id)).reservation?.pair, pairId);
    assert.ok(isOn(b, left));

    const run = await world.client.create(await written(b, c, 1));
    const outcome = await run.result();
    // The batch was applied. Only A and B elect a VRRP master between them, so a gateway on B and C is seen not to work.
    const told = JSON.stringify(outcome);
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.NotConverged, told);
    while ((await wordsOf(left)).length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(await wordsOf(left), ['CREATE_FAILED']);
    for (const router of [a, b, c]) {
      assert.ok(!isOn(router, left), router.name);
      await assertLeft(world.store, router);
    }
  });

  /** One record per router, whichever role it has. */
  async function written(primary: LocalRouter, secondary: LocalRouter, number: number): Promise<TestGateway> {
    const gateway = gatewayOn('vpn_gateway', { primary: primary.id, secondary: secondary.id }, number);
    for (const { type, body } of gateway.neighbours) {
      const router = world.routers.find(({ id }) => id === body.id);
      if (type === 'edge_router' && router !== undefined)
        Object.assign(body, { name: router.name, ip: `192.0.2.${router.name.slice(3)}` });
    }
    await writeRecords(world.stack.etcd.endpoints, [...gateway.neighbours, gateway.gateway].map(recordOf));
    return gateway;
  }

  async function wordsOf(gateway: TestGateway): Promise<readonly string[]> {
    const said = (await world.history(KEYS.state(gateway))) as { state: { worker_state: string } }[];
    return said.map(({ state }) => state.worker_state);
  }

  function isOn({ device }: LocalRouter, { gateway }: TestGateway): boolean {
    return device.running().includes(String(gateway.body['vrf_name']));
  }
});
