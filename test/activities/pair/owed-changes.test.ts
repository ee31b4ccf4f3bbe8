import assert from 'node:assert/strict';
import { publishFailed } from '../../../activities/saga/publish.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries, logsOf, pendingOn } from './router-facts.ts';

describe('what a router owes', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let reservation: string;
  beforeEach(async () => {
    scene = await openScene(etcd());
    reservation = await scene.reservation();
  });
  afterEach(async () => {
    await assertFree(scene);
    await scene.close();
  });

  const owedChangesOf = async (router = scene.other) => (await scene.deps.store.router(router.id)).owedChanges;
  const nextReservation = async () => {
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    reservation = await scene.reservation();
  };
  /** It was on both routers for good, and could be removed from one of them only. */
  const owed = async (kind: 'vpn_gateway' | 'internet_gateway' = 'vpn_gateway'): Promise<PairMember> => {
    const [member] = (await scene.gateways(1, kind)) as [PairMember];
    await scene.apply(reservation, [member]);
    const operator = client(scene.other.device);
    await operator.ok('<commit-configuration><check/></commit-configuration>');
    operator.session.close();
    scene.other.server.setReachable(false);
    const { reverted: gone } = await scene.impatient.settle(reservation, { revert: [member] });
    assert.deepEqual(
      gone.map(({ owed }) => owed),
      [['MX-2']],
    );
    assert.match(gone[0]?.reason ?? '', /MX-2/);
    scene.other.server.setReachable(true);
    assert.deepEqual([carries(scene.one, member), carries(scene.other, member)], [false, true]);
    const [owedChange] = await owedChangesOf();
    assert.deepEqual([owedChange?.gateway, owedChange?.role], [member.gateway, 'secondary']);
    assert.deepEqual(await owedChangesOf(scene.one), []);
    await nextReservation();
    return member;
  };

  it('is waited for as long as patience lasts (T6)', async () => {
    const [member] = await scene.gateways(1);
    assert.ok(member);
    await scene.apply(reservation, [member]);
    scene.other.server.setReachable(false);
    await assert.rejects(scene.settle(reservation, { revert: [member] }), { name: 'UnreachableError' });
    assert.deepEqual(await owedChangesOf(), []);
    assert.equal(carries(scene.one, member), false, 'the router that can be had is cleaned at once');
    scene.other.server.setReachable(true);
    const { reverted: gone } = await scene.settle(reservation, { revert: [member] });
    assert.deepEqual(gone, [{ member, owedOn: [], reason: null }]);
  });

  it('is nothing where no commit was ever permitted: that router is not even asked (T3, T6)', async () => {
    const [member] = (await scene.gateways(1)) as [PairMember];
    const revert = () => scene.settle(reservation, { revert: [member] });
    const sessions = async () =>
      Promise.all(scene.ids.map(async (id) => (await scene.deps.store.router(id)).reservation?.sessions.length));
    const gone = [{ member, owedOn: [], reason: null }];
    assert.deepEqual(await revert(), { kept: [], gone, fellBack: [] });
    assert.deepEqual(await sessions(), [0, 0]);
    await scene.apply(reservation, [member]);
    assert.deepEqual(await revert(), { kept: [], gone, fellBack: [] });
    assert.deepEqual(await sessions(), [1, 1]);
  });

  it('is paid by the next turn before anything else, in a commit of its own (T7)', async () => {
    const member = await owed();
    const [next] = (await scene.gateways(1)) as [PairMember];
    assert.deepEqual((await scene.apply(reservation, [next])).applied, [next]);
    assert.equal(carries(scene.other, member), false);
    assert.deepEqual(await owedChangesOf(), []);
    const [applied, paid] = logsOf(scene.other);
    assert.match(applied ?? '', /until/);
    assert.equal(
      paid,
      `gateway-saga turn ${reservation} owed, removed: vpn_gateway:${member.gateway.resourceId} version 1`,
    );
    assert.equal(pendingOn(scene.other), true);
    await scene.settle(reservation, { revert: [next] });
  });

  it('and was paid before /state said how it ended leaves no claims (T7)', async () => {
    const member = await owed();
    const [next] = (await scene.gateways(1)) as [PairMember];
    await scene.apply(reservation, [next]);
    assert.ok(await scene.deps.store.planRecord(member.gateway), 'nothing is to be released yet');
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

  it('is left alone where somebody has changed it since (T7)', async () => {
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

  it('is over where it is gone already', async () => {
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

  it('is not paid while a commit of this turn is pending, which it would confirm (T7, T5)', async () => {
    await owed();
    const [next] = (await scene.gateways(1)) as [PairMember];
    await scene.apply(reservation, [next]);
    const [owedChange] = await owedChangesOf();
    assert.equal(owedChange, undefined);
    const { token: attempt } = (await scene.deps.store.router(scene.other.id)).reservation ?? { token: 0 };
    const plan = await scene.deps.store.planRecord(next.gateway);
    assert.ok(plan);
    const { configuration } = plan.routers.secondary;
    const due = { gateway: next.gateway, role: 'secondary', configuration, since: '', reason: '' } as const;
    await scene.deps.store.addOwedChanges({ reservation, routers: scene.ids, token: attempt }, scene.other.id, [due]);
    const commits = logsOf(scene.other).length;
    await scene.apply(reservation, [next]);
    assert.deepEqual([carries(scene.other, next), pendingOn(scene.other)], [true, true]);
    assert.equal(logsOf(scene.other).length, commits);
    await scene.settle(reservation, { revert: [next] });
  });

  /** Somebody's filter that refers to the prefix list of an Internet gateway: it can't be removed. */
  const buildUpon = async (member: PairMember) => {
    const operator = client(scene.one.device);
    const list = ownedOn(member, scene.one.id).find((path) => path[1] === 'prefix-list')?.[2];
    await operator.set(
      `set firewall family inet filter THEIRS term t from source-prefix-list ${list}`,
      'set firewall family inet filter THEIRS term t then accept',
    );
    await operator.ok(COMMIT);
    operator.session.close();
  };

  it('for a removal that it refuses does not sink the batch (T11)', async () => {
    const [stuck, dropped] = (await scene.gateways(2, 'internet_gateway')) as [PairMember, PairMember];
    const [kept] = (await scene.gateways(1)) as [PairMember];
    await scene.apply(reservation, [stuck, dropped, kept]);
    await buildUpon(stuck);
    const outcome = await scene.settle(reservation, { confirm: [kept], revert: [stuck, dropped] });
    assert.deepEqual(outcome.kept, [kept]);
    assert.deepEqual(
      new Map(outcome.reverted.map(({ member, owed }) => [member, owed])),
      new Map([
        [stuck, ['MX-1']],
        [dropped, []],
      ]),
    );
    assert.deepEqual([carries(scene.one, stuck), carries(scene.other, stuck)], [true, false]);
    for (const router of scene.routers) {
      assert.equal(pendingOn(router), false);
      assert.deepEqual([carries(router, kept), carries(router, dropped)], [true, false]);
    }
    const [owedChange] = await owedChangesOf(scene.one);
    assert.deepEqual(owedChange?.gateway, stuck.gateway);
    assert.match(owedChange?.reason ?? '', /commit was refused|check was refused/);
  });

  it('for a removal that it refuses is confirmed by a check when nothing else is to be done (T11)', async () => {
    const [stuck] = (await scene.gateways(1, 'internet_gateway')) as [PairMember];
    await scene.apply(reservation, [stuck]);
    scene.one.device.faults.add({
      step: 'check',
      times: 2,
      outcome: { kind: 'fail-check', message: 'referred to', path: '[edit system]' },
    });
    const outcome = await scene.settle(reservation, { revert: [stuck] });
    assert.deepEqual(
      outcome.reverted.map(({ owed }) => owed),
      [['MX-1']],
    );
    assert.deepEqual([pendingOn(scene.one), carries(scene.one, stuck)], [false, true]);
    assert.equal((await owedChangesOf(scene.one)).length, 1);
  });

  it('is cancelled once a newer version of the gateway owns the stanza and is kept (T7)', async () => {
    const member = await owed();
    const { store } = scene.deps;
    const key = KEYS.plan(member.gateway);
    const plan = JSON.parse((await etcd().raw.get(key).string()) ?? '') as { gateway: unknown };
    const newer = { ...member, gateway: { ...member.gateway, version: 2 } };
    await etcd()
      .raw.put(key)
      .value(JSON.stringify({ ...plan, gateway: newer.gateway }));
    assert.deepEqual((await scene.apply(reservation, [newer])).applied, [newer], 'what is owed goes first');
    const owedChange = { gateway: member.gateway, role: 'secondary', since: '', reason: '' } as const;
    const { configuration } = (await store.planRecord(member.gateway))?.routers.secondary ?? {};
    assert.ok(configuration);
    const { token: attempt } = (await store.router(scene.other.id)).reservation ?? { token: 0 };
    await store.addOwedChanges({ reservation, routers: scene.ids, token: attempt }, scene.other.id, [{ ...owedChange, configuration }]);
    assert.deepEqual((await scene.settle(reservation, { confirm: [newer] })).kept, [newer]);
    assert.deepEqual(await owedChangesOf(), []);
  });
});
