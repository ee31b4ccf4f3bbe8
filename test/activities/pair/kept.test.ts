import assert from 'node:assert/strict';
import { settle } from '../../../activities/pair/settle.ts';
import { publishCreated } from '../../../activities/saga/publish.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import { hereOf, openScene, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { assertFree, carries } from './router-facts.ts';
import { tried } from './retried.ts';

describe('what was kept', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  let member: PairMember;
  let reservation: string;
  beforeEach(async () => {
    scene = await openScene(etcd());
    [member] = (await scene.gateways(1)) as [PairMember];
    reservation = await scene.reservation();
    await scene.apply(reservation, [member]);
  });
  afterEach(async () => {
    await assertFree(scene);
    await scene.close();
  });

  const nextReservation = async () => {
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    reservation = await scene.reservation();
  };
  const carried = () => scene.routers.map((router) => carries(router, member));
  const publish = () => publishCreated(scene.deps, { ...member, seen: [] });
  /** Settles with a store that does something first, or afterwards, when it is asked for the first time. */
  const settleWith = (
    verdicts: { readonly confirm?: PairMember[]; readonly revert?: PairMember[] },
    call: 'states' | 'plans',
    meanwhile: () => Promise<void>,
  ) => {
    let first = true;
    const { store } = scene.deps;
    const asked = async (...args: Parameters<typeof store.states>) => {
      const answer = await store[call](...args);
      if (first && args[0].length > 0) {
        first = false;
        await meanwhile();
      }
      return answer;
    };
    const deps = { ...scene.deps, store: { ...store, [call]: asked } };
    const input = { reservation, routers: scene.ids, confirm: [], revert: [], ...verdicts };
    return tried((here) => settle(deps, hereOf(here), input));
  };

  it('is not taken away when /state promises it before the first is removed (T10)', async () => {
    await scene.settle(reservation, { confirm: [member] });
    await nextReservation();
    const outcome = await settleWith({ revert: [member] }, 'states', publish);
    assert.deepEqual([outcome.kept, outcome.reverted], [[member], []]);
    assert.deepEqual(carried(), [true, true]);
  });

  it('is not promised by /state any more once it is being taken away (T10)', async () => {
    await scene.settle(reservation, { confirm: [member] });
    await nextReservation();
    scene.other.server.setReachable(false);
    await assert.rejects(scene.settle(reservation, { revert: [member] }), { name: 'UnreachableError' });
    await assert.rejects(publish(), /not permanent on both routers any more/);
    scene.other.server.setReachable(true);
    assert.deepEqual((await scene.settle(reservation, { revert: [member] })).reverted, [
      { member, owedOn: [], reason: null },
    ]);
    assert.deepEqual(carried(), [false, false], 'what was kept was not known for ours any more');
  });

  it('is not promised by /state before it was kept', async () => {
    await assert.rejects(publish(), /not permanent on both routers any more/);
    await scene.settle(reservation, { confirm: [member] });
    await publish();
  });

  it('and promised is left as somebody has made it since (T10)', async () => {
    const [other] = (await scene.gateways(1)) as [PairMember];
    await scene.settle(reservation, { confirm: [member] });
    await publish();
    await nextReservation();
    const operator = client(scene.one.device);
    const instance = ownedOn(member, scene.one.id).find(([word]) => word === 'routing-instances');
    await operator.set(`delete ${instance?.join(' ')}`);
    await operator.ok(COMMIT);
    operator.session.close();
    await scene.apply(reservation, [other]);
    const outcome = await scene.settle(reservation, { confirm: [other], revert: [member] });
    assert.deepEqual([outcome.kept, outcome.reverted], [[other, member], []]);
    assert.deepEqual(carried(), ['in part', true]);
  });

  it('for a run that another one has taken over from meanwhile is known for its heir’s', async () => {
    const key = KEYS.plan(member.gateway);
    const heir = { ...member, run: 'heir' };
    const takeOver = async () => {
      const record = JSON.parse((await etcd().raw.get(key).string()) ?? '') as PlanRecord;
      await etcd()
        .raw.put(key)
        .value(JSON.stringify({ ...record, run: heir.run }));
    };
    assert.deepEqual((await settleWith({ confirm: [member] }, 'plans', takeOver)).kept, [member]);
    await nextReservation();
    const outcome = await scene.apply(reservation, [heir]);
    assert.deepEqual([outcome.applied, outcome.refused], [[heir], []]);
    assert.deepEqual((await scene.settle(reservation, { revert: [heir] })).reverted, [
      { member: heir, owedOn: [], reason: null },
    ]);
    assert.deepEqual(carried(), [false, false]);
  });
});
