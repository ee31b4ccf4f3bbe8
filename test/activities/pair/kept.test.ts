import assert from 'node:assert/strict';
import { apply } from '../../../activities/pair/apply.ts';
import { settle } from '../../../activities/pair/settle.ts';
import { publishCompleted } from '../../../activities/saga/publish.ts';
import { StoreUnavailableError } from '../../../etcd/errors.ts';
import { KEYS } from '../../../etcd/keys.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import { openStore } from '../../../etcd/store.ts';
import { Proxy } from '../../../local/proxy.ts';
import { UnreachableError } from '../../../netconf/errors.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { client, COMMIT } from '../../simulator/device/scene.ts';
import { contextOf, ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { carries } from './router-facts.ts';
import { tried } from './retried.ts';
import { useScene } from './use-scene.ts';

describe('a gateway that was kept', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  let member: PairMember;
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => {
    [member] = (await scene.gateways(1)) as [PairMember];
    reservation = await scene.reservation();
    await scene.apply(reservation, [member]);
  });

  const nextReservation = async () => {
    await scene.deps.store.endReservation({ reservation, routers: scene.ids });
    reservation = await scene.reservation();
  };
  const carried = () => scene.routers.map((router) => carries(router, member));
  const publish = () => publishCompleted(scene.deps, { ...member, seen: [] });
  /** Settles; right after the store's first answer to `call`, `meanwhile` happens. */
  const settleWith = (
    verdicts: { readonly confirm?: PairMember[]; readonly revert?: PairMember[] },
    call: 'states' | 'plans',
    meanwhile: () => Promise<void>,
  ) => {
    let first = true;
    const { store } = scene.deps;
    const answering = async (...args: Parameters<typeof store.states>) => {
      const answer = await store[call](...args);
      if (first && args[0].length > 0) {
        first = false;
        await meanwhile();
      }
      return answer;
    };
    const deps = { ...scene.deps, store: { ...store, [call]: answering } };
    const input = { reservation, routers: scene.ids, confirm: [], revert: [], ...verdicts };
    return tried((context) => settle(deps, contextOf(context), input));
  };

  it('is not reverted, also if /state promises it while the revert begins (T10)', async () => {
    await scene.settle(reservation, { confirm: [member] });
    await nextReservation();
    const outcome = await settleWith({ revert: [member] }, 'states', publish);
    assert.deepEqual([outcome.kept, outcome.reverted], [[member], []]);
    assert.deepEqual(carried(), [true, true]);
  });

  it('is not reverted any more, and no router is touched, also if nothing is in /state yet (T10)', async () => {
    await scene.settle(reservation, { confirm: [member] });
    await nextReservation();
    const outcome = await scene.settle(reservation, { revert: [member] });
    assert.deepEqual([outcome.kept, outcome.reverted], [[member], []]);
    assert.deepEqual(carried(), [true, true]);
    await publish();
  });

  it('stays if an earlier attempt keeps it right before the next one gives up (T10)', async () => {
    const since = Date.now();
    const keep = () => scene.settle(reservation, { confirm: [member] }, { since });
    const withSession = async () => {
      await keep();
      throw new UnreachableError(
        { id: scene.one.id, host: '192.0.2.1', port: 830 },
        'connect',
        'no route to host',
      );
    };
    const routers = { withSession } as unknown as typeof scene.deps.routers;
    const policy = { ...scene.deps.policy, settlePatienceMs: 0 };
    const input = { reservation, routers: scene.ids, confirm: [member], revert: [] };
    const last = contextOf({ since, attempt: 2 });
    const stays = { kept: [member], reverted: [], fellBack: [] };
    assert.deepEqual(await settle({ ...scene.deps, routers, policy }, last, input), stays);
    assert.deepEqual(carried(), [true, true]);
  });

  it('stays if an earlier attempt keeps it after its plan was read to revert it (T10)', async () => {
    const since = Date.now();
    const keep = async () => void (await scene.settle(reservation, { confirm: [member] }, { since }));
    const stays = { kept: [member], reverted: [], fellBack: [] };
    assert.deepEqual(await settleWith({ revert: [member] }, 'plans', keep), stays);
    assert.deepEqual(carried(), [true, true]);
  });

  it('is marked as kept in the write by which it leaves the reservation, so that no worker dies in between', async () => {
    const isLeft = async () =>
      (await Promise.all(scene.ids.map((id) => scene.deps.store.router(id)))).map(
        ({ reservation: left }) => left?.members.length,
      );
    const isKept = async () => (await scene.deps.store.planRecord(member.gateway))?.kept;
    const proxy = await Proxy.open(etcd().endpoint);
    const store = openStore({ endpoints: [proxy.endpoint], deadlineMs: 3_000 });
    const dying = { ...scene.deps, store };
    const input = { reservation, routers: scene.ids, confirm: [member], revert: [] };
    proxy.arm('"kept":true', { kind: 'request', meanwhile: async () => (proxy.closed = true) });
    try {
      await assert.rejects(settle(dying, contextOf(), input), StoreUnavailableError);
    } finally {
      store.close();
      await proxy.close();
    }
    assert.equal(proxy.cuts, 1);
    assert.deepEqual([await isLeft(), await isKept()], [[1, 1], undefined], 'part of it was written');
    assert.deepEqual((await scene.settle(reservation, { confirm: [member] })).kept, [member]);
    assert.deepEqual([await isLeft(), await isKept()], [[0, 0], true]);
  });

  it('is recognized as ours by an attempt to apply that had begun before (T3)', async () => {
    const { store } = scene.deps;
    const since = Date.now();
    const issueToken: typeof store.issueToken = async (...args) => {
      await scene.settle(reservation, { confirm: [member] }, { since });
      return store.issueToken(...args);
    };
    const deps = { ...scene.deps, store: { ...store, issueToken } };
    const input = { reservation, routers: scene.ids, members: [member] };
    const outcome = await apply(deps, contextOf({ since, attempt: 2 }), input);
    assert.deepEqual([outcome.applied, outcome.refused], [[member], []]);
  });

  it('is not promised by /state before it was kept', async () => {
    await assert.rejects(publish(), /does not say that it is permanent/);
    await scene.settle(reservation, { confirm: [member] });
    await publish();
  });

  it('and promised is left as an operator has changed it since (T10)', async () => {
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

  it('is known to be the newer run’s, if that took its plan over meanwhile', async () => {
    const key = KEYS.plan(member.gateway);
    const newer = { ...member, run: 'newer' };
    const takeOver = async () => {
      const record = JSON.parse((await etcd().raw.get(key).string()) ?? '') as PlanRecord;
      await etcd()
        .raw.put(key)
        .value(JSON.stringify({ ...record, run: newer.run }));
    };
    assert.deepEqual((await settleWith({ confirm: [member] }, 'plans', takeOver)).kept, [member]);
    await nextReservation();
    const outcome = await scene.apply(reservation, [newer]);
    assert.deepEqual([outcome.applied, outcome.refused], [[newer], []]);
    assert.deepEqual((await scene.settle(reservation, { revert: [newer] })).kept, [newer]);
    assert.deepEqual(carried(), [true, true]);
  });
});
