import assert from 'node:assert/strict';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { carries, pendingOn } from './router-facts.ts';
import type { Scene } from './scene.ts';
import { owing, refuse, synchronized } from './two-engines.ts';
import { useScene } from './use-scene.ts';

describe('a router whose other routing engine somebody has', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let on: Scene;
  useScene(etcd, (scene) => (on = scene), { device: { routingEngines: 2 } });

  const applied = async (count: number) => {
    const members = await on.gateways(count);
    const reservation = await on.reservation();
    assert.deepEqual((await on.apply(reservation, members)).applied, members);
    return { members, reservation };
  };

  const LOCKED = 're1: configuration database locked by: admin terminal p0 (pid 4711) on since 10:00';
  const EDITED = 'lock-configuration failed on re1';
  for (const [how, words] of [
    ['locked', LOCKED],
    ['with edits', EDITED],
  ] as const)
    describe(`(${how}) does without it, in the first attempt:`, () => {
      it('keeps a batch', async () => {
        const { members, reservation } = await applied(1);
        refuse(on.one, 'check', 1, words);
        assert.deepEqual((await on.settle(reservation, { confirm: members })).kept, members);
        assert.deepEqual(on.routers.map(pendingOn), [false, false]);
      });

      it('reverts a member and keeps the other one, which is not taken back', async () => {
        const { members, reservation } = await applied(2);
        const [kept, reverted] = members as [PairMember, PairMember];
        refuse(on.one, 'rpc', 1, words);
        const outcome = await on.settle(reservation, { confirm: [kept], revert: [reverted] });
        assert.deepEqual([outcome.kept, outcome.fellBack], [[kept], []]);
        assert.deepEqual(outcome.reverted[0]?.owedOn, []);
        assert.deepEqual([carries(on.one, kept), carries(on.one, reverted)], [true, false]);
        assert.deepEqual(synchronized(on.one).slice(0, 2), [false, true]);
      });

      for (const step of ['check', 'activate'] as const)
        it(`pays what it owes (${step})`, async () => {
          const member = await owing(on);
          refuse(on.one, step, 1, words);
          const { members, reservation } = await applied(1);
          assert.equal(carries(on.one, member), false);
          assert.deepEqual(
            synchronized(on.one).slice(0, 2),
            [true, false],
            'the batch is synchronized again',
          );
          await on.settle(reservation, { revert: members });
        });
    });

  describe('and its own one, too,', () => {
    it('waits', async () => {
      const { members, reservation } = await applied(1);
      refuse(on.one, 'check', 2, LOCKED);
      await assert.rejects(on.settle(reservation, { confirm: members }), { name: 'ContentionError' });
      assert.deepEqual((await on.settle(reservation, { confirm: members })).kept, members);
    });
  });
});
