/**
 * Somebody deletes or spoils a plan record or a claim. Rows of the table in docs/operations.md, "When somebody deletes a record": `/state` must say what the
 * routers carry, and `doctor` what mends it.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimsOf } from '../../etcd/claims.ts';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { putRaw, removeKeys, tracesOf } from '../world/evidence.ts';
import { assertCreatedNext } from '../world/failure.ts';
import { openRecordsScene } from './records-scene.ts';
import type { RecordsScene } from './records-scene.ts';

describe('a plan record or a claim', function () {
  this.timeout(90_000);
  let scene: RecordsScene;
  before(async () => {
    scene = await openRecordsScene(8);
  });
  after(() => scene.world.close());

  describe('the plan record', () => {
    it('deleted while nothing runs: /state stays true, nothing is touched, and it is put back', async () => {
      const gateway = await scene.created();
      const key = KEYS.plan(gateway);
      const value = await scene.raw(key);
      await removeKeys(scene.world, [key]);
      const before = tracesOf(scene.world.routers);
      const outcome = await (await scene.world.client.create(gateway)).result();
      assert.ok(outcome.kind === 'created' && outcome.alreadyEnded, JSON.stringify(outcome));
      assert.deepEqual(tracesOf(scene.world.routers), before);
      await scene.assertTells(gateway, 'its plan record is gone', `put ${key} back from a backup of etcd`);
      await putRaw(scene.world, key, value);
      await scene.assertNothingTold(gateway);
    });

    it('deleted in the middle of a trial is written again', async () => {
      const { gateway, run, go } = await scene.onTrial();
      await removeKeys(scene.world, [KEYS.plan(gateway)]);
      go();
      const outcome = await run.result();
      assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
      await scene.assertCreated(gateway);
      await scene.assertNothingTold(gateway);
    });

    it('spoilt while nothing runs: /state stays true, and doctor names it', async () => {
      const gateway = await scene.created();
      const key = KEYS.plan(gateway);
      const value = await scene.raw(key);
      await putRaw(scene.world, key, 'nonsense');
      const outcome = await (await scene.world.client.create(gateway)).result();
      assert.ok(outcome.kind === 'created' && outcome.alreadyEnded, JSON.stringify(outcome));
      await scene.assertTells(gateway, `${key} can't be read: it is not valid JSON`, 'look at the record');
      await putRaw(scene.world, key, value);
      await scene.assertNothingTold(gateway);
    });

    it('spoilt in the middle of a trial: /state names both routers, which fall back by themselves', async () => {
      const { gateway, run, go } = await scene.onTrial();
      const key = KEYS.plan(gateway);
      const value = await scene.raw(key);
      await putRaw(scene.world, key, 'nonsense');
      go();
      const outcome = await run.result();
      assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.StoreCorrupt, JSON.stringify(outcome));
      const { error } = (await scene.world.state(gateway)) as { error: string };
      assert.match(error, /can't be read: .*; undo failed: revert on MX-1, MX-2: owed on MX-\d, MX-\d /);
      await scene.assertTells(gateway, `${key} can't be read`, 'look at the record');
      while (scene.carried(gateway).includes(true)) await sleep(100);
      await putRaw(scene.world, key, value);
      await assertCreatedNext(scene.world, gateway);
      await scene.assertNothingTold(gateway);
    });
  });

  describe('the claim', () => {
    it('deleted while nothing runs: whoever wants the stanza is refused by the look, and doctor has the line', async () => {
      const gateway = await scene.created();
      const [first = '', ...others] = await claims(gateway);
      const value = await scene.raw(first);
      await removeKeys(scene.world, [first, ...others]);
      const rival = rivalOf(gateway);
      const outcome = await scene.world.create(rival);
      assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.Conflict, JSON.stringify(outcome));
      assert.match(outcome.message, /is configured there already, by somebody else$/);
      await scene.assertCreated(gateway);
      await scene.assertTells(
        gateway,
        `does not have the claim ${first}`,
        `etcdctl put '${first}' '${value}'`,
      );
      for (const key of [first, ...others]) await putRaw(scene.world, key, value);
      await scene.assertNothingTold(gateway);
    });

    it('deleted or given away in the middle of a trial: the gateway is created, and doctor has the line', async () => {
      const { gateway, run, go } = await scene.onTrial();
      const [deleted = '', given = ''] = await claims(gateway);
      const value = await scene.raw(deleted);
      await removeKeys(scene.world, [deleted]);
      await putRaw(scene.world, given, value.replace(gateway.resourceId, 'somebody'));
      go();
      assert.equal((await run.result()).kind, 'created');
      await scene.assertCreated(gateway);
      await scene.assertTells(
        gateway,
        `does not have the claim ${deleted}`,
        `etcdctl put '${deleted}' '${value}'`,
      );
      const holder = 'which vpn_gateway somebody has';
      await scene.assertTells(gateway, `${given}, ${holder}`, `etcdctl put '${given}' '${value}'`);
      for (const key of [deleted, given]) await putRaw(scene.world, key, value);
      await scene.assertNothingTold(gateway);
    });

    it('spoilt: it counts as held by an unknown gateway, and nobody else gets the stanza', async () => {
      const gateway = await scene.created();
      const keys = await claims(gateway);
      const value = await scene.raw(keys[0] ?? '');
      for (const key of keys) await putRaw(scene.world, key, 'nonsense');
      const outcome = await scene.world.create(rivalOf(gateway));
      assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.Conflict, JSON.stringify(outcome));
      assert.match(
        outcome.message,
        /belongs to an unknown gateway: \/gateway-saga\/claims\/.+ can't be read, and gateway-saga doctor tells what mends it$/,
      );
      await scene.assertTells(
        gateway,
        `${keys[0]}, which can't be read`,
        `etcdctl put '${keys[0]}' '${value}'`,
      );
      for (const key of keys) await putRaw(scene.world, key, value);
      await scene.assertNothingTold(gateway);
    });
  });

  /** Another gateway that wants the same routing instance. */
  function rivalOf({ gateway }: TestGateway): TestGateway {
    const rival = scene.next();
    rival.gateway.body['vrf_name'] = gateway.body['vrf_name'];
    return rival;
  }

  async function claims(gateway: TestGateway): Promise<string[]> {
    const plan = await scene.world.store.planRecord(gateway);
    return plan === undefined ? [] : claimsOf(plan).map(({ key }) => key);
  }
});
