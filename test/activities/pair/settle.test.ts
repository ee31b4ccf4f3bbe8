import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { settle } from '../../../activities/pair/settle.ts';
import { contextOf, openScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf, pendingOn, waitUntil } from './router-facts.ts';
import { useScene } from './use-scene.ts';

describe('settling a batch', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened));

  const assertNothingLeft = async () => {
    for (const router of scene.routers) {
      assert.equal(pendingOn(router), false, `${router.name} has a pending commit`);
      const { reservation, owedChanges } = await scene.deps.store.router(router.id);
      assert.deepEqual([reservation?.members, owedChanges], [[], []]);
    }
  };

  it('confirms by a check if all are kept, and makes no further commit', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    assert.deepEqual(await scene.settle(reservation, { confirm: members }), {
      kept: members,
      reverted: [],
      fellBack: [],
    });
    for (const router of scene.routers) {
      for (const member of members) assert.equal(carries(router, member), true);
      assert.equal(logsOf(router).length, 2);
    }
    await assertNothingLeft();
  });

  it('reverts all members if none is to be confirmed', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    const before = scene.routers.map(({ device }) => device.running());
    await scene.apply(reservation, members);
    const reverted = members.map((member) => ({ member, owedOn: [], reason: null }));
    assert.deepEqual(await scene.settle(reservation, { revert: members }), {
      kept: [],
      reverted,
      fellBack: [],
    });
    assert.deepEqual(
      scene.routers.map(({ device }) => device.running()),
      before,
    );
    await assertNothingLeft();
  });

  const DENIED = { kind: 'refuse', message: 'permission denied' } as const;

  for (const rpc of ['lock', 'get-commit-information'])
    it(`waits while a router refuses ${rpc} for a reason that may pass`, async () => {
      const members = await scene.gateways(1);
      const reservation = await scene.reservation();
      await scene.apply(reservation, members);
      scene.other.device.faults.add({ rpc, outcome: DENIED });
      await assert.rejects(scene.settle(reservation, { confirm: members }), {
        name: 'NotNowError',
        message: /permission denied/,
      });
      assert.deepEqual((await scene.settle(reservation, { confirm: members })).kept, members);
      await assertNothingLeft();
    });

  it('reverts what can’t be confirmed until patience ends, and says why', async () => {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    scene.other.device.faults.add({ rpc: 'get-commit-information', outcome: DENIED });
    const { reverted } = await scene.impatient.settle(reservation, { confirm: members });
    assert.match(reverted[0]?.reason ?? '', /MX-2.*permission denied/);
    for (const router of scene.routers) assert.equal(carries(router, members[0] as PairMember), false);
    await assertNothingLeft();
  });

  const BROKEN: Readonly<Record<string, (record: string) => string>> = {
    'can’t be read': () => '{',
    'has a port that is too high': (record) => record.replace(/"ssh_port":\d+/, '"ssh_port":70000'),
    'has half a port': (record) => record.replace(/"ssh_port":\d+/, '"ssh_port":1.5'),
    'has a port with a letter': (record) => record.replace(/"ssh_port":\d+/, '"ssh_port":"830x"'),
    'has no port': (record) => record.replace('"ssh_port"', '"ssh_ports"'),
  };
  for (const [what, broken] of Object.entries(BROKEN))
    it(`waits while the record of a router ${what}`, async () => {
      const members = await scene.gateways(1);
      const reservation = await scene.reservation();
      await scene.apply(reservation, members);
      const key = `/config/v2.0/edge_routers/${scene.other.id}`;
      const record = (await etcd().raw.get(key).string()) ?? '';
      assert.notEqual(broken(record), record);
      await etcd().raw.put(key).value(broken(record));
      await assert.rejects(scene.settle(reservation, { confirm: members }), { name: 'NotNowError' });
      await etcd().raw.put(key).value(record);
      assert.deepEqual((await scene.settle(reservation, { confirm: members })).kept, members);
      await assertNothingLeft();
    });

  it('owes on a router whose record has a port that can’t be, and reverts on the other one', async () => {
    const members = await scene.gateways(1);
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    const key = `/config/v2.0/edge_routers/${scene.other.id}`;
    const record = (await etcd().raw.get(key).string()) ?? '';
    await etcd()
      .raw.put(key)
      .value(record.replace(/"ssh_port":\d+/, '"ssh_port":70000'));
    const { reverted } = await scene.impatient.settle(reservation, { confirm: members });
    assert.deepEqual(reverted[0]?.owedOn, [scene.other.id]);
    assert.match(reverted[0]?.reason ?? '', /field "ssh_port": expected a port from 1 to 65535, got 70000/);
    assert.equal(carries(scene.one, members[0] as PairMember), false);
  });

  it('reverts some by the commit that confirms the others', async () => {
    const members = await scene.gateways(3);
    const [first, second, third] = members;
    assert.ok(first && second && third);
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    assert.deepEqual(await scene.settle(reservation, { confirm: [first, third], revert: [second] }), {
      kept: [first, third],
      reverted: [{ member: second, owedOn: [], reason: null }],
      fellBack: [],
    });
    for (const router of scene.routers) {
      assert.deepEqual(
        members.map((member) => carries(router, member)),
        [true, false, true],
      );
      assert.equal(
        logsOf(router)[0],
        `gateway-saga reservation ${reservation} reverted: vpn_gateway:${second.gateway.resourceId} version 1`,
      );
      assert.equal(logsOf(router).length, 3);
    }
    await assertNothingLeft();
  });

  it('has the same outcome a second time', async () => {
    const [kept, unwanted] = await scene.gateways(2);
    assert.ok(kept && unwanted);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [kept, unwanted]);
    const verdicts = { confirm: [kept], revert: [unwanted] };
    const outcome = await scene.settle(reservation, verdicts);
    assert.deepEqual(await scene.settle(reservation, verdicts), outcome);
    for (const router of scene.routers) assert.equal(logsOf(router).length, 3);
    await assertNothingLeft();
  });

  it('names the routers that must be looked at for a member whose plan can’t be read, and settles the others', async () => {
    const [kept, broken] = await scene.gateways(2);
    assert.ok(kept && broken);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [kept, broken]);
    const key = KEYS.plan(broken.gateway);
    await etcd().raw.put(key).value('nonsense');
    const outcome = await scene.settle(reservation, { confirm: [kept], revert: [broken] });
    assert.deepEqual([outcome.kept, outcome.fellBack], [[kept], []]);
    assert.deepEqual(
      outcome.reverted.map(({ member, owedOn }) => [member, owedOn]),
      [[broken, ['MX-1', 'MX-2']]],
    );
    assert.ok(outcome.reverted[0]?.reason?.startsWith(`The record at ${key} can't be read: `));
  });

  it('confirms nothing before it reverts: cut off in between, everything falls back by itself', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    scene.one.device.faults.add({ step: 'activate', outcome: { kind: 'drop' } });
    await assert.rejects(scene.settle(reservation, { revert: members }));
    assert.deepEqual([pendingOn(scene.one), carries(scene.one, members[0] as PairMember)], [true, true]);
    assert.equal((await scene.settle(reservation, { revert: members })).reverted.length, 2);
  });

  for (const pendingMark of ['forever', 'none'] as const) {
    it(`confirms by a commit of its own on a router that marks a pending commit ${pendingMark === 'none' ? 'never' : 'for ever'} (T1)`, async () => {
      const own = await openScene(etcd(), { device: { pendingMark } });
      const members = await own.gateways(2);
      const reservation = await own.reservation();
      await own.apply(reservation, members);
      assert.deepEqual((await own.settle(reservation, { confirm: members })).kept, members);
      for (const router of own.routers) {
        assert.equal(logsOf(router)[0], `gateway-saga reservation ${reservation} kept`);
        assert.equal(pendingOn(router), false);
      }
      await own.close();
    });

    it(`sees that the revert has confirmed the rest on a router that marks a pending commit ${pendingMark === 'none' ? 'never' : 'for ever'}: no commit follows (T1)`, async () => {
      const own = await openScene(etcd(), { device: { pendingMark } });
      const [kept, unwanted] = (await own.gateways(2)) as [PairMember, PairMember];
      const reservation = await own.reservation();
      await own.apply(reservation, [kept, unwanted]);
      assert.deepEqual((await own.settle(reservation, { confirm: [kept], revert: [unwanted] })).kept, [kept]);
      for (const router of own.routers) {
        assert.match(logsOf(router)[0] ?? '', / reverted: /);
        assert.equal(logsOf(router).length, 3);
      }
      await own.close();
    });
  }

  it('does not take a check as proof: a member that is falling back meanwhile is not kept (T1)', async () => {
    // The margin is negative, so that the confirm can be sent while the router falls back.
    const policy = { confirmMinutes: 1, minuteMs: 800, confirmMarginMs: -5_000, fallbackGraceMs: 0 };
    const own = await openScene(etcd(), { policy, device: { delays: { rollback: 500 } } });
    const members = await own.gateways(1);
    const reservation = await own.reservation();
    const { confirmBy } = await own.apply(reservation, members);
    const deadline = Date.parse(confirmBy ?? '') - 5_000;
    const { store } = own.deps;
    const late: typeof store.permitCommit = async (...given) => {
      const answer = await store.permitCommit(...given);
      await waitUntil(() => Date.now() > deadline + 200);
      assert.deepEqual(own.routers.map(pendingOn), [true, true], 'the fallback must be under way');
      return answer;
    };
    const deps = { ...own.deps, store: { ...store, permitCommit: late } };
    const input = { reservation, routers: own.ids, confirm: members, revert: [] };
    await assert.rejects(settle(deps, contextOf(), input), /fell back meanwhile/);
    assert.deepEqual((await own.settle(reservation, { confirm: members })).fellBack, members);
    await own.close();
  });
});
