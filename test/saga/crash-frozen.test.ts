import assert from 'node:assert/strict';
import { startEtcd } from '../../local/etcd-process.ts';
import { startWorker } from '../../local/worker-process.ts';
import { meeting } from './breakpoints.ts';
import { Proxy } from '../../local/proxy.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

describe('a creation', function () {
  this.timeout(150_000);
  let site: Site;
  before(async () => {
    site = await openSite(2);
  });
  after(() => site.close());

  it('whose worker freezes before it commits is finished by another, and the first one commits nothing when it wakes up', async () => {
    const relay = await Proxy.open(site.stack.temporal.address);
    const environment = { ...site.stack.environment, TEMPORAL_ADDRESS: relay.endpoint };
    const frozen = await startWorker({ ...site.stack, environment }, { name: 'worker-frozen' });
    const gateway = await site.write('vpn_gateway', 0);
    const committed: number[] = [];
    const first = site.pair(0).map(({ device }) => {
      const { met, when } = meeting();
      let session = 0;
      device.faults.add({
        rpc: 'load-configuration',
        when: (point) => ((session = point.session), when()),
        outcome: { kind: 'delay', ms: 1_000 },
      });
      device.faults.add({
        rpc: 'commit-configuration',
        step: 'activate',
        when: (point) => (committed.push(point.session - session), false),
        outcome: { kind: 'delay', ms: 0 },
      });
      return met;
    });
    const run = await site.client.create(gateway);
    await Promise.all(first);
    frozen.signal('SIGSTOP');
    // The server cannot give a task to its earlier polls now: otherwise it would get some of the next attempts too.
    relay.drop();
    await startWorker(site.stack, { name: 'worker' });
    // The first worker's lock lasts as long as its session: the other worker waits for the router, not for the server.
    while ((await site.attemptOn(0)) < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(!committed.includes(0), 'the first one has committed');
    frozen.signal('SIGCONT');
    await site.assertCreatedOnce(gateway, run);
    assert.equal(committed.length, 2);
    for (const later of committed) assert.ok(later > 0, 'the frozen worker has committed');
    assert.deepEqual(await frozen.stop(), { code: 0, signal: null });
    await relay.close();
  });

  it('goes on when etcd is back after a crash', async () => {
    const gateway = await site.write('internet_gateway', 1);
    const { met, when } = meeting();
    const [primary] = site.pair(1);
    primary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'activate',
      moment: 'after',
      when,
      outcome: { kind: 'delay', ms: 500 },
    });
    const run = await site.client.create(gateway);
    await met;
    const { child, endpoints } = site.stack.etcd;
    child.signal('SIGKILL');
    await child.exited;
    await site.untilAttempt(gateway, 'recordStack', 2);
    await startEtcd(site.stack.run, Number(endpoints[0]?.split(':')[1]));
    await site.assertCreatedOnce(gateway, run);
  });
});
