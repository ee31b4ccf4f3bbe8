import assert from 'node:assert/strict';
import { KEYS } from '../../../etcd/keys.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import type { PairMember } from '../../../pair/messages.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { openScene } from './scene.ts';
import type { Scene } from './scene.ts';

describe('a member that can’t be applied any more', function () {
  this.timeout(60_000);
  const etcd = useEtcd();
  let scene: Scene;
  let reservation: string;
  beforeEach(async () => {
    scene = await openScene(etcd());
    reservation = await scene.reservation();
  });
  afterEach(() => scene.close());

  const spoilPlan = ({ gateway }: PairMember) => etcd().raw.put(KEYS.plan(gateway)).value('{').exec();
  const fail = ({ gateway }: PairMember) =>
    etcd()
      .raw.put(KEYS.state(gateway))
      .value('{"state":{"worker_state":"CREATE_FAILED"},"version":1,"error":""}')
      .exec();

  it('is refused if no earlier attempt may have put it on a router', async () => {
    const [good, bad] = (await scene.gateways(2)) as [PairMember, PairMember];
    await spoilPlan(bad);
    const { applied, refused, toRevert } = await scene.apply(reservation, [good, bad]);
    assert.deepEqual(
      [applied, refused.map(({ member, type }) => [member, type]), toRevert],
      [[good], [[bad, FAILURES.StoreCorrupt]], []],
    );
    await scene.settle(reservation, { revert: [good] });
  });

  for (const [what, spoil, type] of [
    ['its plan has become unreadable', spoilPlan, FAILURES.StoreCorrupt],
    ['/state says that it failed', fail, FAILURES.AlreadyEnded],
  ] as const) {
    it(`is to be reverted if an earlier attempt has, and since then ${what}`, async () => {
      const [good, bad] = (await scene.gateways(2)) as [PairMember, PairMember];
      await scene.apply(reservation, [good, bad]);
      await spoil(bad);
      const { applied, refused, toRevert } = await scene.apply(reservation, [good, bad], { attempt: 2 });
      assert.deepEqual(
        [applied, refused, toRevert.map((one) => [one.member, one.type])],
        [[good], [], [[bad, type]]],
      );
      await scene.settle(reservation, { revert: [good, bad] });
    });
  }
});
