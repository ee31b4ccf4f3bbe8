import assert from 'node:assert/strict';
import { apply } from '../../../activities/pair/apply.ts';
import { settle } from '../../../activities/pair/settle.ts';
import { publishCompleted, publishFailed } from '../../../activities/saga/publish.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { secretIn } from '../../../simulator/device/config/canonical.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { CHECK, client } from '../../simulator/device/scene.ts';
import { deletion, next } from './further-versions.ts';
import { logsOf, waitUntil } from './router-facts.ts';
import { contextOf } from './scene.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

const peerWith = (key: string): string =>
  `protocols { bgp { group g { neighbor 192.0.2.1 { authentication-key ${key}; } } } }`;

describe('a version that changes nothing but a secret', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let gateway: TestGateway;
  let update: PairMember;
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened), { device: { reboot: 'revert' } });

  const isOld = () =>
    scene.routers.map(({ device }) => {
      const [, form = ''] = /authentication-key "?(\$9\$[^";\s]+)/.exec(device.running()) ?? [];
      return secretIn(form) === 'first';
    });
  const input = () => ({ reservation, routers: scene.ids });

  beforeEach(async () => {
    const [member] = (await scene.gateways(1, 'internet_gateway', (one) => {
      gateway = one;
      one.neighbour('internet_service').body['vrf_config'] = peerWith('first');
    })) as [PairMember];
    const earlier = await scene.reservation();
    await scene.apply(earlier, [member]);
    await scene.settle(earlier, { confirm: [member] });
    await publishCompleted(scene.deps, { ...member, seen: [] });
    await scene.deps.store.endReservation({ reservation: earlier, routers: scene.ids });
    assert.deepEqual(isOld(), [true, true]);
    gateway.neighbour('internet_service').body['vrf_config'] = peerWith('second');
    update = await next(scene, etcd(), gateway);
    reservation = await scene.reservation();
    assert.deepEqual((await scene.apply(reservation, [update])).applied, [update]);
    assert.deepEqual(isOld(), [false, false]);
  });

  it('is found on trial by another worker, which commits nothing again', async () => {
    const before = scene.routers.map((router) => logsOf(router).length);
    const given = { ...input(), members: [update] };
    assert.deepEqual((await apply(scene.worker(), contextOf({ attempt: 2 }), given)).applied, [update]);
    assert.deepEqual(
      scene.routers.map((router) => logsOf(router).length),
      before,
    );
  });

  it('is kept by another worker, and known to be kept after that', async () => {
    const given = { ...input(), confirm: [update], revert: [] };
    assert.deepEqual((await settle(scene.worker(), contextOf(), given)).kept, [update]);
    assert.deepEqual((await settle(scene.worker(), contextOf({ attempt: 2 }), given)).kept, [update]);
    assert.deepEqual(isOld(), [false, false]);
  });

  it('is reverted to the old secret by another worker, once', async () => {
    const given = { ...input(), confirm: [], revert: [update] };
    const reverted = [{ member: update, owedOn: [], reason: null }];
    assert.deepEqual((await settle(scene.worker(), contextOf(), given)).reverted, reverted);
    assert.deepEqual(isOld(), [true, true]);
    const before = logsOf(scene.one).length;
    assert.deepEqual((await settle(scene.worker(), contextOf({ attempt: 2 }), given)).reverted, reverted);
    assert.equal(logsOf(scene.one).length, before);
  });

  it('is applied again after a router has fallen back', async () => {
    scene.one.device.restart();
    await waitUntil(() => isOld()[0] === true);
    const given = { ...input(), members: [update] };
    assert.deepEqual((await apply(scene.worker(), contextOf({ attempt: 2 }), given)).applied, [update]);
    assert.deepEqual(isOld(), [false, false]);
  });

  it('on trial is taken back by the routers themselves, if the old secret is lost', async () => {
    await etcd().raw.delete().key(KEYS.secrets(update.gateway));
    const [result] = (await scene.settle(reservation, { revert: [update] })).reverted;
    assert.deepEqual(result?.owedOn, []);
    assert.deepEqual(isOld(), [true, true]);
  });

  it('that a check has made permanent stays, and its revert is owed, if the old secret is lost; it is made once the record is back', async () => {
    for (const { device } of scene.routers) {
      const operator = client(device);
      await operator.ok(CHECK);
      operator.session.close();
    }
    const key = KEYS.secrets(update.gateway);
    const value = (await etcd().raw.get(key).string()) ?? '';
    await etcd().raw.delete().key(key);
    const [result] = (await scene.settle(reservation, { revert: [update] })).reverted;
    assert.deepEqual([...(result?.owedOn ?? [])].sort(), ['MX-1', 'MX-2']);
    assert.match(result?.reason ?? '', /has no <secret:authentication-key:/);
    assert.deepEqual(isOld(), [false, false]);
    await etcd().raw.put(key).value(value);
    await scene.apply(await scene.reservation(), await scene.gateways(1));
    assert.deepEqual(isOld(), [true, true]);
    for (const id of scene.ids) assert.deepEqual((await scene.deps.store.router(id)).owedChanges, []);
  });
});

describe('a secret that came back', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let gateway: TestGateway;
  useScene(etcd, (opened) => (scene = opened));

  beforeEach(async () => {
    const [member] = (await scene.gateways(1, 'internet_gateway', (one) => {
      gateway = one;
      one.neighbour('internet_service').body['vrf_config'] = peerWith('first');
    })) as [PairMember];
    const reservation = await scene.reservation();
    await scene.apply(reservation, [member]);
    await scene.settle(reservation, { confirm: [member] });
    await publishCompleted(scene.deps, { ...member, seen: [] });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
  });

  it('with a gateway whose deletion was reverted is no change by somebody else', async () => {
    const first = await deletion(scene, etcd(), gateway);
    const reservation = await scene.reservation();
    assert.deepEqual((await scene.apply(reservation, [first])).applied, [first]);
    const { reverted } = await scene.settle(reservation, { revert: [first] });
    assert.deepEqual(reverted, [{ member: first, owedOn: [], reason: null }]);
    await publishFailed(scene.deps, { ...first, error: 'reverted', registered: true, clean: true });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });

    const second = await next(scene, etcd(), gateway);
    const outcome = await scene.apply(await scene.reservation(), [second]);
    assert.deepEqual(outcome.refused, []);
    assert.deepEqual(outcome.applied, [second]);
  });
});
