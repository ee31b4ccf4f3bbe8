import assert from 'node:assert/strict';
import { CHECK, client, COMMIT, confirmed, describeAe0, LOCK, MINUTE, router } from './scene.ts';

describe('a restart while an operation is under way', () => {
  it('leaves the candidate unlocked, although its owner was committing', async () => {
    const { device, clock } = router({ options: { delays: { commit: 5_000 } } });
    const esi = client(device);
    await esi.ok(LOCK);
    await esi.set(describeAe0('never'));
    const committed = esi.send(COMMIT);
    await clock.advance(1_000);
    device.restart();
    const alice = client(device, 'alice');
    await alice.ok(LOCK);
    await alice.set(describeAe0('later'));
    await clock.advance(10_000);
    assert.deepEqual(await committed, { kind: 'drop' });
    assert.match(await alice.compare(), /description later/);
    assert.match(device.running(), /description downlink;/);
  });

  it('ends a check: it confirms nothing', async () => {
    const { device, clock } = router({ options: { reboot: 'resume', delays: { check: 1_000 } } });
    const esi = client(device);
    await esi.set(describeAe0('unconfirmed'));
    const committed = esi.ok(confirmed(2));
    await clock.advance(1_000);
    await committed;
    const checked = esi.send(CHECK);
    await clock.advance(500);
    device.restart();
    await clock.advance(1_000);
    assert.deepEqual(await checked, { kind: 'drop' });
    await clock.advance(2 * MINUTE);
    assert.match(device.running(), /description downlink;/);
  });

  it('ends what waits for another operation: it never begins', async () => {
    const { device, clock } = router({ options: { delays: { check: 1_000, commit: 5_000 } } });
    const [esi, alice] = [client(device), client(device, 'alice')];
    await esi.set(describeAe0('never'));
    const under = [esi.send(COMMIT), alice.send(COMMIT), client(device).send(LOCK)];
    await clock.advance(1_000);
    device.restart();
    const commits = device.snapshot().history.length;
    await clock.advance(20_000);
    assert.deepEqual(await Promise.all(under), [{ kind: 'drop' }, { kind: 'drop' }, { kind: 'drop' }]);
    assert.equal(device.snapshot().history.length, commits);
  });

  it('ends what a fault has held up: it changes nothing', async () => {
    const { device, clock } = router();
    const esi = client(device);
    device.faults.add({ rpc: 'load-configuration', outcome: { kind: 'delay', ms: 1_000 } });
    const loaded = esi.send(
      `<load-configuration action="set"><configuration-set>${describeAe0('never')}</configuration-set></load-configuration>`,
    );
    await clock.advance(500);
    device.restart();
    await clock.advance(1_000);
    assert.deepEqual(await loaded, { kind: 'drop' });
    assert.equal(await client(device).compare(), '');
  });
});

describe('a confirmed commit of the standard form', () => {
  it('falls back when the router starts again, because its session is gone', async () => {
    const { device, clock } = router({ options: { reboot: 'resume' } });
    const esi = client(device);
    await esi.set(describeAe0('unconfirmed'));
    await esi.ok('<commit><confirmed/><confirm-timeout>600</confirm-timeout></commit>');
    device.restart();
    await clock.advance(0);
    assert.match(device.running(), /description downlink;/);
  });
});
