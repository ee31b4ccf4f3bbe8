import assert from 'node:assert/strict';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import { byHand, deletion, reordered, standing, unitOf, update } from './further-versions.ts';
import { logsOf, pendingOn, waitUntil } from './router-facts.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

describe('updates and deletions on the routers of a pair', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened), { device: { reboot: 'revert' } });

  const running = () => scene.routers.map(({ device }) => device.running());
  const commits = () => scene.routers.map((router) => logsOf(router).length);
  const stands = (gateway: TestGateway) =>
    running().map((text) => text.includes(`unit ${unitOf(gateway).split(' ').at(-1)} {`));
  const isUpdated = (gateway: TestGateway) =>
    running().map((text) =>
      (text.split(`unit ${unitOf(gateway).split(' ').at(-1)} {`)[1] ?? '')
        .slice(0, 300)
        .includes('input FILTER_10M-GA-UP-INET'),
    );
  const names = (members: readonly PairMember[]) => members.map(({ gateway }) => gateway.resourceId);

  it('go on both routers together with creations, in one commit on trial, and are confirmed by one', async () => {
    const [changed, removed] = (await standing(scene, 2)) as [TestGateway, TestGateway];
    const made: TestGateway[] = [];
    const [fresh] = (await scene.gateways(1, 'vpn_gateway', (one) => void made.push(one))) as [PairMember];
    const members = [await update(scene, etcd(), changed), await deletion(scene, etcd(), removed), fresh];
    const before = commits();
    const reservation = await scene.reservation();
    const { applied } = await scene.apply(reservation, members);
    assert.deepEqual(names(applied), names(members));
    assert.deepEqual(
      commits().map((count, index) => count - (before[index] ?? 0)),
      [1, 1],
    );
    assert.deepEqual(
      [isUpdated(changed), stands(removed), stands(made[0] as TestGateway)],
      [
        [true, true],
        [false, false],
        [true, true],
      ],
    );
    const { kept } = await scene.settle(reservation, { confirm: members });
    assert.deepEqual(names(kept), names(members));
    assert.deepEqual(scene.routers.map(pendingOn), [false, false]);
    assert.ok(commits().every((count, index) => count - (before[index] ?? 0) <= 2));
  });

  it('are taken back together, with creations, if a router refuses to revert one of them (T11)', async () => {
    const [changed, removed] = (await standing(scene, 2)) as [TestGateway, TestGateway];
    const updated = await update(scene, etcd(), changed);
    const gone = await deletion(scene, etcd(), removed);
    const [fresh] = (await scene.gateways(1)) as [PairMember];
    const before = running();
    const reservation = await scene.reservation();
    await scene.apply(reservation, [updated, gone, fresh]);
    const outcome = { kind: 'fail-check', message: 'not now' } as const;
    scene.one.device.faults.add({ rpc: 'commit-configuration', step: 'check', outcome });
    const settled = await scene.settle(reservation, { confirm: [updated], revert: [gone, fresh] });
    assert.deepEqual([settled.kept, settled.fellBack], [[], [updated]]);
    assert.deepEqual(
      settled.reverted.map(({ member, owedOn }) => [member, owedOn]),
      [
        [gone, []],
        [fresh, []],
      ],
    );
    assert.equal(running()[0], before[0]);
    assert.deepEqual(
      [isUpdated(changed), stands(removed)],
      [
        [false, true],
        [true, true],
      ],
    );
    await scene.apply(reservation, [updated]);
    assert.deepEqual((await scene.settle(reservation, { confirm: [updated] })).kept, [updated]);
    assert.deepEqual(isUpdated(changed), [true, true]);
  });

  it('that the routers carry already, because only the form of the text has changed, are kept without a commit', async () => {
    const [gateway] = (await standing(scene, 1)) as [TestGateway];
    const member = await reordered(scene, etcd(), gateway);
    const before = commits();
    const reservation = await scene.reservation();
    const { applied, plainCommits } = await scene.apply(reservation, [member]);
    assert.deepEqual([applied, plainCommits], [[member], undefined]);
    assert.deepEqual((await scene.settle(reservation, { confirm: [member] })).kept, [member]);
    assert.deepEqual(commits(), before);
  });

  it('are judged alone: what somebody has changed is refused, and the others go on', async () => {
    const [changed, touched, removed, inhabited] = (await standing(scene, 4)) as TestGateway[] as [
      TestGateway,
      TestGateway,
      TestGateway,
      TestGateway,
    ];
    await byHand(scene.other, `set ${unitOf(touched)} description mine`);
    await byHand(scene.one, `set ${unitOf(inhabited)} family inet address 198.51.100.1/24`);
    const members = [
      await update(scene, etcd(), changed),
      await update(scene, etcd(), touched),
      await deletion(scene, etcd(), removed),
      await deletion(scene, etcd(), inhabited),
    ];
    const reservation = await scene.reservation();
    const { applied, refused } = await scene.apply(reservation, members);
    assert.deepEqual(names(applied), [changed.resourceId, removed.resourceId]);
    assert.deepEqual(
      refused.map(({ reason }) => reason.replace(/"[^"]*"/, '…')),
      ['MX-2: … was changed by somebody else', 'MX-1: … was changed by somebody else'],
    );
    await scene.settle(reservation, { confirm: applied });
    assert.deepEqual(
      [isUpdated(changed), isUpdated(touched), stands(removed), stands(inhabited)],
      [
        [true, true],
        [false, false],
        [false, false],
        [true, true],
      ],
    );
  });

  it('are put back as they were, byte for byte, also where others have their own in the same stanza', async () => {
    const [changed, removed] = (await standing(scene, 2)) as [TestGateway, TestGateway];
    for (const router of scene.routers)
      await byHand(router, `set ${unitOf(changed)} family inet address 198.51.100.1/24`);
    const before = running();
    const members = [await update(scene, etcd(), changed), await deletion(scene, etcd(), removed)];
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    assert.notDeepEqual(running(), before);
    const { reverted } = await scene.settle(reservation, { revert: members });
    assert.deepEqual(
      reverted.map(({ owedOn }) => owedOn),
      [[], []],
    );
    assert.deepEqual(running(), before);
  });

  it('leave what somebody adds during the trial', async () => {
    const [changed] = (await standing(scene, 1)) as [TestGateway];
    const member = await update(scene, etcd(), changed);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [member]);
    for (const router of scene.routers)
      await byHand(router, `set ${unitOf(changed)} family inet address 198.51.100.9/24`);
    await scene.settle(reservation, { revert: [member] });
    assert.deepEqual(isUpdated(changed), [false, false]);
    for (const text of running()) assert.match(text, /address 198\.51\.100\.9\/24/);
  });

  it('are put back also where somebody writes into the stanza of a deletion during its trial', async () => {
    const [removed] = (await standing(scene, 1)) as [TestGateway];
    const before = running();
    const member = await deletion(scene, etcd(), removed);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [member]);
    const address = 'family inet address 198.51.100.9/24';
    await byHand(scene.one, `set ${unitOf(removed)} ${address}`);
    const { reverted } = await scene.settle(reservation, { revert: [member] });
    assert.deepEqual(
      reverted.map(({ owedOn }) => owedOn),
      [[]],
    );
    assert.deepEqual(stands(removed), [true, true]);
    assert.match(running()[0] ?? '', /address 198\.51\.100\.9\/24/);
    await byHand(scene.one, `delete ${unitOf(removed)} ${address}`);
    assert.deepEqual(running(), before);
  });

  it('leave a router as it was if there was nothing left to delete: a revert puts back what was committed', async () => {
    const [gateway] = (await standing(scene, 1)) as [TestGateway];
    const member = await deletion(scene, etcd(), gateway);
    const stood = running();
    const owned = Object.values((await scene.deps.store.planRecord(member.gateway))?.routers ?? {});
    const gone = owned.find(({ id }) => id === scene.other.id)?.before?.remove ?? [];
    await byHand(scene.other, ...gone);
    const [, without] = running();
    const reservation = await scene.reservation();
    assert.deepEqual((await scene.apply(reservation, [member])).applied, [member]);
    assert.deepEqual(stands(gateway), [false, false]);
    const { reverted } = await scene.settle(reservation, { revert: [member] });
    assert.deepEqual(
      reverted.map((one) => [one.member, one.owedOn]),
      [[member, []]],
    );
    assert.deepEqual(running(), [stood[0], without]);
  });

  it('are a conflict where somebody has written the new version already', async () => {
    const [changed] = (await standing(scene, 1)) as [TestGateway];
    const member = await update(scene, etcd(), changed);
    await byHand(scene.one, `set ${unitOf(changed)} family inet filter input FILTER_10M-GA-UP-INET`);
    const { refused } = await scene.apply(await scene.reservation(), [member]);
    assert.match(refused[0]?.reason ?? '', /^MX-1: .* is configured there already, by somebody else$/);
    assert.deepEqual(isUpdated(changed), [true, false]);
  });

  it('are owed by a router that is away, and the next reservation puts back what stood', async () => {
    const [changed] = (await standing(scene, 1)) as [TestGateway];
    const before = running();
    const member = await update(scene, etcd(), changed);
    let reservation = await scene.reservation();
    await scene.apply(reservation, [member]);
    const operator = client(scene.other.device);
    await operator.ok(COMMIT);
    operator.session.close();
    scene.other.server.setReachable(false);
    const { reverted } = await scene.impatient.settle(reservation, { revert: [member] });
    assert.deepEqual(reverted[0]?.owedOn, ['MX-2']);
    assert.deepEqual(isUpdated(changed), [false, true]);
    scene.other.server.setReachable(true);
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const [fresh] = (await scene.gateways(1)) as [PairMember];
    reservation = await scene.reservation();
    await scene.apply(reservation, [fresh]);
    await scene.settle(reservation, { revert: [fresh] });
    assert.deepEqual(running(), before);
    assert.deepEqual((await scene.deps.store.router(scene.other.id)).owedChanges, []);
  });

  it('are applied again on a router that fell back', async () => {
    const [changed, removed] = (await standing(scene, 2)) as [TestGateway, TestGateway];
    const members = [await update(scene, etcd(), changed), await deletion(scene, etcd(), removed)];
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    scene.other.device.restart();
    await waitUntil(() => !pendingOn(scene.other));
    const { fellBack } = await scene.settle(reservation, { confirm: members });
    assert.deepEqual(names(fellBack), names(members));
    const again = await scene.apply(reservation, members);
    assert.deepEqual(names(again.applied), names(members));
    const { kept } = await scene.settle(reservation, { confirm: members });
    assert.deepEqual(names(kept), names(members));
    assert.deepEqual(
      [isUpdated(changed), stands(removed)],
      [
        [true, true],
        [false, false],
      ],
    );
  });
});
