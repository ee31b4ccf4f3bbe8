import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { CHECK, client, COMMIT, confirmed, LOCK, UNLOCK } from '../../simulator/device/scene.ts';
import type { Client } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import type { LocalRouter } from '../../../local/routers.ts';
import type { Meter } from '../../../gateway/meter.ts';
import { RecordingMeter } from '../../worker/monitoring/recording-meter.ts';
import { ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf, pendingOn } from './router-facts.ts';
import { useScene } from './use-scene.ts';

describe('people on the same routers', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let operator: Client;
  let members: PairMember[];
  let reservation: string;
  afterEach(() => {
    operator.session.close();
  });
  let meter: RecordingMeter;
  const told = { record: (...what) => meter.record(...what), replace: () => undefined } satisfies Meter;
  useScene(etcd, (opened) => (scene = opened), { meter: told });
  beforeEach(async () => {
    meter = new RecordingMeter();
    operator = client(scene.one.device);
    members = await scene.gateways(2);
    reservation = await scene.reservation();
  });

  const mtu = (value: number) => operator.set(`set interfaces ge-0/0/1 mtu ${value}`);
  const discard = () => operator.ok('<discard-changes/>');
  const applyAll = async () => assert.deepEqual((await scene.apply(reservation, members)).applied, members);

  it('a session of ours that has the lock although it was answered otherwise is ended', async () => {
    const outcome = { kind: 'deny-lock' } as const;
    scene.one.device.faults.add({ rpc: 'lock', step: 'rpc', moment: 'after', times: 1, outcome });
    await assert.rejects(scene.apply(reservation, members), { name: 'NotNowError', message: /pid 99999/ });
    await assert.rejects(scene.apply(reservation, members), {
      name: 'NotNowError',
      message: /by: esi terminal/,
    });
    await applyAll();
    await scene.settle(reservation, { revert: members });
  });

  /** What an operator may do on a router, what we say of that, and how the operator ends it. */
  const hindrances = {
    'who has the lock': {
      begin: () => operator.ok(LOCK),
      says: /^MX-1: configuration database locked by: esi terminal \(pid \d+\) on since/,
      holder: 'lock',
      end: () => operator.ok(UNLOCK),
    },
    'with unfinished edits': {
      begin: () => mtu(1_400),
      says: /^MX-1: configuration database modified/,
      holder: 'edits',
      end: discard,
    },
    'with a confirmed commit pending': {
      begin: async () => {
        await mtu(1_400);
        await operator.ok(confirmed(5, 'try it'));
      },
      says: /^MX-1: a confirmed commit by esi at .* \("try it"\) is pending/,
      holder: 'pending commit',
      end: () => operator.ok(COMMIT),
    },
  };
  for (const [who, { begin, says, holder, end }] of Object.entries(hindrances)) {
    it(`an operator ${who} is waited for, and left alone (T5)`, async () => {
      await begin();
      const before = scene.routers.map(({ device }) => device.snapshot().history.length);
      const wasPending = pendingOn(scene.one);
      await assert.rejects(scene.apply(reservation, members), { name: 'NotNowError', message: says });
      assert.deepEqual(
        scene.routers.map(({ device }) => device.snapshot().history.length),
        before,
      );
      assert.equal(pendingOn(scene.one), wasPending, 'what is pending was confirmed');
      assert.deepEqual(meter.recorded, [['lockRefusals', 1, { router: scene.one.id, holder }]]);
      await end();
      await applyAll();
    });

    it(`an operator ${who} delays the settling of a batch, and is left alone (T5)`, async () => {
      await applyAll();
      await begin();
      const wasPending = pendingOn(scene.one);
      const running = scene.one.device.running();
      const [kept, unwanted] = members as [PairMember, PairMember];
      await assert.rejects(scene.settle(reservation, { confirm: [kept], revert: [unwanted] }), {
        message: says,
      });
      assert.equal(pendingOn(scene.one), wasPending);
      assert.equal(scene.one.device.running(), running);
      await end();
      const outcome = await scene.settle(reservation, { confirm: [kept], revert: [unwanted] });
      assert.deepEqual(outcome.kept, [kept]);
      for (const router of scene.routers) assert.equal(carries(router, unwanted), false);
    });

    it(`an operator ${who} delays the revert of a batch there, not on the other router (T5)`, async () => {
      await applyAll();
      await begin();
      const running = scene.one.device.running();
      await assert.rejects(scene.settle(reservation, { revert: members }), { message: says });
      assert.equal(scene.one.device.running(), running);
      for (const member of members) assert.equal(carries(scene.other, member), false);
      await end();
      assert.equal((await scene.settle(reservation, { revert: members })).reverted.length, 2);
      for (const member of members) assert.equal(carries(scene.one, member), false);
    });

    it(`an operator ${who} for longer than patience lasts is named as the reason, and nothing is changed`, async () => {
      await begin();
      const outcome = await scene.impatient.apply(reservation, members);
      assert.deepEqual(outcome.toRevert, []);
      assert.deepEqual(
        outcome.refused.map(({ member, type }) => [member, type]),
        members.map((member) => [member, FAILURES.RouterBusy]),
      );
      assert.match(outcome.refused[0]?.reason ?? '', says);
      for (const router of scene.routers)
        for (const member of members) assert.equal(carries(router, member), false);
      await end();
    });
  }

  it('an operator whose commit confirms ours is found to have done so', async () => {
    await applyAll();
    await mtu(1_400);
    await operator.ok(COMMIT);
    assert.deepEqual((await scene.settle(reservation, { confirm: members })).kept, members);
    assert.match(scene.one.device.running(), /mtu 1400/);
    assert.equal(
      logsOf(scene.one).filter((log) => log?.includes(reservation)).length,
      1,
      'nothing was left to be confirmed',
    );
  });

  it('an operator who confirms our commit by a check does not prevent its revert', async () => {
    await applyAll();
    await operator.ok(CHECK);
    assert.equal((await scene.settle(reservation, { revert: members })).reverted.length, 2);
    for (const router of scene.routers)
      for (const member of members) assert.equal(carries(router, member), false);
  });

  it('an operator who confirms our commit before the batch is on the other router does no harm (T4)', async () => {
    scene.other.device.faults.add({ step: 'activate', outcome: { kind: 'drop' } });
    await assert.rejects(scene.apply(reservation, members));
    assert.deepEqual(scene.routers.map(pendingOn), [true, false]);
    await operator.ok(CHECK);
    const commits = logsOf(scene.one).length;
    await applyAll();
    assert.equal(logsOf(scene.one).length, commits);
    assert.deepEqual((await scene.settle(reservation, { confirm: members })).kept, members);
  });

  it('an operator who has confirmed an own commit by a check is not waited for, if the router is known to mark pending commits (T5)', async () => {
    await applyAll();
    await scene.settle(reservation, { revert: members });
    await mtu(1_400);
    await operator.ok(confirmed(5, 'try it'));
    await operator.ok(CHECK);
    await applyAll();
  });

  it('an operator who changed our configuration is mentioned when it is reverted, and it is reverted all the same', async () => {
    await applyAll();
    const [changed] = members as [PairMember];
    await operator.set(`set interfaces ae0 unit ${unitOf(changed, scene.one)} description "mine now"`);
    await operator.ok(COMMIT);
    const { reverted } = await scene.settle(reservation, { revert: members });
    assert.match(
      reverted.find(({ member }) => member === changed)?.reason ?? '',
      /MX-1: "interfaces ae0 unit \d+" was changed by somebody else/,
    );
    for (const router of scene.routers) assert.equal(carries(router, changed), false);
  });

  it('an operator who removed a part of a gateway before it was kept causes the rest to be reverted: both routers or neither', async () => {
    await applyAll();
    const [changed, whole] = members as [PairMember, PairMember];
    await operator.set(
      `delete routing-instances vrf_gw_sample-ha-router-downlink_${unitOf(changed, scene.one)}`,
    );
    await operator.ok(COMMIT);
    const outcome = await scene.settle(reservation, { confirm: members });
    assert.deepEqual(outcome.kept, [whole]);
    assert.match(
      outcome.reverted[0]?.reason ?? '',
      /MX-1: "routing-instances \S+" was removed by somebody else/,
    );
    for (const router of scene.routers) assert.equal(carries(router, changed), false);
  });
});

function unitOf(member: PairMember, router: LocalRouter): string {
  const unit = ownedOn(member, router.id).find((path) => path[1] === 'ae0');
  return unit?.[3] ?? '';
}
