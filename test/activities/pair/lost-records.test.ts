import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { publishFailed } from '../../../activities/saga/publish.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import type { Client } from '../../simulator/device/scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './router-facts.ts';
import { openScene, ownedOn, register } from './scene.ts';
import type { Scene } from './scene.ts';

describe('a gateway whose records in etcd are lost', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene(etcd());
  });
  afterEach(async () => {
    await assertFree(scene);
    await scene.close();
  });

  it('is found permanent on both routers, taken back into the records, and committed by nobody', async () => {
    const [member] = (await permanent(1)) as [PairMember];
    const logs = scene.routers.map(logsOf);
    const again = await lostAndRegistered(member);
    const reservation = await scene.reservation();
    const outcome = await scene.apply(reservation, [again]);
    assert.deepEqual([outcome.applied, outcome.refused, outcome.confirmBy], [[again], [], null]);
    assert.deepEqual(await permittedRuns(), [[again.run], [again.run]]);
    assert.deepEqual((await scene.settle(reservation, { confirm: [again] })).kept, [again]);
    assert.deepEqual(scene.routers.map(logsOf), logs);
  });

  it('and does not work any more is removed from both, as if it had been applied now', async () => {
    const [member] = (await permanent(1)) as [PairMember];
    const again = await lostAndRegistered(member);
    const reservation = await scene.reservation();
    await scene.apply(reservation, [again]);
    const { reverted } = await scene.settle(reservation, { revert: [again] });
    assert.deepEqual(reverted, [{ member: again, owedOn: [], reason: null }]);
    assert.deepEqual(carried(again), [false, false]);
  });

  it('is found on trial, and confirmed by the next reservation without another trial', async () => {
    const members = await onTrial(2);
    const again = await Promise.all(members.map(lostAndRegistered));
    const reservation = await scene.reservation();
    const outcome = await scene.apply(reservation, again);
    assert.deepEqual([outcome.applied, outcome.refused], [again, []]);
    assert.deepEqual(Object.values(outcome.commits), ['on trial', 'on trial']);
    assert.deepEqual(scene.routers.map(pendingOn), [true, true]);
    assert.deepEqual((await scene.settle(reservation, { confirm: again })).kept, again);
    assert.deepEqual(scene.routers.map(pendingOn), [false, false]);
    assert.deepEqual(carried(again[0] as PairMember), [true, true]);
    for (const router of scene.routers)
      assert.equal(logsOf(router).filter((log) => log?.includes(' until ')).length, 1);
  });

  it('is waited for until its trial has fallen back, if the trial holds a gateway that is not in the batch', async () => {
    const [one, other] = (await onTrial(2)) as [PairMember, PairMember];
    const [again] = [await lostAndRegistered(one), await forget(other)];
    const reservation = await scene.reservation();
    await assert.rejects(
      scene.apply(reservation, [again]),
      /a confirmed commit by esi .*gateway-saga reservation .* is pending/,
    );
    assert.deepEqual(scene.routers.map(pendingOn), [true, true], 'the other one was confirmed along');
    assert.deepEqual(await permittedRuns(), [[], []]);
  });

  it('is waited for until its trial has fallen back, if no time is left to see it working', async () => {
    await scene.close();
    // The trial has 120 s. The verdict may take 85 s and the margin is 45 s, so no time is left.
    scene = await openScene(etcd(), { policy: { confirmMinutes: 2 } });
    const [member] = (await onTrial(1)) as [PairMember];
    const again = await lostAndRegistered(member);
    const reservation = await scene.reservation();
    await assert.rejects(scene.apply(reservation, [again]), /a confirmed commit by esi .* is pending/);
  });

  it('is waited for until its trial has fallen back, if its own VRRP needs more time than is left', async () => {
    await scene.close();
    // VRRP may take 317 s by its timers. So the trial has 360 s; the verdict may take 341 s, and the margin is 45 s.
    scene = await openScene(etcd(), { policy: { confirmMinutes: 1 } });
    for (const router of scene.routers) {
      const operator = client(router.device);
      const [group, host] = router === scene.one ? ['VPNGW1', 2] : ['VPNGW2', 3];
      const path = `groups ${group}-VRRP interfaces <*> unit <*> family inet address 100.64.10.${host}/24 vrrp-group 10`;
      await operator.set(`set ${path} fast-interval 10000`, `set ${path} preempt hold-time 180`);
      await operator.ok(COMMIT);
      operator.session.close();
    }
    const [member] = (await onTrial(1)) as [PairMember];
    const again = await lostAndRegistered(member);
    const reservation = await scene.reservation();
    await assert.rejects(scene.apply(reservation, [again]), /a confirmed commit by esi .* is pending/);
    assert.deepEqual(await permittedRuns(), [[], []]);
  });

  for (const [what, word, edit, says] of [
    [
      'was changed on one router',
      'interfaces',
      (stanza: string) => `set ${stanza} description by-hand`,
      /^etcd has no record .*: MX-1 carries it with "interfaces .*" changed \(put there under reservation \S+\); MX-2 carries it whole \(put there under reservation \S+\); nothing was touched, and the claims stay$/,
    ],
    [
      'was removed in part from one router',
      'routing-instances',
      (stanza: string) => `delete ${stanza}`,
      /MX-1 carries it without "routing-instances .*" \(put there under reservation \S+\); MX-2 carries it whole/,
    ],
  ] as const)
    it(`and ${what} is left as it is, told, and keeps its claims`, async () => {
      const [member] = (await permanent(1)) as [PairMember];
      const stanza = ownedOn(member, scene.one.id).find(([first]) => first === word) ?? [];
      await byHand(edit(stanza.join(' ')));
      const logs = scene.routers.map(logsOf);
      await assertDisputed(await lostAndRegistered(member), says);
      assert.deepEqual(scene.routers.map(logsOf), logs);
    });

  it('and stands on one router only is left there, told, and keeps its claims', async () => {
    const [member] = (await permanent(1)) as [PairMember];
    await byHand((operator) =>
      operator.set(...ownedOn(member, scene.one.id).map((path) => `delete ${path.join(' ')}`)),
    );
    await assertDisputed(
      await lostAndRegistered(member),
      /: MX-1 carries nothing of it; MX-2 carries it whole \(put there/,
    );
  });

  it('and of which the commit history tells nothing any more is left as it is, told, and keeps its claims', async () => {
    const [member] = (await permanent(1)) as [PairMember];
    for (let entry = 0; entry < 50; entry += 1) await byHand(`set system location building ${entry}`);
    await assertDisputed(
      await lostAndRegistered(member),
      /: MX-1 carries it whole \(no commit of gateway-saga in its history put it there\); MX-2 carries it whole \(put there/,
    );
  });

  it('is recognized at a newer version, and is disputed no longer once it stands whole', async () => {
    const [member] = (await permanent(1)) as [PairMember];
    const [first = []] = ownedOn(member, scene.one.id);
    await byHand(`set ${first.join(' ')} description by-hand`);
    const again = await lostAndRegistered(member);
    await assertDisputed(again, /changed/);
    await byHand((operator) => operator.ok('<load-configuration rollback="1"/>'));
    const { key, value } = await configOf(again);
    await etcd()
      .raw.put(key)
      .value(JSON.stringify({ ...value, version: 2 }));
    const { resourceType, resourceId } = again.gateway;
    const next = await register(scene.deps, { resourceType, resourceId });
    assert.equal(next.gateway.version, 2);
    assert.equal((await scene.deps.store.planRecord(next.gateway))?.disputed, true);
    const reservation = await scene.reservation();
    assert.deepEqual((await scene.apply(reservation, [next])).applied, [next]);
    assert.equal((await scene.deps.store.planRecord(next.gateway))?.disputed, undefined);
    await scene.settle(reservation, { confirm: [next] });
  });

  it('and removed by gateway-saga since is somebody else’s, if it stands there again', async () => {
    const [member] = (await onTrial(1)) as [PairMember];
    const configuration = scene.one.device.running();
    const { reservation } = await scene.deps.store.router(scene.one.id);
    await scene.settle(reservation?.id ?? '', { revert: [member] });
    await byHand((operator) => operator.load(configuration, 'override'));
    const again = await lostAndRegistered(member);
    const next = await scene.reservation();
    const { refused } = await scene.apply(next, [again]);
    assert.match(refused[0]?.reason ?? '', /MX-1 carries it whole \(no commit of gateway-saga/);
  });

  /** The member fails as disputed. Then its failure is published, as its saga would do. */
  async function assertDisputed(member: PairMember, says: RegExp): Promise<void> {
    const reservation = await scene.reservation();
    const { applied, refused } = await scene.apply(reservation, [member]);
    assert.deepEqual([applied, refused.map(({ type }) => type)], [[], [FAILURES.Conflict]]);
    assert.match(refused[0]?.reason ?? '', says);
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    const { gateway, run } = member;
    const error = refused[0]?.reason ?? '';
    await publishFailed(scene.deps, { gateway, run, error, registered: true, clean: true });
    assert.equal((await scene.deps.store.state(gateway))?.workerState, 'CREATE_FAILED');
    for (const id of scene.ids)
      for (const path of ownedOn(member, id))
        assert.ok(await etcd().raw.get(KEYS.claim(id, path)), `the claim of ${path.join(' ')} is gone`);
  }

  async function onTrial(count: number): Promise<PairMember[]> {
    const members = await scene.gateways(count);
    await scene.apply(await scene.reservation(), members);
    return members;
  }

  async function permanent(count: number): Promise<PairMember[]> {
    const members = await scene.gateways(count);
    const reservation = await scene.reservation();
    await scene.apply(reservation, members);
    await scene.settle(reservation, { confirm: members });
    return members;
  }

  /** Makes etcd as it was before the gateway was registered. */
  async function forget(member: PairMember): Promise<void> {
    const keys = [KEYS.plan(member.gateway), ...scene.ids.map((id) => KEYS.router(id))];
    for (const id of scene.ids) keys.push(...ownedOn(member, id).map((path) => KEYS.claim(id, path)));
    for (const key of keys) await etcd().raw.delete().key(key);
  }

  async function lostAndRegistered(member: PairMember): Promise<PairMember> {
    await forget(member);
    return register(scene.deps, member.gateway);
  }

  async function permittedRuns(): Promise<string[][]> {
    const records = await Promise.all(scene.ids.map((id) => scene.deps.store.router(id)));
    return records.map(({ reservation }) => (reservation?.members ?? []).map(({ run }) => run));
  }

  async function configOf({ gateway }: PairMember) {
    const key = KEYS.gatewayConfig(gateway);
    return { key, value: JSON.parse((await etcd().raw.get(key).string()) ?? '') as object };
  }

  function carried(member: PairMember) {
    return scene.routers.map((router) => carries(router, member));
  }

  /** An operator changes and commits on the first router. */
  async function byHand(edit: string | ((operator: Client) => Promise<unknown>)): Promise<void> {
    const operator = client(scene.one.device);
    await (typeof edit === 'string' ? operator.set(edit) : edit(operator));
    await operator.ok(COMMIT);
    operator.session.close();
  }
});
