import assert from 'node:assert/strict';
import { createDevice, pair } from '../../../simulator/device/create.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { client, COMMIT_INFORMATION, confirmed, LOCK, router, texts, USERS } from './scene.ts';

const EDIT = 'set interfaces ae0 description edited';

describe('a device', () => {
  it('loses its sessions, locks and uncommitted edits in a restart', async () => {
    const { device } = router();
    const esi = client(device);
    const ends: string[] = [];
    esi.session.onEnd((reason) => ends.push(reason));
    await esi.ok(LOCK);
    await esi.set(EDIT);
    device.restart();
    assert.deepEqual(ends, ['restarted']);
    const again = client(device);
    assert.notEqual(again.session.id, esi.session.id);
    await again.ok(LOCK);
    assert.equal(await again.compare(), '');
  });

  it('continues from the snapshot of an earlier device, stored as JSON', async () => {
    const before = router({ options: { reboot: 'resume' } });
    const esi = client(before.device);
    await esi.set(EDIT);
    await esi.ok(confirmed(10, 'ours'));
    const state = JSON.parse(JSON.stringify(before.device.snapshot()));
    before.device.stop();
    const { clock } = before;
    const device = createDevice({
      name: 'again',
      config: '',
      clock,
      users: USERS,
      options: { reboot: 'resume' },
      state,
    });
    const again = client(device);
    assert.match(device.running(), /edited/);
    assert.ok(again.session.id > esi.session.id);
    const information = await again.ok(COMMIT_INFORMATION);
    assert.deepEqual(texts(information, 'log'), ['ours']);
    assert.deepEqual(texts(information, 'comment'), ['commit confirmed, rollback in 10mins']);
    assert.match(await again.compare(1), /edited/);
    await clock.advance(600_000);
    assert.doesNotMatch(device.running(), /edited/);
  });

  it('reports each change of its state, and nothing else', async () => {
    const { device, clock } = router();
    let changes = 0;
    device.onChange(() => (changes += 1));
    const changed = (): boolean => {
      const any = changes > 0;
      changes = 0;
      return any;
    };
    const esi = client(device);
    await esi.set(EDIT);
    assert.equal(changed(), false);
    await esi.ok(confirmed(1));
    assert.equal(changed(), true);
    await clock.advance(60_000);
    assert.equal(changed(), true);
    await esi.ok('<commit-configuration><check/></commit-configuration>');
    assert.equal(changed(), false);
    await esi.ok(confirmed(1));
    assert.equal(changed(), true);
    await esi.ok('<commit-configuration><check/></commit-configuration>');
    assert.equal(changed(), true);
  });

  it('has no timer left when it is stopped', async () => {
    const { device, clock } = router({ options: { delays: { vrrpSettle: 1000 } } });
    const esi = client(device);
    await esi.set(
      'set interfaces ae0 unit 5 apply-groups VPNGW1-VRRP',
      'set interfaces ae0 unit 5 vlan-id 5',
    );
    await esi.set('set interfaces ae0 unit 5 family inet');
    await esi.ok(confirmed(10));
    assert.equal(clock.planned, 2);
    device.stop();
    assert.equal(clock.planned, 0);
  });

  it('does not start with a text that is not a configuration', () => {
    const clock = createVirtualClock();
    const start = (config: string) => () => createDevice({ name: 'r', config, clock, users: USERS });
    assert.throws(start('interfaces {'), { name: 'JunosSyntaxError' });
    assert.throws(
      start('interfaces { ae0 { nonsense; } }'),
      /syntax error at \[edit interfaces ae0\]: nonsense/,
    );
  });

  it('does not start with options out of range', () => {
    const start = (options: object) => () => router({ options });
    assert.throws(start({ minute: 0 }), /Expected minute to be a number above 0, got 0/);
    assert.throws(
      start({ delays: { commit: -1 } }),
      /Expected delays.commit to be a number of ms, 0 or more, got -1/,
    );
  });

  it('cannot be paired with itself', () => {
    const { device } = router();
    assert.throws(() => pair(device, device), RangeError);
  });
});
