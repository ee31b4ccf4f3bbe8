import assert from 'node:assert/strict';
import { writeRecords } from '../../local/load-samples.ts';
import type { LocalRouter } from '../../local/routers.ts';
import { gatewayOn, recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { pair } from '../../simulator/device/create.ts';
import { recipe, type } from '../world/recipe.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

/** The ids on the page. */
const GATEWAY = '4fab887d-8f73-40e6-b2d8-2426255231bf';
const DEAD = '3ca3a59a-4f92-4a8a-9ec1-1c55a97c794e';
const INTERFACES = {
  downlink_interface_id: {
    old: 'a3a62a37-5657-4822-98e0-991ab63f0e96',
    new: '0e0a7c1e-3d0f-4a7e-9a53-6a1f0c0c5b01',
  },
  uplink_interface_id: {
    old: '5e552b8f-cd5a-454c-a224-33f7da0afa24',
    new: '0e0a7c1e-3d0f-4a7e-9a53-6a1f0c0c5b02',
  },
} as const;

describe('the recipes for new routers', function () {
  this.timeout(60_000);
  let world: World;
  let mx1: LocalRouter;
  let mx2: LocalRouter;
  let mx7: LocalRouter;
  let mx8: LocalRouter;
  before(async () => {
    world = await openWorld({ pairs: 2 });
    [mx1, mx2, mx7, mx8] = world.routers as [LocalRouter, LocalRouter, LocalRouter, LocalRouter];
  });
  after(() => world.close());

  it('move a gateway from both its routers to two others, and leave nothing on the old ones', async () => {
    const gateway = await standing(1);
    const blocks = await recipe('Moving a gateway to other routers', await names(gateway, mx7, mx8, 2));
    assert.equal(blocks.length, 2);
    assert.match(await typed(blocks[0]), /^deleted at version 2$/m);
    assert.deepEqual(carrying(gateway), []);
    assert.match(await typed(blocks[1]), /^created version 3$/m);
    assert.deepEqual(carrying(gateway), [mx7.name, mx8.name]);
    assert.equal(await word(gateway), 'CREATE_COMPLETED');
  });

  it('move a gateway from a pair of which one router is dead, and forget what that router owes', async () => {
    const gateway = await standing(3);
    mx2.server.setReachable(false);
    // The new box stands where the dead one stood.
    pair(mx1.device, mx7.device);
    const own = { ...(await names(gateway, mx1, mx7, 4)), [DEAD]: mx2.id };
    const [take = '', retire = '', create = '', ...rest] = await recipe('One router of a pair is dead', own);
    assert.deepEqual(rest, []);
    assert.match(await typed(take), /^MX-2 owes its removal: /m);
    assert.deepEqual(carrying(gateway), [mx2.name]);
    assert.equal((await world.store.router(mx2.id)).owedChanges.length, 1);
    assert.match(await typed(retire), /retired; dropped what it owed of 1 gateway/);
    assert.equal((await world.store.router(mx2.id)).owedChanges.length, 0);
    assert.match(await typed(create), /^created version 3$/m);
    assert.deepEqual(carrying(gateway), [mx1.name, mx2.name, mx7.name]);
    assert.equal(await word(gateway), 'CREATE_COMPLETED');
  });

  async function standing(number: number): Promise<TestGateway> {
    const gateway = world.gateway('vpn_gateway', number);
    const outcome = await world.create(gateway);
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    return gateway;
  }

  /** Writes all that gateways on these two routers refer to. Resolves to what stands on the page for the old and the new ids. */
  async function names(gateway: TestGateway, primary: LocalRouter, secondary: LocalRouter, number: number) {
    const there = gatewayOn('vpn_gateway', { primary: primary.id, secondary: secondary.id }, number);
    await writeRecords(world.stack.etcd.endpoints, there.neighbours.map(recordOf));
    const interfaces = Object.entries(INTERFACES).flatMap(([field, page]) => [
      [page.old, String(gateway.gateway.body[field])],
      [page.new, String(there.gateway.body[field])],
    ]);
    return { [GATEWAY]: gateway.resourceId, ...(Object.fromEntries(interfaces) as Record<string, string>) };
  }

  async function typed(lines = ''): Promise<string> {
    const { code, printed } = await type(world.stack, lines);
    assert.equal(code, 0, printed);
    return printed;
  }

  function carrying({ gateway }: TestGateway): string[] {
    const vrf = `${String(gateway.body['vrf_name'])} {`;
    return world.routers.filter(({ device }) => device.running().includes(vrf)).map(({ name }) => name);
  }

  async function word(gateway: TestGateway): Promise<string | undefined> {
    return (await world.store.state(gateway))?.workerState;
  }
});
