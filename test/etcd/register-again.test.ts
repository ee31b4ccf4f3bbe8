/** What a registration takes over from an earlier one of the same gateway, and what it leaves. */
import assert from 'node:assert/strict';
import { failedState } from '../../gateway/records.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { fresh } from './reservation-fixture.ts';
import { newGateway, requestFor, useEtcd, Witness } from './fixture.ts';
import { racing } from './racing.ts';

describe('registering a gateway again', () => {
  const etcd = useEtcd();

  async function registered({ scheduled }: { scheduled?: number } = {}) {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const witness = new Witness(raw, gateway);
    const configRevision = await witness.configure();
    const options = scheduled === undefined ? {} : { scheduled };
    await store.register(requestFor(gateway, configRevision, options));
    const plan = async () => (await witness.value(witness.keys.plan)) as PlanRecord;
    const mark = async (marks: Partial<PlanRecord>) =>
      void (await witness.put(witness.keys.plan, { ...(await plan()), ...marks }));
    return { store, gateway, witness, configRevision, plan, mark };
  }

  for (const [marks, after] of [
    [{ kept: false, mayBeApplied: true }, true],
    [{ mayBeApplied: true, restored: true }, true],
    [{}, false],
  ] as const)
    it(`by a new run, with the same plan, keeps its marks: ${JSON.stringify(marks)}`, async () => {
      const { store, gateway, configRevision, plan, mark } = await registered();
      await mark(marks);
      const request = requestFor(gateway, configRevision, { run: 'run-2', jobs: 'bbbbb' });
      assert.deepEqual(await store.register(request), { kind: 'registered' });
      const { run, kept, mayBeApplied, restored } = await plan();
      assert.equal(run, 'run-2');
      assert.deepEqual([kept, mayBeApplied], [undefined, after]);
      assert.equal(restored, 'restored' in marks ? true : undefined);
    });

  it('with another plan leaves what is not its own: a claim that another gateway has, a record with a retention', async () => {
    const { store, gateway, witness, configRevision } = await registered();
    const [claim = '', ...others] = (await witness.ownClaims()).map((one) => `/gateway-saga/claims/${one}`);
    const other = { resourceType: 'vpn_gateway', resourceId: 'another' };
    await witness.put(claim, other);
    const [ended = '', open = ''] = (await witness.jobs()).map((id) => KEYS.job(id));
    const lease = await etcd().raw.leaseClient.leaseGrant({ TTL: 60 });
    await etcd().raw.put(ended).value('[]').lease(lease.ID);
    const request = requestFor(gateway, configRevision, { run: 'run-2', jobs: 'bbbbb', unit: fresh('unit') });
    assert.deepEqual(await store.register(request), { kind: 'registered' });
    assert.deepEqual(await witness.value(claim), other);
    for (const key of others) assert.equal(await witness.value(key), undefined, key);
    assert.deepEqual(await witness.value(ended), []);
    assert.equal(await witness.value(open), undefined);
  });

  it('by the same run writes nothing, unless its call is a later one: the run was reset', async () => {
    const { store, gateway, witness, configRevision, plan } = await registered({ scheduled: 1_000 });
    const before = await witness.revision();
    for (const options of [{}, { scheduled: 1_000 }, { scheduled: 999 }]) {
      const again = requestFor(gateway, configRevision, options);
      assert.deepEqual(await store.register(again), { kind: 'registered' });
      assert.equal(await witness.revision(), before);
    }
    const later = requestFor(gateway, configRevision, { scheduled: 2_000 });
    assert.deepEqual(await store.register(later), { kind: 'registered' });
    assert.equal((await plan()).scheduled, 2_000);
  });

  it('by a run that was reset is too late once its state is written', async () => {
    const { gateway, witness, configRevision, plan } = await registered({ scheduled: 1_000 });
    const outcome = await racing(
      etcd(),
      '"scheduled":2000',
      () => witness.put(witness.keys.state, failedState(1, 'x')),
      (store) => store.register(requestFor(gateway, configRevision, { scheduled: 2_000 })),
    );
    assert.equal(outcome.kind, 'ended');
    assert.equal((await plan()).scheduled, 1_000);
  });
});
