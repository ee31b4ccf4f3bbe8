/**
 * Somebody deletes or spoils a router's record or an owed change. Rows of the table in docs/operations.md, "When somebody deletes a record": `/state` must say what the
 * routers carry, and `doctor` what mends it.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS } from '../../etcd/keys.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { client } from '../simulator/device/scene.ts';
import { putRaw, removeKeys } from '../world/evidence.ts';
import { assertCreatedNext } from '../world/failure.ts';
import { openRecordsScene } from './records-scene.ts';
import type { RecordsScene } from './records-scene.ts';

describe('a record of a router', function () {
  this.timeout(90_000);
  let scene: RecordsScene;
  before(async () => {
    scene = await openRecordsScene(40);
  });
  after(() => scene.world.close());

  describe('its reservation', () => {
    it('deleted while nothing runs is written again by the next reservation, without the maintenance hold', async () => {
      const gateway = await scene.created();
      const [primary = ''] = scene.ids(gateway);
      const keys = scene.ids(gateway).map((id) => KEYS.router(id));
      const hold = { reason: 'a new line card', since: new Date().toISOString() };
      await scene.world.store.beginMaintenance(primary, hold);
      await removeKeys(scene.world, keys);
      await scene.assertNothingTold(gateway);
      const other = scene.next('internet_gateway');
      assert.equal((await scene.world.create(other)).kind, 'created');
      for (const key of keys) assert.notEqual(await scene.raw(key), '');
    });

    for (const [what, count] of [
      ["one router's", 1],
      ["both routers'", 2],
    ] as const)
      it(`deleted in the middle of a trial, ${what}: the batch is reserved again, and the gateway created`, async () => {
        const { gateway, run, go } = await scene.onTrial();
        await removeKeys(
          scene.world,
          scene
            .ids(gateway)
            .slice(0, count)
            .map((id) => KEYS.router(id)),
        );
        go();
        const outcome = await run.result();
        assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
        await scene.assertCreated(gateway);
        await scene.assertNothingTold(gateway);
      });
  });

  describe('its owed change', () => {
    it('deleted: nothing else is done there before a person has removed what is left, and doctor says so', async () => {
      const { gateway, keys } = await owing();
      const { primary } = scene.world.pairOf(gateway);
      await removeKeys(scene.world, keys);
      const { error } = (await scene.world.state(gateway)) as { error: string };
      assert.match(error, /^cancelled; undo failed: .*owed on MX-1 \(.*not today\)$/);
      const standing = 'MX-1 carries it whole; MX-2 carries nothing of it; /state says CREATE_FAILED';
      await scene.assertTells(gateway, standing, 'remove it by hand');
      await write(gateway, 2);
      const again = await (await scene.world.client.create(gateway)).result();
      assert.ok(again.kind === 'failed' && again.type === FAILURES.Conflict, JSON.stringify(again));
      assert.match(
        again.message,
        /MX-1 carries it whole .*; MX-2 carries nothing of it; nothing was touched/,
      );
      const operator = client(primary.device);
      await operator.set(...removal(gateway));
      await operator.commit();
      operator.session.close();
      await assertCreatedNext(scene.world, gateway);
      await scene.assertNothingTold(gateway);
    });

    it('deleted while another gateway is on trial: that one is created, and doctor tells what is left', async () => {
      const { gateway, keys } = await owing();
      // What somebody has changed since is left alone, so it stays owed.
      const operator = client(scene.world.pairOf(gateway).primary.device);
      await operator.set(`set interfaces ae0 unit ${vlanOf(gateway)} description by-hand`);
      await operator.commit();
      operator.session.close();
      const other = await scene.onTrial();
      await removeKeys(scene.world, keys);
      other.go();
      assert.equal((await other.run.result()).kind, 'created');
      await scene.assertCreated(other.gateway);
      await scene.assertTells(
        gateway,
        `unit ${vlanOf(gateway)}" changed; MX-2 carries nothing`,
        'remove it by hand',
      );
    });

    it('spoilt in the middle of a trial is waited for, and said', async () => {
      const { gateway, run, go } = await scene.onTrial();
      const [primary = '', secondary = ''] = scene.ids(gateway);
      const key = `${KEYS.owedChanges(secondary)}vpn_gateways/x/1:0`;
      await putRaw(scene.world, key, 'nonsense');
      go();
      for (;;) {
        const [pair] = await scene.world.client.queue(`${primary}+${secondary}`);
        if (pair?.queue?.blockedBy?.includes(`${key} can't be read`)) break;
        await sleep(50);
      }
      await removeKeys(scene.world, [key]);
      assert.equal((await run.result()).kind, 'created');
      await scene.assertCreated(gateway);
    });
  });

  const vlanOf = ({ gateway: { body } }: TestGateway) => String(body['downlink_vlan_id']);

  /** A gateway whose primary router owes the removal, under these keys. */
  async function owing(): Promise<{ readonly gateway: TestGateway; readonly keys: readonly string[] }> {
    const { gateway, run, go } = await scene.onTrial();
    const { primary } = scene.world.pairOf(gateway);
    const outcome = { kind: 'refuse', message: 'not today' } as const;
    const mend = primary.device.faults.add({ rpc: 'load-configuration', times: Infinity, outcome });
    await run.cancel();
    go();
    assert.equal((await run.result()).kind, 'cancelled');
    mend();
    const owed = await scene.world.etcd.readPrefix('test', KEYS.owedChanges(primary.id));
    assert.equal(owed.length, 1);
    return { gateway, keys: owed.map(({ key }) => key) };
  }

  const removal = ({ gateway: { body } }: TestGateway) => [
    `delete routing-instances ${String(body['vrf_name'])}`,
    `delete interfaces ae0 unit ${String(body['downlink_vlan_id'])}`,
    `delete interfaces ge-0/0/1 unit ${String(body['uplink_vlan_id'])}`,
  ];

  async function write({ gateway }: TestGateway, version: number): Promise<void> {
    gateway.version = version;
    const { key, value } = recordOf(gateway);
    await putRaw(scene.world, key, value);
  }
});
