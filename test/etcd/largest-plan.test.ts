/** The largest plans that are accepted: etcd takes every write that ends their changes, and those of a deletion after them. */
import assert from 'node:assert/strict';
import { jobsOf, problemOfSize } from '../../activities/saga/preparation.ts';
import type { Preparation } from '../../activities/saga/preparation.ts';
import type { Action } from '../../gateway/change.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { newGateway, requestFor, useOwnEtcd, Witness } from './fixture.ts';
import { created, failed, keep } from './publication.ts';

const KIB = 1024;
/** What each router carries before, or after. `null`: nothing. */
type Size = number | null;

describe('the largest plan that is accepted', function () {
  this.timeout(60_000);
  const etcd = useOwnEtcd();

  /** `isPassedThrough`: the text is in the gateway's record, too, and so in each job. */
  function preparationOf(
    gateway: GatewayVersion,
    action: Action,
    [before, after]: readonly [Size, Size],
    isPassedThrough: boolean,
  ): Preparation {
    const { routers } = requestFor(gateway, '0').planRecord;
    const sized = (size: Size) =>
      size === null ? null : { ...routers.primary.after, create: 'x'.repeat(size * KIB) };
    const change = { before: sized(before), after: sized(after) };
    const { resourceType: type, resourceId: id } = gateway;
    const text = isPassedThrough ? (change.after ?? change.before)?.create : undefined;
    const job = { id: type, mappings: {} };
    return {
      gateway,
      action,
      record: { ref: { type, id }, body: { id, ...(text !== undefined && { text }) } },
      kind: { kind: { resourceType: type, schema: { fields: {} }, provisioning: job, monitoring: job } },
      provisioning: text === undefined ? [] : [{ name: 'text', value: text, resources: [], secret: false }],
      monitoring: [],
      changes: { primary: change, secondary: change },
      recordsRead: [],
      parents: [],
    } as unknown as Preparation;
  }

  /** The most KiB for each router that an update from nearly nothing is accepted with. */
  function largest(isPassedThrough: boolean): number {
    let [fits, tooLarge] = [1, 1_280];
    while (tooLarge - fits > 1) {
      const middle = Math.floor((fits + tooLarge) / 2);
      const preparation = preparationOf(newGateway(), 'update', [1, middle], isPassedThrough);
      if (problemOfSize(preparation) === undefined) fits = middle;
      else tooLarge = middle;
    }
    return fits;
  }

  for (const isPassedThrough of [true, false])
    it(`is published as made and as failed, and so is its deletion, where the text is ${isPassedThrough ? '' : 'not '}in the jobs`, async () => {
      const { store, raw } = etcd();
      const first = newGateway();
      const witness = new Witness(raw, first);
      const size = largest(isPassedThrough);
      const register = async (version: number, action: Action, sizes: readonly [Size, Size]) => {
        const gateway = { ...first, version };
        const run = `run-${version}`;
        const configRevision = await witness.configure(version, action === 'delete');
        const preparation = preparationOf(gateway, action, sizes, isPassedThrough);
        if (action !== 'delete') assert.equal(problemOfSize(preparation), undefined);
        const made = requestFor(gateway, configRevision, { run });
        const ids = (action === 'update' ? ['a', 'b', 'c'] : ['a', 'b']).map((id) => `${run}:${id}`);
        const { primary, secondary } = made.planRecord.routers;
        const { changes } = preparation;
        const routers = {
          primary: { ...primary, ...changes.primary },
          secondary: { ...secondary, ...changes.secondary },
        };
        const standing = action === 'create' ? null : Math.min(version - 1, 2);
        const planRecord = { ...made.planRecord, action, standing, jobs: ids, routers };
        const jobs = jobsOf(preparation, ids, false);
        assert.deepEqual(await store.register({ ...made, jobs, planRecord }), { kind: 'registered' });
        return { gateway, run };
      };
      const made = async ({ gateway, run }: Awaited<ReturnType<typeof register>>) => {
        await store.permitApply(gateway, run);
        await keep(etcd(), gateway, run);
        assert.equal((await store.publish(created(gateway, run))).kind, 'published');
      };
      const fails = async ({ gateway, run }: Awaited<ReturnType<typeof register>>) =>
        assert.equal((await store.publish(failed(gateway, { run }))).kind, 'published');
      await made(await register(1, 'create', [null, 1]));
      await made(await register(2, 'update', [1, size]));
      await fails(await register(3, 'update', [size, 1]));
      await fails(await register(4, 'delete', [size, null]));
      await made(await register(5, 'delete', [size, null]));
      assert.equal(await witness.value(witness.keys.plan), undefined);
    });
});
