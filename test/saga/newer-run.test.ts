import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { assertCandidatesFree } from '../world/failure.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';
import { resetBefore } from './resets.ts';

describe('a gateway whose creation was terminated and started again', function () {
  this.timeout(60_000);
  const holds = new Holds();
  let world: World;
  let number = 0;

  const written = async () => {
    const gateway = world.gateway('vpn_gateway', (number += 1), number - 1);
    await world.write(gateway);
    return gateway;
  };
  const start = async (gateway: TestGateway) => {
    await world.client.create(gateway);
    const handle = world.temporal.workflow.getHandle(workflowIdOf(gateway));
    const { runId } = await handle.describe();
    return { runId, terminate: () => handle.terminate('by an operator') };
  };
  const ended = async (gateway: TestGateway) => {
    const handle = world.temporal.workflow.getHandle(workflowIdOf(gateway));
    await handle.result().catch(() => undefined);
  };
  const assertTold = async (gateway: TestGateway, word: string) => {
    const states = (await world.history(KEYS.state(gateway))) as { state: { worker_state: string } }[];
    assert.deepEqual(
      states.map(({ state }) => state.worker_state),
      [word],
      JSON.stringify(states),
    );
    const unit = `unit ${String(gateway.gateway.body['downlink_vlan_id'])} `;
    const { primary, secondary } = world.pairOf(gateway);
    for (const { name, device } of [primary, secondary])
      assert.equal(device.running().includes(unit), word === 'CREATE_COMPLETED', name);
  };

  before(async () => {
    world = await openWorld({ pairs: 2, wrap: holds.wrap, policy: { vrrpLimitMs: 20_000 } });
  });
  after(async () => {
    await world.close();
  });

  it('is created, though the terminated one registers when the other is on the routers', async () => {
    const gateway = await written();
    const late = holds.at(gateway, 'register', 'before');
    const { terminate } = await start(gateway);
    await late.reached;
    await terminate();
    const poll = holds.at(gateway, 'poll', 'before');
    await start(gateway);
    await poll.reached;
    const registered = holds.at(gateway, 'register', 'after');
    late.release();
    await registered.reached;
    registered.release();
    poll.release();
    await ended(gateway);
    await assertTold(gateway, 'CREATE_COMPLETED');
  });

  it('is removed, and the removal is reported, when the terminated one is reset to after it had registered', async () => {
    const gateway = await written();
    const first = holds.at(gateway, 'poll', 'before');
    const { runId, terminate } = await start(gateway);
    await first.reached;
    await terminate();
    const second = holds.at(gateway, 'poll', 'before');
    await start(gateway);
    await second.reached;
    await resetBefore(world.temporal, workflowIdOf(gateway), 'requestApply', runId);
    first.release();
    second.release();
    await ended(gateway);
    await assertTold(gateway, 'CREATE_FAILED');
    assert.equal(await world.store.planRecord(gateway), undefined);
  });

  it('leaves no lock, no edit and nothing on trial', () => assertCandidatesFree(world));
});
