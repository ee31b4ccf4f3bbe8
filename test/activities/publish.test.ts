import assert from 'node:assert/strict';
import { publishFailed } from '../../activities/saga/publish.ts';
import { ROLES } from '../../gateway/resource.ts';
import { claimsOf } from '../../etcd/claims.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { PairMember } from '../../pair/messages.ts';
import { useEtcd } from '../etcd/fixture.ts';
import { openScene } from './pair/scene.ts';

describe('publishing a failure', function () {
  this.timeout(30_000);
  const etcd = useEtcd();

  it('leaves alone what the same run has begun anew since, after a reset', async () => {
    const scene = await openScene(etcd());
    try {
      const { store } = scene.deps;
      const [{ gateway, run }] = (await scene.gateways(1)) as [PairMember];
      const late = Date.now();
      const begun = await store.beginAttempt(gateway, run, late + 1_000);
      assert.ok(begun.kind === 'begun');
      await store.confirmAttempt(gateway, begun.record.attempt, ROLES);
      const record = await store.planRecord(gateway);
      const input = { gateway, run, error: 'undone', registered: true, clean: true };
      assert.equal(await publishFailed(scene.deps, input, late), undefined);
      assert.deepEqual(await store.planRecord(gateway), record);
      assert.deepEqual(record?.mayCarry, ROLES);
      assert.equal(await store.state(gateway), undefined);
    } finally {
      await scene.close();
    }
  });

  const before: readonly (readonly [string, object])[] = [
    ['a newer version has told its failure', { version: 2, error: 'cancelled' }],
    ['the same was told', { version: 1, error: 'undone' }],
  ];
  for (const [what, facts] of before)
    it(`releases what was claimed, though ${what} before`, async () => {
      const scene = await openScene(etcd());
      try {
        const [{ gateway, run }] = (await scene.gateways(1)) as [PairMember];
        const record = (await scene.deps.store.planRecord(gateway)) as PlanRecord;
        const told = { state: { worker_state: 'CREATE_FAILED', heat_outputs: '[]' }, ...facts };
        const state = JSON.stringify(told);
        await etcd().raw.put(KEYS.state(gateway)).value(state).exec();
        await publishFailed(scene.deps, { gateway, run, error: 'undone', registered: true, clean: true });
        const left = [KEYS.plan(gateway), ...claimsOf(record).map(({ key }) => key)];
        assert.deepEqual(
          await Promise.all(left.map((key) => etcd().raw.get(key).string())),
          left.map(() => null),
        );
        assert.equal(await etcd().raw.get(KEYS.state(gateway)).string(), state);
      } finally {
        await scene.close();
      }
    });
});
