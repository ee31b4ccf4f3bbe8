import assert from 'node:assert/strict';
import { Etcd3 } from 'etcd3';
import { KEYS } from '../../etcd/keys.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { keysOf, removeKeys, tracesOf } from '../world/evidence.ts';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { Holds } from './breakpoints.ts';

describe('a creation whose records in etcd are lost', function () {
  this.timeout(60_000);
  let world: World;
  const holds = new Holds();
  before(async () => {
    world = await openWorld({ wrap: holds.wrap });
  });
  after(async () => {
    await world.close();
  });

  it('and that stands for good is created again from what the routers carry, and nothing is committed', async () => {
    const gateway = world.gateway('vpn_gateway', 1);
    await world.write(gateway);
    const backup = await snapshot();
    assert.equal((await world.create(gateway)).kind, 'created');
    const keys = Object.keys(await keysOf(world, gateway)).filter((key) => key.includes('/claims/'));
    await forgetPair(gateway);
    const before = tracesOf(world.routers);
    await restore(backup);
    await assertCreated(gateway, keys);
    assert.deepEqual(commitsOf(tracesOf(world.routers)), commitsOf(before));
  });

  it('and that is on trial, with its workflows gone, is created by that same trial', async () => {
    const gateway = world.gateway('vpn_gateway', 2);
    await world.write(gateway);
    const backup = await snapshot();
    const polling = holds.at(gateway, 'poll', 'before');
    await world.client.create(gateway);
    await polling.reached;
    await world.temporal.workflow.getHandle(workflowIdOf(gateway)).terminate('by an operator');
    await forgetPair(gateway);
    polling.release();
    const before = tracesOf(world.routers);
    await restore(backup);
    await assertCreated(gateway);
    assert.deepEqual(trialsOf(tracesOf(world.routers)), trialsOf(before));
  });

  it('and that is on trial, and goes on, writes its records again and ends as created by that same trial', async () => {
    const gateway = world.gateway('internet_gateway', 3);
    await world.write(gateway);
    const backup = await snapshot();
    const polling = holds.at(gateway, 'poll', 'before');
    const run = await world.client.create(gateway);
    await polling.reached;
    const before = tracesOf(world.routers);
    await restore(backup);
    polling.release();
    const outcome = await run.result();
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    await assertClaims(gateway);
    assert.deepEqual(trialsOf(tracesOf(world.routers)), trialsOf(before));
  });

  it('and was made permanent, but not published, writes its records again and ends as created', async () => {
    const gateway = world.gateway('vpn_gateway', 4);
    await world.write(gateway);
    const backup = await snapshot();
    const publishing = holds.at(gateway, 'publishCompleted', 'before');
    const run = await world.client.create(gateway);
    await publishing.reached;
    const before = tracesOf(world.routers);
    await restore(backup);
    publishing.release();
    const outcome = await run.result();
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    await assertClaims(gateway);
    assert.deepEqual(commitsOf(tracesOf(world.routers)), commitsOf(before));
  });

  it('is cancelled after that, and is removed from both routers', async () => {
    const gateway = world.gateway('vpn_gateway', 5);
    const before = tracesOf(world.routers);
    await world.write(gateway);
    const polling = holds.at(gateway, 'poll', 'before');
    const run = await world.client.create(gateway);
    await polling.reached;
    await removeKeys(world, [KEYS.plan(gateway)]);
    await run.cancel();
    polling.release();
    const outcome = await run.result();
    assert.equal(outcome.kind, 'cancelled', JSON.stringify(outcome));
    assert.deepEqual(
      tracesOf(world.routers).map(({ running }) => running),
      before.map(({ running }) => running),
    );
  });

  it('since somebody deleted plan record and /state, is created again, and nothing is committed', async () => {
    const gateway = world.gateway('vpn_gateway', 6);
    assert.equal((await world.create(gateway)).kind, 'created');
    await removeKeys(world, [KEYS.plan(gateway), KEYS.state(gateway)]);
    const before = tracesOf(world.routers);
    await assertCreated(gateway);
    assert.deepEqual(commitsOf(tracesOf(world.routers)), commitsOf(before));
  });

  async function assertCreated(gateway: TestGateway, claims?: readonly string[]): Promise<void> {
    const outcome = await (await world.client.create(gateway)).result();
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    await assertClaims(gateway);
    if (claims) assert.deepEqual((await claimsOf(gateway)).sort(), [...claims].sort());
  }

  async function assertClaims(gateway: TestGateway): Promise<void> {
    const plan = await world.store.planRecord(gateway);
    const wanted = Object.values(plan?.routers ?? {}).flatMap(({ id, after }) =>
      (after?.owns ?? []).map((path) => KEYS.claim(id, path)),
    );
    assert.ok(wanted.length > 0);
    assert.deepEqual((await claimsOf(gateway)).sort(), [...new Set(wanted)].sort());
  }

  async function claimsOf(gateway: TestGateway): Promise<string[]> {
    return Object.keys(await keysOf(world, gateway)).filter((key) => key.includes('/claims/'));
  }

  async function forgetPair(gateway: TestGateway): Promise<void> {
    const { primary, secondary } = world.pairOf(gateway);
    await world.temporal.workflow.getHandle(pairIdOf([primary.id, secondary.id])).terminate('to forget');
  }

  /** All keys of this world's routers and gateways; the etcd is shared with other worlds, which have other ids. */
  async function snapshot(): Promise<Record<string, Buffer>> {
    return withEtcd((etcd) => etcd.getAll().buffers());
  }

  /** Puts the older values back, and deletes what came later. */
  async function restore(backup: Record<string, Buffer>): Promise<void> {
    await withEtcd(async (etcd) => {
      for (const [key, value] of Object.entries(await etcd.getAll().buffers())) {
        const older = backup[key];
        if (older === undefined) await etcd.delete().key(key);
        else if (!older.equals(value)) await etcd.put(key).value(older);
      }
      const now = await etcd.getAll().keys();
      for (const [key, value] of Object.entries(backup))
        if (!now.includes(key)) await etcd.put(key).value(value);
    });
  }

  async function withEtcd<T>(work: (etcd: Etcd3) => Promise<T>): Promise<T> {
    const etcd = new Etcd3({ hosts: [...world.stack.etcd.endpoints] });
    try {
      return await work(etcd);
    } finally {
      etcd.close();
    }
  }

  function commitsOf(traces: ReturnType<typeof tracesOf>) {
    return traces.map(({ commits }) => commits);
  }

  /** Log lines of the commits that can fall back. */
  function trialsOf(traces: ReturnType<typeof tracesOf>) {
    return traces.map(({ commits }) => commits.filter((log) => log?.includes(' until ')));
  }
});
