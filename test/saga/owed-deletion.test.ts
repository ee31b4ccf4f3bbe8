import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import type { DeletedOutcome, FailedOutcome } from '../../client/index.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { WORKFLOWS } from '../../gateway/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { KEYS } from '../../etcd/keys.ts';
import { keysOf, removeKeys } from '../world/evidence.ts';
import { assertCandidatesFree } from '../world/failure.ts';
import { Meanwhile } from '../world/meanwhile.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { ChangeScene } from './change-scene.ts';

const SAID = { reason: 'burnt', by: 'alice@jump' };

describe('deleting a gateway without one of its routers', function () {
  this.timeout(60_000);
  let world: World;
  let scene: ChangeScene;
  const meanwhile = new Meanwhile();
  before(async () => {
    world = await openWorld({
      wrap: meanwhile.wrap,
      short: 'looks',
      policy: { patienceMs: 2_000, settlePatienceMs: 2_000 },
    });
    scene = new ChangeScene(world);
  });
  afterEach(async () => {
    for (const { server, id } of world.routers) {
      server.setReachable(true);
      await world.store.readmitRouter(id);
      await world.store.endMaintenance(id);
    }
    await assertCandidatesFree(world);
  });
  after(() => world.close());

  const owned = async (gateway: TestGateway) =>
    Object.keys(await keysOf(world, gateway)).filter(
      (key) => key.startsWith('/gateway-saga/') && !key.startsWith('/gateway-saga/routers/'),
    );
  const owedOn = async (id: string) => (await world.store.router(id)).owedChanges;
  const carries = (gateway: TestGateway) => {
    const { primary, secondary } = world.pairOf(gateway);
    const vrf = `${String(gateway.gateway.body['vrf_name'])} {`;
    return [primary, secondary].map(({ device }) => device.running().includes(vrf));
  };
  async function deleteWithout(gateway: TestGateway, router: string, again = false) {
    const { resourceType, resourceId } = gateway;
    const run = await world.client.delete({ resourceType, resourceId, again, owe: { router, ...SAID } });
    return run.result();
  }
  async function until(what: () => Promise<boolean>, words: string) {
    const began = Date.now();
    while (!(await what())) {
      assert.ok(Date.now() - began < 20_000, words);
      await setTimeout(100);
    }
  }
  /** A gateway stands, is marked for deletion, and its secondary can't be reached. */
  async function marked() {
    const gateway = await scene.standing();
    const { primary, secondary } = world.pairOf(gateway);
    await scene.tombstone(gateway);
    secondary.server.setReachable(false);
    return { gateway, primary, secondary };
  }
  /** As `marked`. The deletion without the secondary has begun, its workflow was terminated, and the primary can't be reached either. */
  async function terminated() {
    const standing = await marked();
    const { gateway, primary, secondary } = standing;
    const saga = world.temporal.workflow.getHandle(workflowIdOf(gateway));
    meanwhile.before('awaitOwedDeletion', async () => {
      primary.server.setReachable(false);
      await saga.terminate();
    });
    return { ...standing, ended: await deleteWithout(gateway, secondary.id) };
  }

  it('removes it from the other one; the named one owes its removal, and makes it once it is back', async () => {
    const { gateway, secondary } = await marked();
    const outcome = (await deleteWithout(gateway, secondary.id)) as DeletedOutcome;
    assert.equal(outcome.kind, 'deleted', JSON.stringify(outcome));
    assert.deepEqual(outcome.owed, { router: secondary.id, name: secondary.name, is: 'owed' });
    assert.deepEqual(carries(gateway), [false, true]);
    assert.deepEqual(await scene.told(gateway), { version: 2, word: 'DELETE_COMPLETED', error: '' });
    const [owed, ...more] = await owedOn(secondary.id);
    assert.deepEqual(more, []);
    assert.equal(owed?.reason, 'asked for by alice@jump: burnt');
    assert.equal(owed.deletion, 'decided');
    assert.equal((await owned(gateway)).filter((key) => key.includes('/claims/')).length, 6);
    secondary.server.setReachable(true);
    await until(async () => (await owned(gateway)).length === 0, 'it is still owed');
    assert.deepEqual(carries(gateway), [false, false]);
  });

  it('is made by the other one while the named one is held, which makes its part once the hold has ended', async () => {
    const gateway = await scene.standing();
    const { secondary } = world.pairOf(gateway);
    await scene.tombstone(gateway);
    await world.store.beginMaintenance(secondary.id, { reason: 'game day', since: new Date().toISOString() });
    const outcome = (await deleteWithout(gateway, secondary.id)) as DeletedOutcome;
    assert.equal(outcome.kind, 'deleted', JSON.stringify(outcome));
    assert.deepEqual(outcome.owed, { router: secondary.id, name: secondary.name, is: 'owed' });
    assert.deepEqual(carries(gateway), [false, true]);
    await world.store.endMaintenance(secondary.id);
    await until(async () => (await owned(gateway)).length === 0, 'it is still owed');
    assert.deepEqual(carries(gateway), [false, false]);
  });

  it('drops the removal on a router that is retired, before or after', async () => {
    const { gateway, secondary } = await marked();
    await world.store.beginMaintenance(secondary.id, { reason: 'burnt', since: '' });
    const retire = async () => {
      let retired = await world.store.retireRouter(secondary.id, { ...SAID, since: '' });
      for (; retired.kind === 'reserved'; await setTimeout(100))
        retired = await world.store.retireRouter(secondary.id, { ...SAID, since: '' });
      return retired;
    };
    await retire();
    assert.match(await scene.failure(gateway), /was retired by alice@jump/);
    const outcome = (await deleteWithout(gateway, secondary.id, true)) as DeletedOutcome;
    assert.equal(outcome.kind, 'deleted', JSON.stringify(outcome));
    assert.deepEqual(outcome.owed, { router: secondary.id, name: secondary.name, is: 'dropped' });
    const { owedChanges, retired } = await world.store.router(secondary.id);
    assert.deepEqual(owedChanges, []);
    const { resourceType, resourceId } = gateway;
    assert.deepEqual(retired?.dropped, [{ resourceType, resourceId, version: 2 }]);
    assert.deepEqual(await owned(gateway), []);
    assert.deepEqual(carries(gateway), [false, true]);
    assert.equal((await scene.told(gateway)).word, 'DELETE_COMPLETED');

    secondary.server.setReachable(true);
    await world.store.readmitRouter(secondary.id);
    await world.store.endMaintenance(secondary.id);
    const next = await marked();
    assert.equal((await deleteWithout(next.gateway, secondary.id)).kind, 'deleted');
    assert.equal((await owedOn(secondary.id)).length, 1);
    await world.store.beginMaintenance(secondary.id, { reason: 'burnt', since: '' });
    await retire();
    assert.deepEqual(await owned(next.gateway), []);
  });

  for (const [what, type, words, disturb] of [
    [
      'refuses',
      FAILURES.RouterRefused,
      /refuses the deletion: .*no room left/,
      async ({ gateway }: { gateway: TestGateway }) => {
        const fault = { kind: 'refuse', message: 'no room left' } as const;
        world.pairOf(gateway).primary.device.faults.add({ rpc: 'commit-configuration', outcome: fault });
      },
    ],
    [
      'carries something else',
      FAILURES.Conflict,
      /was changed by somebody else/,
      async ({ gateway }: { gateway: TestGateway }) => {
        const unit = `interfaces ae0 unit ${String(gateway.gateway.body['downlink_vlan_id'])}`;
        await scene.byHand(gateway, `set ${unit} family inet address 198.51.100.1/24`);
      },
    ],
  ] as const)
    it(`leaves both as before if the other one ${what}, and nothing is owed`, async () => {
      const gateway = await scene.standing();
      const { primary, secondary } = world.pairOf(gateway);
      await disturb({ gateway });
      const before = scene.running(gateway);
      await scene.tombstone(gateway);
      secondary.server.setReachable(false);
      const outcome = (await deleteWithout(gateway, secondary.id)) as FailedOutcome;
      assert.equal(outcome.kind, 'failed', JSON.stringify(outcome));
      assert.equal(outcome.type, type);
      assert.match(outcome.message, words);
      assert.deepEqual(scene.running(gateway), before);
      assert.deepEqual([...(await owedOn(primary.id)), ...(await owedOn(secondary.id))], []);
      const told = await scene.told(gateway);
      assert.equal(told.word, 'DELETE_FAILED');
      assert.match(told.error, /version 1 stands$/);
      assert.equal((await world.store.planRecord(gateway))?.owe, undefined);
    });

  it('is published by whoever comes next if its workflow was terminated before the other one had made it', async () => {
    const { gateway, primary, secondary, ended } = await terminated();
    assert.equal(ended.kind, 'failed', JSON.stringify(ended));
    assert.deepEqual(carries(gateway), [true, true]);
    assert.equal((await scene.told(gateway)).version, 1);
    // Whatever the next run was asked for: it goes on with the deletion that has begun.
    primary.server.setReachable(true);
    const next = scene.run(gateway, WORKFLOWS.delete);
    assert.equal((await next).outcome, 'deleted');
    assert.deepEqual(carries(gateway), [false, true]);
    assert.deepEqual(await scene.told(gateway), { version: 2, word: 'DELETE_COMPLETED', error: '' });
    secondary.server.setReachable(true);
    await until(async () => (await owned(gateway)).length === 0, 'it is still owed');
  });

  it('is decided and told before a newer version is, if its workflow was terminated', async () => {
    const { gateway, primary, secondary } = await terminated();
    await scene.next(gateway, (one) => (one.gateway.markedForDeletion = false));
    primary.server.setReachable(true);
    const newer = await scene.failure(gateway);
    assert.match(newer, /^one of its routers owes a change of this gateway/);
    assert.deepEqual(carries(gateway), [false, true]);
    const told = (await world.history(KEYS.state(gateway))) as { version: number; state: object }[];
    assert.deepEqual(
      told.map(({ version, state }) => [version, (state as { worker_state: string }).worker_state]),
      [
        [1, 'CREATE_COMPLETED'],
        [2, 'DELETE_COMPLETED'],
        [3, 'CREATE_FAILED'],
      ],
    );
    secondary.server.setReachable(true);
    await until(async () => (await owned(gateway)).length === 0, 'it is still owed');
    assert.deepEqual(carries(gateway), [false, false]);
  });

  it('is decided and told before a newer version, and nothing is told of that one if it was asked for by the wrong workflow', async () => {
    const { gateway, primary, secondary } = await terminated();
    await scene.next(gateway, (one) => (one.gateway.markedForDeletion = false));
    for (const { server } of [primary, secondary]) server.setReachable(true);
    const failure = await scene.failure(gateway, WORKFLOWS.update);
    assert.match(failure, /expected create/);
    assert.doesNotMatch(failure, /version 1 stands/);
    assert.deepEqual(carries(gateway), [false, false]);
    const told = (await world.history(KEYS.state(gateway))) as { version: number }[];
    assert.deepEqual(
      told.map(({ version }) => version),
      [1, 2],
    );
  });

  it('is given up for whatever reason before a newer version goes on, if its workflow was terminated', async () => {
    const { gateway, primary, secondary } = await terminated();
    await scene.next(gateway, (one) => (one.gateway.markedForDeletion = false));
    // The first diff shows a statement that is not the gateway's.
    let isShown = false;
    const by = (body: string) =>
      body.replace(/(?<=[-;}]\s*)(?=<\/configuration-output>)/, () => {
        const more = isShown ? '' : '\n[edit]\n- snmp;\n';
        isShown = true;
        return more;
      });
    primary.device.faults.add({
      rpc: 'get-configuration',
      times: Infinity,
      outcome: { kind: 'rewrite', by },
    });
    for (const { server } of [primary, secondary]) server.setReachable(true);
    assert.equal((await scene.run(gateway)).outcome, 'unchanged');
    primary.device.faults.clear();
    assert.equal(isShown, true);
    assert.deepEqual(carries(gateway), [true, true]);
    assert.deepEqual([...(await owedOn(primary.id)), ...(await owedOn(secondary.id))], []);
    assert.deepEqual(await scene.told(gateway), { version: 3, word: 'CREATE_COMPLETED', error: '' });
  });

  it('is put back, or not made, if somebody removes its plan record before it is made, and /state says so', async () => {
    const { gateway, primary } = await marked();
    const { secondary } = world.pairOf(gateway);
    meanwhile.before('awaitOwedDeletion', () => removeKeys(world, [KEYS.plan(gateway)]));
    const outcome = (await deleteWithout(gateway, secondary.id)) as FailedOutcome;
    assert.equal(outcome.type, FAILURES.RecordsGone, JSON.stringify(outcome));
    assert.deepEqual(outcome.compensation, [`revert on MX-1: owed on MX-1 (its records in etcd are gone)`]);
    assert.deepEqual(await scene.told(gateway), {
      version: 2,
      word: 'DELETE_FAILED',
      error: `${outcome.message}; undo failed: ${outcome.compensation.join()}`,
    });
    await until(async () => (await owedOn(primary.id)).length === 0, 'it is still owed');
    assert.deepEqual(carries(gateway), [true, true]);
    assert.deepEqual(await owedOn(secondary.id), []);
  });

  it('is given up if the other one goes away meanwhile: that one owes what puts it back, as after any failed undo', async () => {
    const { gateway, primary, secondary } = await marked();
    meanwhile.before('awaitOwedDeletion', async () => {
      primary.server.setReachable(false);
    });
    const outcome = (await deleteWithout(gateway, secondary.id)) as FailedOutcome;
    assert.equal(outcome.kind, 'failed', JSON.stringify(outcome));
    assert.equal(outcome.type, FAILURES.RouterUnreachable);
    assert.match(outcome.message, /^MX-1, which is to make the deletion: .*can't be reached/);
    const [line = '', ...more] = outcome.compensation;
    assert.deepEqual(more, []);
    assert.match(line, /^revert on MX-1: owed on MX-1 \(.*can't be reached.*\)$/);
    assert.deepEqual(await scene.told(gateway), {
      version: 2,
      word: 'DELETE_FAILED',
      error: `${outcome.message}; undo failed: ${line}`,
    });
    const [owed, ...others] = await owedOn(primary.id);
    assert.deepEqual([others, owed?.deletion, owed?.change.before], [[], undefined, null]);
    assert.deepEqual(await owedOn(secondary.id), []);
    primary.server.setReachable(true);
    await until(async () => (await owedOn(primary.id)).length === 0, 'it is still owed');
    assert.deepEqual(carries(gateway), [true, true]);
    const again = (await deleteWithout(gateway, secondary.id, true)) as DeletedOutcome;
    assert.equal(again.kind, 'deleted', JSON.stringify(again));
    assert.deepEqual(carries(gateway), [false, true]);
  });

  it('owes nothing while nobody knows what an earlier update has left on the router that is away', async () => {
    const gateway = await scene.standing();
    const { secondary } = world.pairOf(gateway);
    meanwhile.before('poll', async () => secondary.server.setReachable(false));
    await scene.next(
      gateway,
      (one) => (one.neighbour('qos_option').body['outgoing_policer_name'] = '10M-GA-DOWN-INET'),
    );
    assert.match(await scene.failure(gateway), /undo failed|owed on MX-2/);
    await scene.tombstone(gateway);
    const outcome = (await deleteWithout(gateway, secondary.id)) as FailedOutcome;
    assert.equal(outcome.type, FAILURES.RevertOwed, JSON.stringify(outcome));
    assert.equal((await scene.told(gateway)).word, 'DELETE_FAILED');
    secondary.server.setReachable(true);
    await until(async () => (await owedOn(secondary.id)).length === 0, 'it is still owed');
    assert.deepEqual(carries(gateway), [true, true]);
  });

  it('joins nothing that runs already', async () => {
    const { gateway, secondary } = await marked();
    const running = scene.failure(gateway, WORKFLOWS.delete);
    await until(async () => (await world.client.status(gateway)).kind === 'running', 'it does not run');
    await assert.rejects(deleteWithout(gateway, secondary.id), { name: 'AlreadyRunningError' });
    await running;
  });

  it('owes nothing if the other one can’t be reached either', async () => {
    const { gateway, primary, secondary } = await marked();
    primary.server.setReachable(false);
    const outcome = (await deleteWithout(gateway, secondary.id)) as FailedOutcome;
    assert.equal(outcome.type, FAILURES.RouterUnreachable, JSON.stringify(outcome));
    assert.deepEqual([...(await owedOn(primary.id)), ...(await owedOn(secondary.id))], []);
    assert.equal((await scene.told(gateway)).word, 'DELETE_FAILED');
  });

  it('refuses a router that is none of its own, and a configuration that is not marked', async () => {
    const gateway = await scene.standing();
    const { secondary } = world.pairOf(gateway);
    await scene.next(gateway);
    const unmarked = (await deleteWithout(gateway, secondary.id)) as FailedOutcome;
    assert.equal(unmarked.type, FAILURES.InvalidRequest);
    await scene.tombstone(gateway);
    const other = (await deleteWithout(gateway, 'elsewhere')) as FailedOutcome;
    assert.equal(other.type, FAILURES.InvalidRequest);
    assert.match(other.message, /^owe\.router: expected one of the gateway's routers .*, got elsewhere$/);
    assert.deepEqual(carries(gateway), [true, true]);
  });
});
