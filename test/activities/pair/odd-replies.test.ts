/** A router whose reply to a load, to the diff or to a check is neither a success nor an error. Its session goes on. */
import assert from 'node:assert/strict';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { client } from '../../simulator/device/scene.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { carries } from './router-facts.ts';
import { ownedOn } from './scene.ts';
import type { Scene } from './scene.ts';
import { oddOneOfThree, useScene } from './use-scene.ts';

type Rpc = 'load-configuration' | 'get-configuration' | 'commit-configuration';

describe('a router that answers with something else', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let members: PairMember[];
  let odd: PairMember;
  let others: PairMember[];
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => {
    ({ members, odd, others, reservation } = await oddOneOfThree(scene));
  });

  function answering(rpc: Rpc, isOdd: (body: string, request: string) => boolean): void {
    const by = (body: string, operation: unknown) =>
      isOdd(body, JSON.stringify(operation)) ? '<odd/>' : body;
    scene.one.device.faults.add({ rpc, times: Infinity, outcome: { kind: 'rewrite', by } });
  }

  /** Whether a text has the unit of `odd` on the first router. */
  const hasUnit = (text: string) =>
    new RegExp(`unit ${(ownedOn(odd, scene.one.id)[0] ?? []).at(-1)}\\b`).test(text);
  const isDiff = (body: string) => body.includes('configuration-output');
  const SPOILS = {
    load: () => answering('load-configuration', (_, request) => hasUnit(request)),
    diff: () => answering('get-configuration', (body) => isDiff(body) && hasUnit(body)),
  } as const;

  for (const [what, spoil] of Object.entries(SPOILS)) {
    it(`to the ${what} of one member: refuses that member alone, with what came`, async () => {
      spoil();
      const outcome = await scene.apply(reservation, members);
      assert.deepEqual(outcome.applied, others);
      const refused = outcome.refused.map(({ member, type }) => [member, type]);
      assert.deepEqual(refused, [[odd, FAILURES.RouterRefused]]);
      const { reason = '' } = outcome.refused[0] ?? {};
      assert.match(reason, /^MX-1: router MX-1 .*: not NETCONF as expected: expected <.*, got <odd>$/);
      assert.equal(carries(scene.one, odd), false);
      scene.one.device.faults.clear();
      await scene.settle(reservation, { revert: others });
    });

    it(`to the ${what} of what one member owes: goes on with the next batch, and makes it later`, async () => {
      await scene.apply(reservation, [odd]);
      const operator = client(scene.one.device);
      await operator.ok('<commit-configuration><check/></commit-configuration>');
      operator.session.close();
      scene.one.server.setReachable(false);
      await scene.impatient.settle(reservation, { revert: [odd] });
      scene.one.server.setReachable(true);
      const owed = async () => (await scene.deps.store.router(scene.one.id)).owedChanges.length;
      assert.equal(await owed(), 1);
      await scene.deps.store.endReservation({ reservation, routers: scene.ids });

      spoil();
      reservation = await scene.reservation();
      assert.deepEqual((await scene.apply(reservation, others)).applied, others);
      assert.deepEqual([await owed(), carries(scene.one, odd)], [1, true]);
      scene.one.device.faults.clear();
      await scene.settle(reservation, { confirm: others });
      await scene.apply(await scene.reservation(), await scene.gateways(1));
      assert.deepEqual([await owed(), carries(scene.one, odd)], [0, false]);
    });
  }

  it('to the load of one member’s inverse change: takes the whole trial back', async () => {
    assert.deepEqual((await scene.apply(reservation, members)).applied, members);
    SPOILS.load();
    const { kept, fellBack, reverted } = await scene.settle(reservation, { revert: [odd], confirm: others });
    assert.deepEqual([kept, fellBack], [[], others]);
    assert.deepEqual(reverted, [{ member: odd, owedOn: [], reason: null }]);
    for (const member of members) assert.equal(carries(scene.one, member), false);
  });

  it('to each load while a trial is to be reverted: owes the inverse changes', async () => {
    assert.deepEqual((await scene.apply(reservation, members)).applied, members);
    answering('load-configuration', () => true);
    const { reverted } = await scene.settle(reservation, { revert: members });
    assert.deepEqual(
      reverted.map(({ owedOn }) => owedOn),
      members.map(() => ['MX-1']),
    );
    for (const member of members) assert.equal(carries(scene.other, member), false);
  });

  it('to each check: refuses the members', async () => {
    answering('commit-configuration', (_, request) => request.includes('"check"'));
    const { applied, refused, toRevert } = await scene.apply(reservation, members);
    assert.deepEqual([applied, toRevert], [[], []]);
    for (const { type } of refused) assert.equal(type, FAILURES.RouterRefused);
    assert.equal(refused.length, members.length);
  });
});
