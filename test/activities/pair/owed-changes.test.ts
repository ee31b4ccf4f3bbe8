import assert from 'node:assert/strict';
import { settle } from '../../../activities/pair/settle.ts';
import { publishFailed } from '../../../activities/saga/publish.ts';
import { StoreUnavailableError } from '../../../etcd/errors.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { contextOf, owedOf, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries, logsOf, pendingOn } from './router-facts.ts';
import { useScene } from './use-scene.ts';

describe('an owed change', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => {
    reservation = await scene.reservation();
  });

  const owedChangesOf = async (router = scene.other) =>
    (await scene.deps.store.router(router.id)).owedChanges;
  const nextReservation = async () => {
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    reservation = await scene.reservation();
  };
  /** A member that was permanent on the second router, and could be reverted on the first router only: the second one owes the inverse change. */
  const owed = async (kind: 'vpn_gateway' | 'internet_gateway' = 'vpn_gateway'): Promise<PairMember> => {
    const [member] = (await scene.gateways(1, kind)) as [PairMember];
    await scene.apply(reservation, [member]);
    const operator = client(scene.other.device);
    await operator.ok('<commit-configuration><check/></commit-configuration>');
    operator.session.close();
    scene.other.server.setReachable(false);
    const { reverted } = await scene.impatient.settle(reservation, { revert: [member] });
    assert.deepEqual(
      reverted.map(({ owedOn }) => owedOn),
      [['MX-2']],
    );
    assert.match(reverted[0]?.reason ?? '', /MX-2/);
    scene.other.server.setReachable(true);
    assert.deepEqual([carries(scene.one, member), carries(scene.other, member)], [false, true]);
    const [owedChange] = await owedChangesOf();
    assert.deepEqual([owedChange?.gateway, owedChange?.role], [member.gateway, 'secondary']);
    assert.deepEqual(await owedChangesOf(scene.one), []);
    await nextReservation();
    return member;
  };

  it('is not needed if the router comes back before patience ends (T6)', async () => {
    const [member] = await scene.gateways(1);
    assert.ok(member);
    await scene.apply(reservation, [member]);
    scene.other.server.setReachable(false);
    await assert.rejects(scene.settle(reservation, { revert: [member] }), { name: 'UnreachableError' });
    assert.deepEqual(await owedChangesOf(), []);
    assert.equal(carries(scene.one, member), false, 'the reachable router is not reverted at once');
    scene.other.server.setReachable(true);
    const { reverted } = await scene.settle(reservation, { revert: [member] });
    assert.deepEqual(reverted, [{ member, owedOn: [], reason: null }]);
  });

  it('is written before its gateway leaves the reservation, so that no worker dies in between (T7)', async () => {
    const [member] = (await scene.gateways(1)) as [PairMember];
    await scene.apply(reservation, [member]);
    scene.other.server.setReachable(false);
    const addOwedChanges = async () => {
      throw new StoreUnavailableError('etcd', 'the worker is dead');
    };
    const dying = {
      ...scene.deps,
      store: { ...scene.deps.store, addOwedChanges },
      policy: { ...scene.deps.policy, settlePatienceMs: 0 },
    };
    const input = { reservation, routers: scene.ids, confirm: [], revert: [member] };
    await assert.rejects(settle(dying, contextOf(), input), StoreUnavailableError);
    const permitted = await Promise.all(
      scene.ids.map(async (id) => (await scene.deps.store.router(id)).reservation?.members.length),
    );
    assert.deepEqual(permitted, [1, 1], 'nobody knows any more what stands on the router');
    const { reverted } = await scene.impatient.settle(reservation, { revert: [member] });
    assert.deepEqual(
      reverted.map(({ owedOn }) => owedOn),
      [['MX-2']],
    );
    scene.other.server.setReachable(true);
  });

  it('is not needed where no commit was ever permitted: that router is not even contacted (T3, T6)', async () => {
    const [member] = (await scene.gateways(1)) as [PairMember];
    const revert = () => scene.settle(reservation, { revert: [member] });
    const sessions = async () =>
      Promise.all(
        scene.ids.map(async (id) => (await scene.deps.store.router(id)).reservation?.sessions.length),
      );
    const reverted = [{ member, owedOn: [], reason: null }];
    assert.deepEqual(await revert(), { kept: [], reverted, fellBack: [] });
    assert.deepEqual(await sessions(), [0, 0]);
    await scene.apply(reservation, [member]);
    assert.deepEqual(await revert(), { kept: [], reverted, fellBack: [] });
    assert.deepEqual(await sessions(), [1, 1]);
  });

  it('is paid under the next reservation before anything else, in a commit of its own (T7)', async () => {
    const member = await owed();
    const [next] = (await scene.gateways(1)) as [PairMember];
    assert.deepEqual((await scene.apply(reservation, [next])).applied, [next]);
    assert.equal(carries(scene.other, member), false);
    assert.deepEqual(await owedChangesOf(), []);
    const [applied, paid] = logsOf(scene.other);
    assert.match(applied ?? '', /until/);
    assert.equal(
      paid,
      `gateway-saga reservation ${reservation} owed, reverted: vpn_gateway:${member.gateway.resourceId} version 1`,
    );
    assert.equal(pendingOn(scene.other), true);
    await scene.settle(reservation, { revert: [next] });
  });

  it('is made when its own saga requests the revert again, and is owed no more (T6, T7)', async () => {
    const member = await owed();
    const { reverted } = await scene.settle(reservation, { revert: [member] });
    assert.deepEqual(reverted, [{ member, owedOn: [], reason: null }]);
    assert.equal(carries(scene.other, member), false);
    assert.deepEqual(await owedChangesOf(), []);
  });

  it('that was paid before /state said how its gateway ended leaves no claims (T7)', async () => {
    const member = await owed();
    const [next] = (await scene.gateways(1)) as [PairMember];
    await scene.apply(reservation, [next]);
    assert.ok(await scene.deps.store.planRecord(member.gateway), 'the plan record is freed too early');
    const { gateway, run } = member;
    await publishFailed(scene.deps, { gateway, run, error: 'x', registered: true, clean: false });
    assert.equal(await scene.deps.store.planRecord(gateway), undefined);
    const claims = await etcd().raw.getAll().prefix('/gateway-saga/claims/').strings();
    assert.ok(
      !Object.values(claims).some((holder) => holder.includes(gateway.resourceId)),
      'claims are left',
    );
    await scene.settle(reservation, { revert: [next] });
  });

  it('is not paid if an operator has changed the configuration since (T7)', async () => {
    const member = await owed();
    const operator = client(scene.other.device);
    const unit = ownedOn(member, scene.other.id)
      .find((path) => path[1] === 'ae0')
      ?.join(' ');
    await operator.set(`set ${unit} description "mine now"`);
    await operator.ok(COMMIT);
    operator.session.close();
    const [next] = (await scene.gateways(1)) as [PairMember];
    await scene.apply(reservation, [next]);
    assert.equal(carries(scene.other, member), true);
    assert.equal((await owedChangesOf()).length, 1);
    await scene.settle(reservation, { revert: [next] });
  });

  it('is paid without a commit if the configuration is absent already', async () => {
    const member = await owed();
    const operator = client(scene.other.device);
    await operator.set(...ownedOn(member, scene.other.id).map((path) => `delete ${path.join(' ')}`));
    await operator.ok(COMMIT);
    operator.session.close();
    const [next] = (await scene.gateways(1)) as [PairMember];
    await scene.apply(reservation, [next]);
    assert.deepEqual(await owedChangesOf(), []);
    assert.equal(logsOf(scene.other).filter((log) => log?.includes('owed')).length, 0);
    await scene.settle(reservation, { revert: [next] });
  });

  it('is not paid while a commit of this reservation is pending, because that would confirm it (T7, T5)', async () => {
    await owed();
    const [next] = (await scene.gateways(1)) as [PairMember];
    await scene.apply(reservation, [next]);
    const [owedChange] = await owedChangesOf();
    assert.equal(owedChange, undefined);
    const due = await owedOf(scene.deps, next);
    const fence = await scene.fence(reservation);
    assert.ok(await scene.deps.store.addOwedChanges(fence, scene.other.id, [due]));
    const commits = logsOf(scene.other).length;
    await scene.apply(reservation, [next]);
    assert.deepEqual([carries(scene.other, next), pendingOn(scene.other)], [true, true]);
    assert.equal(logsOf(scene.other).length, commits);
    await scene.settle(reservation, { revert: [next] });
  });

  /** An operator's filter refers to the prefix list of an Internet gateway. From then on the prefix list can't be removed. */
  const referTo = async (member: PairMember) => {
    const operator = client(scene.one.device);
    const list = ownedOn(member, scene.one.id).find((path) => path[1] === 'prefix-list')?.[2];
    await operator.set(
      `set firewall family inet filter THEIRS term t from source-prefix-list ${list}`,
      'set firewall family inet filter THEIRS term t then accept',
    );
    await operator.ok(COMMIT);
    operator.session.close();
  };

  it('for a revert that the router refuses leaves the batch unharmed (T11)', async () => {
    const [stuck, unwanted] = (await scene.gateways(2, 'internet_gateway')) as [PairMember, PairMember];
    const [kept] = (await scene.gateways(1)) as [PairMember];
    await scene.apply(reservation, [stuck, unwanted, kept]);
    await referTo(stuck);
    const outcome = await scene.settle(reservation, { confirm: [kept], revert: [stuck, unwanted] });
    assert.deepEqual(outcome.kept, [kept]);
    assert.deepEqual(
      new Map(outcome.reverted.map(({ member, owedOn }) => [member, owedOn])),
      new Map([
        [stuck, ['MX-1']],
        [unwanted, []],
      ]),
    );
    assert.deepEqual([carries(scene.one, stuck), carries(scene.other, stuck)], [true, false]);
    for (const router of scene.routers) {
      assert.equal(pendingOn(router), false);
      assert.deepEqual([carries(router, kept), carries(router, unwanted)], [true, false]);
    }
    const [owedChange] = await owedChangesOf(scene.one);
    assert.deepEqual(owedChange?.gateway, stuck.gateway);
    assert.match(owedChange?.reason ?? '', /commit was refused|check was refused/);
  });

  it('for a revert that the router refuses, and to take the trial back, is made permanent by a check if nothing else is to be done (T11)', async () => {
    const [stuck] = (await scene.gateways(1, 'internet_gateway')) as [PairMember];
    await scene.apply(reservation, [stuck]);
    scene.one.device.faults.add({
      step: 'check',
      times: 3,
      outcome: { kind: 'fail-check', message: 'referred to', path: '[edit system]' },
    });
    const outcome = await scene.settle(reservation, { revert: [stuck] });
    assert.deepEqual(
      outcome.reverted.map(({ owedOn }) => owedOn),
      [['MX-1']],
    );
    assert.deepEqual([pendingOn(scene.one), carries(scene.one, stuck)], [false, true]);
    assert.equal((await owedChangesOf(scene.one)).length, 1);
  });

  it('is cancelled once a newer version of the gateway owns the stanzas and is kept (T7)', async () => {
    const member = await owed();
    const { store } = scene.deps;
    const key = KEYS.plan(member.gateway);
    const plan = JSON.parse((await etcd().raw.get(key).string()) ?? '') as { gateway: unknown };
    const newer = { ...member, gateway: { ...member.gateway, version: 2 } };
    await etcd()
      .raw.put(key)
      .value(JSON.stringify({ ...plan, gateway: newer.gateway }));
    assert.deepEqual(
      (await scene.apply(reservation, [newer])).applied,
      [newer],
      'the owed change is paid first',
    );
    const owedChange = await owedOf(scene.deps, member);
    assert.ok(await store.addOwedChanges(await scene.fence(reservation), scene.other.id, [owedChange]));
    assert.deepEqual((await scene.settle(reservation, { confirm: [newer] })).kept, [newer]);
    assert.deepEqual(await owedChangesOf(), []);
  });
});
