import assert from 'node:assert/strict';
import { publishCompleted } from '../../../activities/saga/publish.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { childOf, withChildKinds } from '../../families/kinds.ts';
import type { ChildKind } from '../../families/kinds.ts';
import { byHand, deletion, standing, update } from './further-versions.ts';
import { carries } from './router-facts.ts';
import { register } from './scene.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

describe('children inside the stanzas of a gateway', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let parent: TestGateway;
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened), { kinds: withChildKinds });
  beforeEach(async () => {
    [parent] = (await standing(scene, 1)) as [TestGateway];
    reservation = await scene.reservation();
  });

  const text = () => scene.routers.map(({ device }) => device.running());
  const uplink = 'interfaces ge-0/0/1 unit 123';
  const instance = () => `routing-instances ${String(parent.gateway.body['vrf_name'])}`;
  const registered = async (kind: ChildKind, number?: number): Promise<[PairMember, TestGateway]> => {
    const child = childOf(parent, kind, number);
    await writeRecords([etcd().endpoint], [recordOf(child.gateway)]);
    return [await register(scene.deps, child), child];
  };
  /** Somebody deletes the keys by which a parent knows its children. So its registration lets it go on, and only the look at the routers finds them. */
  const forgetChildren = async () => {
    for (const prefix of [KEYS.referrer(parent), KEYS.changing(parent)])
      await etcd().raw.delete().prefix(prefix);
  };
  const nextReservation = async () => {
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    reservation = await scene.reservation();
  };
  const apply = async (...members: PairMember[]) => {
    const outcome = await scene.apply(reservation, members);
    assert.deepEqual([outcome.refused, outcome.toRevert], [[], []]);
    assert.deepEqual(outcome.applied, members);
  };
  const keep = async (...members: PairMember[]) => {
    await apply(...members);
    assert.deepEqual((await scene.settle(reservation, { confirm: members })).kept, members);
    for (const member of members) await publishCompleted(scene.deps, { ...member, seen: [] });
    await nextReservation();
  };
  const refusal = async (member: PairMember) => {
    const { refused } = await scene.apply(reservation, [member]);
    assert.equal(refused[0]?.type, FAILURES.Conflict);
    return refused[0]?.reason ?? '';
  };

  it('go on beside each other, and make the same container', async () => {
    const [[one], [two], [route]] = [
      await registered('vpn_interface', 1),
      await registered('vpn_interface', 2),
      await registered('static_route'),
    ];
    await keep(one, two, route);
    for (const router of scene.routers)
      assert.deepEqual(
        [one, two, route].map((member) => carries(router, member)),
        [true, true, true],
      );
  });

  it('leave nothing behind when they are deleted: the text is what it was before them', async () => {
    const before = text();
    const [[one, first], [two, second]] = [
      await registered('vpn_interface', 1),
      await registered('vpn_interface', 2),
    ];
    await keep(one, two);
    assert.match(text()[0] ?? '', /family inet \{\s+address 198\.18\.1\.2\/30;\s+address 198\.18\.2\.2/);
    await keep(await deletion(scene, etcd(), first));
    assert.match(text()[0] ?? '', /address 198\.18\.2\.2/);
    await keep(await deletion(scene, etcd(), second));
    assert.deepEqual(text(), before);
  });

  it('leave nothing behind when they are reverted', async () => {
    const before = text();
    const [one] = await registered('vpn_interface');
    await apply(one);
    assert.notDeepEqual(text(), before);
    assert.deepEqual((await scene.settle(reservation, { revert: [one] })).reverted, [
      { member: one, owedOn: [], reason: null },
    ]);
    assert.deepEqual(text(), before);
  });

  it('leave a container in which a person has a statement', async () => {
    const [one, child] = await registered('vpn_interface');
    await keep(one);
    await byHand(scene.one, `set ${uplink} family inet mtu 1400`);
    await keep(await deletion(scene, etcd(), child));
    assert.match(scene.one.device.running(), /family inet \{\s+mtu 1400;/);
    assert.doesNotMatch(scene.other.device.running(), /198\.18/);
  });

  it('come and go in the same batch, in the same stanza', async () => {
    const [one, child] = await registered('vpn_interface', 1);
    await keep(one);
    const [two] = await registered('vpn_interface', 2);
    await keep(await deletion(scene, etcd(), child), two);
    for (const router of scene.routers) {
      assert.equal(carries(router, two), true);
      assert.equal(carries(router, one), false);
    }
  });

  it('are left alone by an update of their parent, and by its revert', async () => {
    const [[one], [route]] = [await registered('vpn_interface'), await registered('static_route')];
    await keep(one, route);
    const before = text();
    const next = await update(scene, etcd(), parent);
    await apply(next);
    for (const router of scene.routers)
      assert.deepEqual(
        [one, route].map((member) => carries(router, member)),
        [true, true],
      );
    const { reverted } = await scene.settle(reservation, { revert: [next] });
    assert.deepEqual(reverted, [{ member: next, owedOn: [], reason: null }]);
    assert.deepEqual(text(), before);
  });

  it('keep their parent from being deleted, and are named, although only their claims tell of them', async () => {
    const [route, child] = await registered('static_route');
    child.gateway.body['name'] = 'acme-dmz';
    await writeRecords([etcd().endpoint], [recordOf(child.gateway)]);
    await keep(route);
    const before = text();
    await forgetChildren();
    const gone = await deletion(scene, etcd(), parent);
    assert.match(
      await refusal(gone),
      new RegExp(
        `^MX-[12]: "${instance()} routing-options static route 10\\.99\\.1\\.0/24" stands there, and belongs to static_route acme-dmz \\(${child.resourceId}\\)$`,
      ),
    );
    assert.deepEqual(text(), before);
  });

  it('that somebody has removed by hand keep no parent from being deleted', async () => {
    const [route] = await registered('static_route');
    await keep(route);
    for (const router of scene.routers) await byHand(router, `delete ${instance()} routing-options`);
    await forgetChildren();
    await keep(await deletion(scene, etcd(), parent));
    assert.doesNotMatch(text().join(''), new RegExp(instance().split(' ')[1] ?? ''));
  });

  it('do not go where a statement of their parent is missing, and the statement is named', async () => {
    await byHand(scene.other, `delete ${uplink} description`);
    const before = text();
    const [route] = await registered('static_route');
    assert.equal(
      await refusal(route),
      `MX-2: vpn_gateway sample-vpn-gateway (${parent.resourceId}) does not stand there as it should: "${uplink} description CloudGW_vpn" is missing or was changed`,
    );
    assert.deepEqual(text(), before);
  });

  it('are not created where their parent is gone, but their deletion is', async () => {
    const [[route, child]] = [await registered('static_route')];
    await keep(route);
    for (const router of scene.routers) await byHand(router, `delete ${instance()}`);
    const [other] = await registered('static_route', 2);
    assert.match(
      await refusal(other),
      /does not stand there as it should: "routing-instances \S+" is missing$/,
    );
    await nextReservation();
    await keep(await deletion(scene, etcd(), child));
    assert.doesNotMatch(text().join(''), new RegExp(instance().split(' ')[1] ?? ''));
  });

  it('are put off while their parent is changed in the same batch, and it while they are', async () => {
    const [route] = await registered('static_route');
    await forgetChildren();
    const next = await update(scene, etcd(), parent);
    const behind = await scene.apply(reservation, [next, route]);
    assert.deepEqual([behind.applied, behind.postponed], [[next], [route]]);
    await scene.settle(reservation, { revert: [next] });
    const ahead = await scene.apply(reservation, [route, next]);
    assert.deepEqual([ahead.applied, ahead.postponed], [[route], [next]]);
    await scene.settle(reservation, { revert: [route] });
  });

  it('go with a trial that is taken back, and the sibling that was to stay is applied again', async () => {
    const [[old, first]] = [await registered('vpn_interface', 1)];
    await keep(old);
    const before = text();
    const [two] = await registered('vpn_interface', 2);
    const gone = await deletion(scene, etcd(), first);
    await apply(gone, two);
    const path = `[edit ${uplink} family inet address 198.18.2.2/30]`;
    const why = { kind: 'fail-check', message: 'referred to', path } as const;
    scene.one.device.faults.add({ rpc: 'commit-configuration', step: 'check', times: 1, outcome: why });
    const { fellBack, reverted } = await scene.settle(reservation, { confirm: [gone], revert: [two] });
    assert.deepEqual([fellBack, reverted], [[gone], [{ member: two, owedOn: [], reason: null }]]);
    assert.equal(scene.one.device.running(), before[0]);
    await keep(gone);
    assert.doesNotMatch(text().join(''), /198\.18/);
  });

  it('that a router owes leave nothing behind either', async () => {
    const before = text();
    const [one] = await registered('vpn_interface');
    await apply(one);
    await byHand(scene.other, 'set interfaces ge-0/0/1 unit 3999 description confirms');
    scene.other.server.setReachable(false);
    const { reverted } = await scene.impatient.settle(reservation, { revert: [one] });
    assert.deepEqual(reverted[0]?.owedOn, ['MX-2']);
    scene.other.server.setReachable(true);
    await etcd().raw.delete().key(KEYS.plan(one.gateway));
    await nextReservation();
    const [route] = await registered('static_route');
    await apply(route);
    assert.doesNotMatch(scene.other.device.running(), /family inet \{?;?\s*\}?\s*\}\s*unit 3999/);
    await scene.settle(reservation, { revert: [route] });
    await byHand(scene.other, 'delete interfaces ge-0/0/1 unit 3999');
    assert.deepEqual(text(), before);
  });
});
