/** What routers owe is made under a reservation that no gateway needs; and a look beforehand, which reserves and changes nothing. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { lookAtOwedChanges, owingAmong, pay, paying } from '../../../activities/pair/pay-without-request.ts';
import { StoreUnavailableError } from '../../../etcd/errors.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { waitingRecord } from '../../../etcd/waiting.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import type { GatewayRef } from '../../../gateway/resource.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { client } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { clientThat, inActivity, scheduledNow } from '../activity.ts';
import { carries, pendingOn } from './router-facts.ts';
import { contextOf } from './scene.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

describe('an owed change without a request', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let member: PairMember;
  useScene(etcd, (opened) => (scene = opened));

  /** MX-2 owes the removal of a gateway, nothing is reserved, and MX-2 is away. */
  beforeEach(async () => {
    const reservation = await scene.reservation();
    [member] = (await scene.gateways(1)) as [PairMember];
    await scene.apply(reservation, [member]);
    const operator = client(scene.other.device);
    await operator.ok('<commit-configuration><check/></commit-configuration>');
    operator.session.close();
    scene.other.server.setReachable(false);
    await scene.impatient.settle(reservation, { revert: [member] });
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
  });
  afterEach(() => scene.other.server.setReachable(true));

  const look = () => lookAtOwedChanges(scene.deps, scene.ids, new AbortController().signal);
  const owing = () => [{ id: scene.other.id, name: 'MX-2', changes: 1 }];
  const paid = async (
    reservation: string,
    { ids = [scene.other.id], store = scene.deps.store, signal = new AbortController().signal } = {},
  ) => pay({ ...scene.deps, store }, contextOf({ signal }), { reservation, routers: scene.ids, ids });
  const reservations = async () =>
    Promise.all(scene.ids.map(async (id) => (await scene.deps.store.router(id)).reservation));

  async function beginToWait(): Promise<GatewayRef> {
    const waiter = { resourceType: 'static_route', resourceId: randomUUID() };
    const value = JSON.stringify(waitingRecord(waiter, { run: 'run-1', jobs: [] }));
    await etcd().raw.put(KEYS.waiting(member.gateway, waiter)).value(value);
    return waiter;
  }

  it('is waited for while its router is away: a look tells why, and reserves nothing', async () => {
    const found = await look();
    assert.deepEqual([found.routers, found.ready, found.isSlow], [owing(), [], false]);
    assert.match(found.inTheWay ?? '', /^MX-2: /);
    assert.deepEqual(await reservations(), [null, null]);
  });

  it('can be made as soon as its router is back', async () => {
    scene.other.server.setReachable(true);
    assert.deepEqual(await look(), {
      routers: owing(),
      ready: [scene.other.id],
      inTheWay: null,
      isSlow: false,
    });
  });

  it('is looked at seldom while its record can’t be read, and the look says which record that is', async () => {
    scene.other.server.setReachable(true);
    const key = `/gateway-saga/owed-changes/${scene.other.id}/vpn_gateways/x/1:0`;
    await etcd().raw.put(key).value('spoilt');
    const { inTheWay, ...found } = await look();
    assert.deepEqual(found, { routers: owing(), ready: [], isSlow: true });
    assert.match(inTheWay ?? '', new RegExp(`^MX-2: The record at ${key} can't be read`));
    // The other router can be reached, but that is no reason to look often at the one whose record can't be read.
    const prefix = `/gateway-saga/owed-changes/`;
    const [owed] = Object.values(await etcd().raw.getAll().prefix(`${prefix}${scene.other.id}/`).strings());
    const [first = ''] = scene.ids.filter((id) => id !== scene.other.id);
    const same = `${prefix}${first}/vpn_gateways/x/1:0`;
    await etcd().raw.put(same).value(String(owed));
    const { ready, isSlow } = await look();
    assert.deepEqual([ready, isSlow], [[first], true]);
    await etcd().raw.delete().key(same);
    await etcd().raw.delete().key(key);
    assert.deepEqual((await look()).ready, [scene.other.id]);
  });

  it('is deferred by a maintenance hold', async () => {
    scene.other.server.setReachable(true);
    await scene.deps.store.beginMaintenance(scene.other.id, {
      reason: 'new line card',
      by: 'bob',
      since: 'noon',
    });
    const { ready, inTheWay } = await look();
    assert.deepEqual(
      [ready, inTheWay],
      [[], 'MX-2 is held for maintenance: new line card (bob, since noon)'],
    );
  });

  it('is made, and no session is opened on the router that owes nothing', async () => {
    scene.other.server.setReachable(true);
    scene.one.server.setReachable(false);
    const reservation = await scene.reservation();
    assert.deepEqual(await paid(reservation), { inTheWay: null });
    assert.equal(carries(scene.other, member), false);
    assert.deepEqual(await owingAmong(scene.deps.store, scene.ids), []);
    scene.one.server.setReachable(true);
  });

  it('is made, and then those are woken that wait until it is', async () => {
    scene.other.server.setReachable(true);
    const waiter = await beginToWait();
    const reservation = await scene.reservation();
    const told: string[] = [];
    const wake = async (workflowId: string) => {
      const { length } = await owingAmong(scene.deps.store, scene.ids);
      told.push(`${workflowId}: ${length} routers owe something`);
    };
    const input = { reservation, routers: scene.ids, ids: [scene.other.id] };
    await inActivity(scheduledNow(), () => paying(scene.deps)(input), clientThat(wake));
    assert.deepEqual(told, [`${workflowIdOf(waiter)}: 0 routers owe something`]);
  });

  it('is made, although nobody can be woken: who waits looks by itself', async () => {
    scene.other.server.setReachable(true);
    await beginToWait();
    const reservation = await scene.reservation();
    const wake = () => Promise.reject(new Error('Temporal is away'));
    const outcome = await inActivity(scheduledNow(), () => paid(reservation), clientThat(wake));
    assert.deepEqual(outcome, { inTheWay: null });
    assert.equal(carries(scene.other, member), false);
  });

  it('is left if the router is away again, at once', async () => {
    const reservation = await scene.reservation();
    const { inTheWay } = await paid(reservation);
    assert.match(inTheWay ?? '', /^MX-2: /);
    assert.deepEqual(await owingAmong(scene.deps.store, scene.ids), owing());
  });

  it("is left while an operator has the router's lock", async () => {
    scene.other.server.setReachable(true);
    const operator = client(scene.other.device);
    await operator.ok('<lock><target><candidate/></target></lock>');
    const reservation = await scene.reservation();
    const { inTheWay } = await paid(reservation, { ids: [...scene.ids] });
    assert.match(inTheWay ?? '', /MX-2.*lock/i);
    assert.equal(carries(scene.other, member), true);
    operator.session.close();
  });

  it('is not made under a reservation that is over', async () => {
    scene.other.server.setReachable(true);
    const reservation = await scene.reservation();
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    await assert.rejects(paid(reservation), { name: 'OvertakenError' });
    assert.equal(carries(scene.other, member), true);
  });

  it('is left, too, if the session is lost before the router has been locked', async () => {
    scene.other.server.setReachable(true);
    scene.other.device.faults.add({ rpc: 'lock', outcome: { kind: 'drop' } });
    const { inTheWay } = await paid(await scene.reservation());
    assert.match(inTheWay ?? '', /MX-2/);
    assert.deepEqual(await owingAmong(scene.deps.store, scene.ids), owing());
  });

  it('is looked at by another attempt if the session is lost in the middle of the work (T1)', async () => {
    scene.other.server.setReachable(true);
    scene.other.device.faults.add({ step: 'activate', outcome: { kind: 'drop' } });
    const reservation = await scene.reservation();
    await assert.rejects(paid(reservation), { name: 'SessionLostError' });
    assert.deepEqual(await owingAmong(scene.deps.store, scene.ids), owing());
    assert.deepEqual(await paid(reservation), { inTheWay: null });
    assert.deepEqual(await owingAmong(scene.deps.store, scene.ids), []);
  });

  it('is left to a later attempt, without an outcome, once the attempt is cancelled, overtaken, or without etcd', async () => {
    scene.other.server.setReachable(true);
    const reservation = await scene.reservation();
    const { store } = scene.deps;
    const leave = new AbortController();
    const when = () => {
      leave.abort();
      return true;
    };
    scene.other.device.faults.add({ rpc: 'lock', when, outcome: { kind: 'drop' } });
    await assert.rejects(paid(reservation, { signal: leave.signal }));
    const overtaken = { ...store, permitCommit: async () => false };
    await assert.rejects(paid(reservation, { store: overtaken }), { name: 'OvertakenError' });
    const etcdAway = new StoreUnavailableError('permit', new Error('cut'));
    const silent = { ...store, permitCommit: () => Promise.reject(etcdAway) };
    await assert.rejects(paid(reservation, { store: silent }), etcdAway);
    const unread = { ...store, snapshot: () => ({ read: () => Promise.reject(etcdAway) }) as never };
    await assert.rejects(paid(reservation, { store: unread }), etcdAway);
    assert.equal(carries(scene.other, member), true);
    assert.deepEqual(await paid(reservation), { inTheWay: null });
  });

  it('is not made beside what is on trial there: the outcome says so, and the trial goes on (T5)', async () => {
    scene.other.server.setReachable(true);
    const reservation = await scene.reservation();
    const members = await scene.gateways(1);
    await scene.apply(reservation, members);
    const { inTheWay } = await paid(reservation, { ids: [scene.one.id] });
    assert.equal(inTheWay, 'MX-1 has a commit pending');
    assert.equal(pendingOn(scene.one), true);
    await scene.settle(reservation, { revert: members });
  });
});
