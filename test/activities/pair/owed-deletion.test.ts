/** A deletion that MX-1 makes while MX-2, which is away, owes it. */
import assert from 'node:assert/strict';
import { pay } from '../../../activities/pair/pay-without-request.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { client } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { byHand, deletion, standing } from './further-versions.ts';
import { contextOf } from './scene.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

describe('a deletion that one router owes', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let member: PairMember;
  let vrf = '';
  useScene(etcd, (opened) => (scene = opened));

  beforeEach(async () => {
    const [gateway] = await standing(scene, 1);
    assert.ok(gateway);
    vrf = String(gateway.gateway.body['vrf_name']);
    member = await deletion(scene, etcd(), gateway);
    scene.other.server.setReachable(false);
    const owe = { router: scene.other.id, reason: 'burnt', by: 'alice@jump', since: '' };
    assert.deepEqual(await scene.deps.store.oweDeletion(member.gateway, member.run, owe), { kind: 'begun' });
  });
  afterEach(() => scene.other.server.setReachable(true));

  const paid = async (reservation: string) =>
    pay(scene.deps, contextOf(), { reservation, routers: scene.ids, ids: [scene.one.id] });
  const carried = () => /CloudGW_vpn/.test(scene.one.device.running());
  const decision = async () => (await scene.deps.store.owedDeletion(member.gateway, member.run)).kind;
  const owed = async () =>
    Promise.all(
      [scene.one.id, scene.other.id].map(
        async (id) => (await scene.deps.store.router(id)).owedChanges.length,
      ),
    );

  for (const [what, moment, isMade] of [
    ['the commit', 'before', false],
    ['the reply to the commit', 'after', true],
  ] as const)
    it(`is decided by a look of the next attempt if ${what} was lost`, async () => {
      const reservation = await scene.reservation();
      scene.one.device.faults.add({ step: 'activate', moment, outcome: { kind: 'drop' } });
      await assert.rejects(paid(reservation));
      assert.equal(scene.one.device.faults.size, 0);
      assert.equal(await decision(), 'undecided');
      assert.equal(carried(), !isMade);
      await paid(reservation);
      assert.equal(await decision(), 'kept');
      assert.equal(carried(), false);
      assert.deepEqual(await owed(), [0, 1]);
    });

  it('is not decided while somebody has the router locked', async () => {
    const operator = client(scene.one.device);
    await operator.ok('<lock><target><candidate/></target></lock>');
    const { inTheWay } = await paid(await scene.reservation());
    assert.match(inTheWay ?? '', /lock/);
    assert.equal(await decision(), 'undecided');
    await operator.ok('<unlock><target><candidate/></target></unlock>');
    operator.session.close();
    assert.equal(carried(), true);
  });

  it('is given up with the reason if the candidate’s diff shows something else: that is no refusal of the router', async () => {
    const by = (body: string) =>
      body.replace(/(?<=[-;}]\s*)(?=<\/configuration-output>)/, '\n[edit]\n- snmp;\n');
    scene.one.device.faults.add({
      rpc: 'get-configuration',
      times: Infinity,
      outcome: { kind: 'rewrite', by },
    });
    await paid(await scene.reservation());
    const found = await scene.deps.store.owedDeletion(member.gateway, member.run);
    assert.ok(found.kind === 'refused', JSON.stringify(found));
    assert.equal(found.type, FAILURES.OutsideOwnership);
    assert.match(found.why, /^MX-1: the deletion can't be made: the candidate's diff: .*"- snmp"$/);
    assert.equal(carried(), true);
    scene.one.device.faults.clear();
  });

  it('takes what is left if somebody has removed a part before', async () => {
    await byHand(scene.one, `delete routing-instances ${vrf}`);
    await paid(await scene.reservation());
    assert.equal(await decision(), 'kept');
    assert.equal(carried(), false);
  });

  it('is not made, and owed by nobody, once its plan record is gone: nothing would make the other router owe it', async () => {
    await etcd().raw.delete().key(KEYS.plan(member.gateway));
    const reservation = await scene.reservation();
    await paid(reservation);
    assert.equal(carried(), true);
    await paid(reservation);
    assert.equal(carried(), true);
    assert.deepEqual(await owed(), [0, 0]);
  });

  it('is put back if its plan record has gone while it was made', async () => {
    const { store } = scene.deps;
    const gone = async () => void (await etcd().raw.delete().key(KEYS.plan(member.gateway)));
    const payOwedChange: typeof store.payOwedChange = async (...call) => {
      await gone();
      return store.payOwedChange(...call);
    };
    const deps = { ...scene.deps, store: { ...store, payOwedChange } };
    const reservation = await scene.reservation();
    await pay(deps, contextOf(), { reservation, routers: scene.ids, ids: [scene.one.id] });
    assert.equal(carried(), false);
    assert.deepEqual(await owed(), [1, 0]);
    await paid(reservation);
    assert.equal(carried(), true);
    assert.deepEqual(await owed(), [0, 0]);
  });
});
