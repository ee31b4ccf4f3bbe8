import assert from 'node:assert/strict';
import type { FaultRule } from '../../../simulator/device/faults.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { carries, logsOf } from './router-facts.ts';
import { tried } from './retried.ts';
import type { Scene } from './scene.ts';
import { useScene } from './use-scene.ts';

describe('a router whose configuration somebody else has', function () {
  this.timeout(30_000);
  const etcd = useEtcd();
  let scene: Scene;
  useScene(etcd, (opened) => (scene = opened));

  const moments: readonly (readonly [string, Pick<FaultRule, 'rpc' | 'step'>, string])[] = [
    [
      'a load',
      { rpc: 'load-configuration' },
      'configuration database locked by: admin terminal p0 (pid 4711)',
    ],
    ['a check', { rpc: 'commit-configuration', step: 'check' }, 'lock-configuration failed on re1'],
    ['a commit', { rpc: 'commit-configuration', step: 'activate' }, 'configuration database modified'],
  ];

  for (const [when, rule, message] of moments)
    it(`is asked again when it says "${message}" to ${when}: nobody is blamed, the batch is not split`, async () => {
      const members = await scene.gateways(3);
      const reservation = await scene.reservation();
      scene.one.device.faults.add({ ...rule, times: 1, outcome: { kind: 'refuse', message } });
      const outcome = await tried((context) => scene.apply(reservation, members, context));
      assert.deepEqual([outcome.applied, outcome.refused, outcome.toRevert], [members, [], []]);
      for (const router of scene.routers) {
        assert.ok(members.every((member) => carries(router, member)));
        assert.equal(logsOf(router).length, 2, 'one commit beside the base configuration');
      }
    });

  for (const [when, rule, message] of moments)
    it(`owes nothing when it says so to ${when} of a revert`, async () => {
      const members = await scene.gateways(2);
      const reservation = await scene.reservation();
      await scene.apply(reservation, members);
      scene.other.device.faults.add({ ...rule, times: 1, outcome: { kind: 'refuse', message } });
      const outcome = await tried((context) => scene.settle(reservation, { revert: members }, context));
      assert.deepEqual(
        outcome.reverted.map(({ member, owedOn }) => [member, owedOn]),
        members.map((member) => [member, []]),
      );
      for (const router of scene.routers) assert.ok(members.every((member) => !carries(router, member)));
    });

  it('fails the batch as busy once patience has ended, and is left as it was', async () => {
    const members = await scene.gateways(2);
    const reservation = await scene.reservation();
    const outcome = { kind: 'refuse', message: 'lock-configuration failed on re1' } as const;
    scene.one.device.faults.add({ rpc: 'commit-configuration', step: 'check', times: Infinity, outcome });
    const { refused, applied } = await scene.impatient.apply(reservation, members);
    assert.deepEqual(applied, []);
    assert.deepEqual(
      refused.map(({ type }) => type),
      ['RouterBusy', 'RouterBusy'],
    );
    assert.match(refused[0]?.reason ?? '', /check has to wait: lock-configuration failed on re1/);
    for (const router of scene.routers) assert.equal(logsOf(router).length, 1);
  });
});
