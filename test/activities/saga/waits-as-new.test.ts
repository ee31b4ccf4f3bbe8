import assert from 'node:assert/strict';
import type { Dependencies } from '../../../activities/dependencies.ts';
import { planning } from '../../../activities/saga/plan.ts';
import { registering } from '../../../activities/saga/register.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { waitingRecord } from '../../../etcd/waiting.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { gatewayOn, recordOf } from '../../../local/test-gateway.ts';
import { loadKinds } from '../../../templates/load.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { inActivity, scheduledNow } from '../activity.ts';

describe('a plan for a run that goes on with a wait', () => {
  const etcd = useEtcd();
  let count = 0;
  let deps: Dependencies;
  before(async () => {
    const kinds = await loadKinds();
    // Planning and registering open no session.
    const routers = undefined as unknown as Dependencies['routers'];
    const { store } = etcd();
    deps = { store, routers, kinds, policy: DEFAULT_POLICY, searchAttributes: async () => [] };
  });

  /** A gateway on routers of its own. */
  const configured = async () => {
    count += 1;
    const routers = { primary: `wait-${count}-1`, secondary: `wait-${count}-2` };
    const { gateway, neighbours, resourceType, resourceId } = gatewayOn('vpn_gateway', routers, count);
    await writeRecords([etcd().endpoint], [...neighbours, gateway].map(recordOf));
    return { resourceType, resourceId };
  };

  const awaited = { resourceType: 'vpn_gateway', resourceId: 'awaited' };
  /** Plans the gateway again; its first run has written in order to wait, with jobs of this action. */
  const again = async (action: string) => {
    const gateway = await configured();
    const first = await planning(deps)(gateway);
    assert(first.kind === 'planned');
    const { run } = first.plan;
    const jobs = first.plan.jobs.map((id) => id.replace('create', action));
    const key = KEYS.waiting(awaited, gateway);
    const value = JSON.stringify(waitingRecord(gateway, { run, jobs }));
    for (const one of [key, ...jobs.map(KEYS.job)]) await etcd().raw.put(one).value(value);
    const input = { ...gateway, waited: { awaited, run, jobs } };
    const left = async () => {
      const keys = [key, ...jobs.map(KEYS.job)];
      const values = await Promise.all(keys.map((one) => etcd().raw.get(one).string()));
      return keys.filter((_, index) => values[index] !== null);
    };
    return { gateway, left, run, jobs, plan: () => planning(deps)(input) };
  };

  it('keeps the run and the jobs, by which the gateway keeps its place', async () => {
    const { plan, run, jobs, left } = await again('create');
    const outcome = await plan();
    assert(outcome.kind === 'planned');
    assert.deepEqual([outcome.plan.run, outcome.plan.jobs], [run, jobs]);
    assert.equal((await left()).length, 1 + jobs.length);
  });

  it('is a plan of its own if other jobs are needed by now', async () => {
    const { plan, run, jobs } = await again('delete');
    const outcome = await plan();
    assert(outcome.kind === 'planned');
    assert.notEqual(outcome.plan.run, run);
    assert(!outcome.plan.jobs.some((id) => jobs.includes(id)));
  });

  it('is registered without what an earlier run has left where it does not wait', async () => {
    const { gateway, left } = await again('create');
    const outcome = await planning(deps)(gateway);
    assert(outcome.kind === 'planned');
    const input = { ...outcome.plan, wokenBy: [awaited] };
    const registered = await inActivity(scheduledNow(), () => registering(deps)(input));
    assert.equal(registered.kind, 'registered');
    assert.deepEqual(await left(), []);
  });

  it('removes what was written in order to wait if there is nothing to register any more', async () => {
    const { gateway, plan, left } = await again('create');
    await etcd().raw.delete().key(KEYS.gatewayConfig(gateway));
    assert.equal((await plan()).kind, 'refused');
    assert.deepEqual(await left(), []);
  });
});
