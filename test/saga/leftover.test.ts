import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { failedState } from '../../gateway/records.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { assertSameRunning, keysOf } from '../world/evidence.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { SampleKind } from '../../local/test-gateway.ts';
import { openCancelScene } from './cancel-scene.ts';
import type { CancelScene, Candidate } from './cancel-scene.ts';

/** Shorter than the minutes after which what is on trial falls back. */
describe('what a creation has left on its routers, when its pair was terminated with it', function () {
  this.timeout(30_000);
  let scene: CancelScene;
  before(async () => {
    scene = await openCancelScene(2, 10_000, { settlePatienceMs: 2_500 });
  });
  after(() => scene.close());

  for (const kind of ['vpn_gateway', 'internet_gateway'] as const) {
    it(`is removed when it is started again and cancelled while it plans: ${kind}`, async () => {
      const left = await leftBehind(kind);
      const hold = scene.holds.at(left.gateway, 'plan', 'after');
      const run = await scene.world.client.create(left.gateway);
      await hold.reached;
      await run.cancel();
      hold.release();
      await scene.assertCancelled(left, run);
      await scene.assertAtRest(left);
    });

    it(`is removed when its configuration can't be read any more: ${kind}`, async () => {
      const left = await leftBehind(kind);
      left.gateway.gateway.body['downlink_interface_id'] = 'nowhere';
      await put(left);
      const outcome = await (await scene.world.client.create(left.gateway)).result();
      assert.ok(
        outcome.kind === 'failed' && outcome.type === FAILURES.InvalidGateway,
        JSON.stringify(outcome),
      );
      assert.deepEqual(await statesOf(left), [failedState(1, outcome.message)]);
      await assertNothingLeft(left);
    });
  }

  it('is removed, and mentioned in the reason, when the next version fails before it registers', async () => {
    const left = await leftBehind();
    left.gateway.gateway.body['downlink_interface_id'] = 'nowhere';
    await put(left, 2);
    const outcome = await (await scene.world.client.create(left.gateway)).result();
    assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
    assert.deepEqual(await statesOf(left), [
      failedState(1, outcome.message),
      failedState(2, outcome.message),
    ]);
    await assertNothingLeft(left);
  });

  it('is removed where it is when the next version comes to other routers', async () => {
    const left = await leftBehind();
    const { primary, secondary } = await scene.candidate(1);
    const pair = left.gateway.neighbour('ha_router');
    Object.assign(pair.body, { primary_router_id: primary.id, secondary_router_id: secondary.id });
    await writeRecords(scene.world.stack.etcd.endpoints, [recordOf(pair)]);
    await put(left, 2);
    const outcome = await (await scene.world.client.create(left.gateway)).result();
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    assertSameRunning([left.primary, left.secondary], left.traces);
    await scene.assertAtRest(left);
  });

  it('is owed, and said to be, where a router refuses the removal', async () => {
    const left = await leftBehind('vpn_gateway');
    left.secondary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'check',
      times: Infinity,
      outcome: { kind: 'refuse', message: 'it is in use' },
    });
    left.gateway.gateway.body['downlink_interface_id'] = 'nowhere';
    await put(left);
    const outcome = await (await scene.world.client.create(left.gateway)).result();
    assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
    const [undone = ''] = outcome.compensation;
    assert.match(undone, /^revert on MX-1, MX-2: owed on MX-2 .*it is in use/);
    assert.deepEqual(await statesOf(left), [failedState(1, `${outcome.message}; undo failed: ${undone}`)]);
    const { owedChanges } = await scene.world.store.router(left.secondary.id);
    assert.deepEqual(
      owedChanges.map(({ gateway }) => gateway.resourceId),
      [left.gateway.resourceId],
    );
  });

  /** On trial on both routers of the first pair, after the saga and the pair were terminated. */
  async function leftBehind(kind?: SampleKind): Promise<Candidate> {
    const candidate = await scene.candidate(0, kind);
    const { gateway, primary, secondary } = candidate;
    const polling = scene.holds.at(gateway, 'poll', 'before');
    await scene.world.client.create(gateway);
    await polling.reached;
    for (const id of [workflowIdOf(gateway), pairIdOf([primary.id, secondary.id])])
      await scene.world.temporal.workflow.getHandle(id).terminate('by an operator');
    polling.release();
    for (const { device } of [primary, secondary])
      assert.ok(device.running().includes(String(gateway.gateway.body['vrf_name'])));
    return candidate;
  }

  async function put({ gateway: { gateway } }: Candidate, version = gateway.version): Promise<void> {
    gateway.version = version;
    await writeRecords(scene.world.stack.etcd.endpoints, [recordOf(gateway)]);
  }

  function statesOf({ gateway }: Candidate): Promise<unknown[]> {
    return scene.world.history(KEYS.state(gateway));
  }

  async function assertNothingLeft({ gateway, primary, secondary, traces }: Candidate): Promise<void> {
    assertSameRunning([primary, secondary], traces);
    await scene.assertAtRest({ primary, secondary });
    const keys = Object.keys(await keysOf(scene.world, gateway));
    assert.deepEqual(
      keys.filter((key) => key.startsWith('/gateway-saga/')),
      [],
    );
  }
});
