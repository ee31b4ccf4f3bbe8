import assert from 'node:assert/strict';
import { KEYS } from '../../../etcd/keys.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import type { Scene } from './scene.ts';
import { carries, pendingOn } from './router-facts.ts';
import { useScene } from './use-scene.ts';

describe('/state', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let reservation: string;
  useScene(etcd, (opened) => (scene = opened));
  beforeEach(async () => {
    reservation = await scene.reservation();
  });

  const state = (member: PairMember, version: number, word: string) =>
    etcd()
      .raw.put(KEYS.state(member.gateway))
      .value(JSON.stringify({ state: { worker_state: word }, version, error: '' }));

  it('that promises a gateway makes a late revert keep it (T10)', async () => {
    const [created, failed] = (await scene.gateways(2)) as [PairMember, PairMember];
    await scene.apply(reservation, [created, failed]);
    await state(created, 1, 'CREATE_COMPLETED');
    await state(failed, 1, 'CREATE_FAILED');
    const outcome = await scene.settle(reservation, { revert: [created, failed] });
    assert.deepEqual([outcome.kept, outcome.reverted.length], [[created], 1]);
    for (const router of scene.routers) {
      assert.deepEqual([carries(router, created), carries(router, failed)], [true, false]);
      assert.equal(pendingOn(router), false);
    }
  });

  it('that promises a gateway makes settling keep it even when patience is over (T10)', async () => {
    const [created] = (await scene.gateways(1)) as [PairMember];
    await scene.apply(reservation, [created]);
    await state(created, 1, 'CREATE_COMPLETED');
    scene.other.server.setReachable(false);
    const outcome = await scene.impatient.settle(reservation, { revert: [created] });
    assert.deepEqual([outcome.kept, outcome.reverted], [[created], []]);
    assert.equal(carries(scene.one, created), true);
    scene.other.server.setReachable(true);
  });

  for (const [version, word] of [
    [1, 'CREATE_COMPLETED'],
    [1, 'CREATE_FAILED'],
    [2, 'CREATE_COMPLETED'],
  ] as const) {
    it(`that says ${word} of version ${version} prevents that version 1 is applied (T10, M2)`, async () => {
      const [settled, open] = (await scene.gateways(2)) as [PairMember, PairMember];
      await state(settled, version, word);
      const outcome = await scene.apply(reservation, [settled, open]);
      assert.deepEqual(outcome.applied, [open]);
      const isCreated = version === 1 && word === 'CREATE_COMPLETED';
      assert.deepEqual(outcome.complete, isCreated ? [settled] : undefined);
      assert.deepEqual(
        outcome.refused.map(({ member, type }) => [member, type]),
        isCreated ? [] : [[settled, FAILURES.AlreadyEnded]],
      );
      for (const router of scene.routers) assert.equal(carries(router, settled), false);
      await scene.settle(reservation, { revert: [open] });
    });
  }

  it('that says of each member that it has ended leaves nothing to apply, nor to wait for (T10)', async () => {
    const [created, failed] = (await scene.gateways(2)) as [PairMember, PairMember];
    await state(created, 1, 'CREATE_COMPLETED');
    await state(failed, 1, 'CREATE_FAILED');
    const reason = '/state has version 1 (CREATE_FAILED) already';
    assert.deepEqual(await scene.apply(reservation, [created, failed]), {
      applied: [],
      refused: [{ member: failed, type: FAILURES.AlreadyEnded, reason }],
      toRevert: [],
      complete: [created],
      commits: {},
      confirmBy: null,
      verdictMs: null,
    });
  });
});
