import assert from 'node:assert/strict';
import type { Device } from '../../../simulator/device/device.ts';
import { pair } from '../../../simulator/device/create.ts';
import { client, parsed, router, routerPair, texts } from './scene.ts';
import type { VirtualClock } from './virtual-clock.ts';

const SUMMARY = '<get-vrrp-information><summary/></get-vrrp-information>';
const ofUnit = (name: string): string =>
  `<get-vrrp-interface-information><interface-name>${name}</interface-name></get-vrrp-interface-information>`;

async function addUnit(
  device: Device,
  unit: number,
  group: string,
  ...more: readonly string[]
): Promise<void> {
  const c = client(device);
  await c.set(
    `set interfaces ae0 unit ${unit} apply-groups ${group}`,
    `set interfaces ae0 unit ${unit} vlan-id ${unit}`,
    `set interfaces ae0 unit ${unit} family inet`,
    ...more,
  );
  await c.commit();
}

/** Longer than two master-down intervals of every group here, which are 3.6 s each: the first one ends within the silent period. */
const ELECTED_MS = 8_000;

const GROUP_OF_PRIMARY = 'interfaces ae0 unit 1025 family inet address 100.64.10.2/24 vrrp-group 10';
const GROUP_OF_SECONDARY = GROUP_OF_PRIMARY.replace('10.2/24', '10.3/24');

const states = async (device: Device, clock?: VirtualClock): Promise<readonly string[]> => {
  await clock?.advance(ELECTED_MS);
  const reply = await client(device).ok(SUMMARY);
  const names = texts(reply, 'interface');
  return texts(reply, 'vrrp-state').map((state, i) => `${names[i]} ${state}`);
};

describe('VRRP', () => {
  it('is not running without a configured group, which the reply says in a warning', async () => {
    const { primary } = routerPair();
    for (const rpc of [SUMMARY, '<get-vrrp-information/>', ofUnit('ae0.1025')]) {
      const reply = await client(primary).ok(rpc);
      assert.deepEqual(texts(reply, 'error-severity'), ['warning']);
      assert.deepEqual(texts(reply, 'error-message'), [
        'vrrp subsystem not running - not needed by configuration.',
      ]);
    }
  });

  it('elects the inherited group with the higher priority, in whatever order the groups are configured', async () => {
    for (const order of ['primary first', 'secondary first']) {
      const { clock, primary, secondary } = routerPair();
      const steps = [
        () => addUnit(primary, 1025, 'VPNGW1-VRRP'),
        () => addUnit(secondary, 1025, 'VPNGW2-VRRP'),
      ];
      for (const step of order === 'primary first' ? steps : steps.toReversed()) {
        await step();
        await clock.advance(ELECTED_MS);
      }
      assert.deepEqual(await states(primary), ['ae0.1025 master'], order);
      assert.deepEqual(await states(secondary), ['ae0.1025 backup'], order);
    }
  });

  it('makes a router master that hears no other one', async () => {
    const { clock, secondary } = routerPair();
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    assert.deepEqual(await states(secondary, clock), ['ae0.1025 master']);
  });

  it('has separate elections in different VLANs, even for the same group and address', async () => {
    const { clock, primary, secondary } = routerPair();
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(primary, 1026, 'VPNGW2-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    await addUnit(secondary, 1026, 'VPNGW1-VRRP');
    assert.deepEqual(await states(primary, clock), ['ae0.1025 master', 'ae0.1026 backup']);
    assert.deepEqual(await states(secondary), ['ae0.1025 backup', 'ae0.1026 master']);
  });

  it('elects among all routers that a router is paired with', async () => {
    const { clock, primary, secondary } = routerPair();
    const third = router({ clock }).device;
    pair(third, secondary);
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    await addUnit(secondary, 1026, 'VPNGW1-VRRP');
    await addUnit(third, 1026, 'VPNGW2-VRRP');
    assert.deepEqual(await states(primary, clock), ['ae0.1025 master']);
    assert.deepEqual(await states(secondary), ['ae0.1025 backup', 'ae0.1026 master']);
    assert.deepEqual(await states(third), ['ae0.1026 backup']);
  });

  it('keeps a master of the same priority, and of two masters the one with the higher address', async () => {
    const { clock, primary, secondary } = routerPair();
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await clock.advance(ELECTED_MS);
    await addUnit(secondary, 1025, 'VPNGW1-VRRP');
    assert.deepEqual(await states(secondary, clock), ['ae0.1025 backup']);
    secondary.isolateVrrp('ae0.1025', true);
    assert.deepEqual(await states(secondary, clock), ['ae0.1025 master']);
    secondary.isolateVrrp('ae0.1025', false);
    assert.deepEqual(await states(primary), ['ae0.1025 backup']);
    assert.deepEqual(await states(secondary), ['ae0.1025 master']);
  });

  it('prefers a local priority to an inherited one', async () => {
    const { clock, primary, secondary } = routerPair();
    const local =
      'set interfaces ae0 unit 1025 family inet address 100.64.10.3/24 vrrp-group 10 priority 200';
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP', local);
    assert.deepEqual(await states(secondary, clock), ['ae0.1025 master']);
  });

  it('needs the settle time until it is backup, and a master-down interval that ends after the silent period until it is master', async () => {
    const { clock, primary } = routerPair({ delays: { vrrpSettle: 1000 } });
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    assert.deepEqual(await states(primary), ['ae0.1025 init']);
    await clock.advance(1000);
    assert.deepEqual(await states(primary), ['ae0.1025 backup']);
    // Twice 3 × 1 s, and (256 − 105) / 256 s: the first ends within 4 s.
    await clock.advance(7_179);
    assert.deepEqual(await states(primary), ['ae0.1025 backup']);
    await clock.advance(1);
    assert.deepEqual(await states(primary), ['ae0.1025 master']);
  });

  for (const [what, content, waitMs] of [
    ['fast-interval', 'fast-interval 10000', 35_900],
    ['advertise-interval', 'advertise-interval 2', 7_180],
    ['second, with a threshold of 5', 'advertisements-threshold 5', 5_590],
  ] as const) {
    it(`advertises every ${what}`, async () => {
      const { clock, primary } = routerPair();
      await addUnit(primary, 1025, 'VPNGW1-VRRP', `set ${GROUP_OF_PRIMARY} ${content}`);
      await clock.advance(waitMs - 10);
      assert.deepEqual(await states(primary), ['ae0.1025 backup']);
      await clock.advance(10);
      assert.deepEqual(await states(primary), ['ae0.1025 master']);
    });
  }

  it('has the silent period of its router, and none as the owner of the address', async () => {
    for (const [statements, waitMs] of [
      [['set protocols vrrp startup-silent-period 3'], 3_590],
      [['set protocols vrrp startup-silent-period 10'], 3 * 3_590],
      [[`set ${GROUP_OF_PRIMARY} priority 255`], 0],
    ] as const) {
      const { clock, primary } = routerPair();
      await addUnit(primary, 1025, 'VPNGW1-VRRP', ...statements);
      if (waitMs > 0) {
        await clock.advance(waitMs - 10);
        assert.deepEqual(await states(primary), ['ae0.1025 backup'], statements[0]);
      }
      await clock.advance(15);
      assert.deepEqual(await states(primary), ['ae0.1025 master'], statements[0]);
    }
  });

  it('is faster where minutes are shorter', async () => {
    const { clock, primary } = routerPair({ minute: 600 });
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await clock.advance(72);
    assert.deepEqual(await states(primary), ['ae0.1025 master']);
  });

  it('preempts after the hold-time, where another router was master first', async () => {
    const { clock, primary, secondary } = routerPair();
    const real = (group: string) =>
      [`fast-interval 10000`, 'preempt hold-time 180'].map((content) => `set ${group} ${content}`);
    await addUnit(secondary, 1025, 'VPNGW2-VRRP', ...real(GROUP_OF_SECONDARY));
    await clock.advance(40_000);
    await addUnit(primary, 1025, 'VPNGW1-VRRP', ...real(GROUP_OF_PRIMARY));
    await clock.advance(35_899 + 180_000 - 10);
    assert.deepEqual(await states(primary), ['ae0.1025 backup']);
    assert.deepEqual(await states(secondary), ['ae0.1025 master']);
    await clock.advance(20);
    assert.deepEqual(await states(primary), ['ae0.1025 master']);
    assert.deepEqual(await states(secondary), ['ae0.1025 backup']);
  });

  it('does not preempt where it is configured not to', async () => {
    const { clock, primary, secondary } = routerPair();
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    await clock.advance(ELECTED_MS);
    await addUnit(primary, 1025, 'VPNGW1-VRRP', `set ${GROUP_OF_PRIMARY} no-preempt`);
    assert.deepEqual(await states(primary, clock), ['ae0.1025 backup']);
    assert.deepEqual(await states(secondary), ['ae0.1025 master']);
  });

  it('makes both routers master that do not hear each other, and one of them when they do again', async () => {
    const { clock, primary, secondary } = routerPair();
    primary.isolateVrrp('ae0.1025', true);
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    assert.deepEqual(await states(primary), ['ae0.1025 backup']);
    assert.deepEqual(await states(secondary), ['ae0.1025 backup'], 'for a master-down interval');
    assert.deepEqual(await states(primary, clock), ['ae0.1025 master']);
    assert.deepEqual(await states(secondary), ['ae0.1025 master']);
    primary.isolateVrrp('ae0.1025', false);
    assert.deepEqual(await states(primary), ['ae0.1025 master']);
    assert.deepEqual(await states(secondary), ['ae0.1025 backup']);
  });

  it('runs for IPv6 as well', async () => {
    const { clock, primary } = routerPair();
    const group = 'set interfaces ae0 unit 1025 family inet6 address 2001:db8::2/64 vrrp-inet6-group 1';
    const c = client(primary);
    await c.set(
      'set interfaces ae0 unit 1025 vlan-id 1025',
      `${group} virtual-inet6-address 2001:db8::1`,
      `${group} inet6-advertise-interval 2000`,
    );
    await c.commit();
    await clock.advance(7_200);
    assert.deepEqual(await states(primary), ['ae0.1025 backup']);
    await clock.advance(20);
    assert.deepEqual(await states(primary), ['ae0.1025 master']);
  });

  it('moves the mastership when the link of the master is lost, and moves it back', async () => {
    const { clock, primary, secondary } = routerPair();
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    await clock.advance(ELECTED_MS);
    for (const link of ['ae0', 'ae0.1025']) {
      primary.setLink(link, false);
      assert.deepEqual(await states(primary), ['ae0.1025 init']);
      assert.deepEqual(await states(secondary, clock), ['ae0.1025 master']);
      primary.setLink(link, true);
      assert.deepEqual(await states(primary, clock), ['ae0.1025 master']);
      assert.deepEqual(await states(secondary), ['ae0.1025 backup']);
    }
  });

  it('can be kept in the state init for one unit', async () => {
    const { clock, primary, secondary } = routerPair();
    primary.holdVrrpDown('ae0.1025', true);
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(primary, 1026, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    assert.deepEqual(await states(primary, clock), ['ae0.1025 init', 'ae0.1026 master']);
    assert.deepEqual(await states(secondary), ['ae0.1025 master']);
    primary.holdVrrpDown('ae0.1025', false);
    assert.deepEqual(await states(primary, clock), ['ae0.1025 master', 'ae0.1026 master']);
    assert.deepEqual(await states(secondary), ['ae0.1025 backup']);
  });

  it('ends with the unit', async () => {
    const { clock, primary, secondary } = routerPair();
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    await clock.advance(ELECTED_MS);
    const c = client(primary);
    await c.set('delete interfaces ae0 unit 1025');
    await c.commit();
    assert.deepEqual(texts(await c.ok(SUMMARY), 'error-severity'), ['warning']);
    assert.deepEqual(await states(secondary, clock), ['ae0.1025 master']);
  });

  it('begins in the state init after a restart', async () => {
    const { clock, primary, secondary } = routerPair({ delays: { vrrpSettle: 1000 } });
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    await clock.advance(ELECTED_MS);
    assert.deepEqual(await states(secondary), ['ae0.1025 backup']);
    primary.restart();
    await clock.advance(1000);
    assert.deepEqual(await states(primary), ['ae0.1025 backup']);
    await clock.advance(ELECTED_MS);
    assert.deepEqual(await states(primary), ['ae0.1025 master']);
    assert.deepEqual(await states(secondary), ['ae0.1025 backup']);
  });

  it('is shown in four styles, and for a single interface', async () => {
    const { primary } = routerPair();
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(primary, 1026, 'VPNGW1-VRRP');
    const c = client(primary);
    for (const style of ['summary', 'brief', 'detail', 'extensive']) {
      const reply = await c.ok(`<get-vrrp-information><${style}/></get-vrrp-information>`);
      assert.equal(parsed(reply).children[0]?.attributes['style'], style);
      assert.deepEqual(texts(reply, 'interface'), ['ae0.1025', 'ae0.1026']);
      assert.deepEqual(texts(reply, 'virtual-ip-address'), ['100.64.10.1', '100.64.10.1']);
      assert.deepEqual(
        texts(reply, 'priority'),
        style === 'detail' || style === 'extensive' ? ['105', '105'] : [],
      );
    }
    assert.deepEqual(texts(await c.ok(ofUnit('ae0.1026')), 'interface'), ['ae0.1026']);
    assert.deepEqual(texts(await c.ok(ofUnit('ae0.1027')), 'error-severity'), ['warning']);
  });

  it('refuses an interface name in the request for all groups', async () => {
    const { primary } = routerPair();
    await client(primary).errors(
      '<get-vrrp-information><interface-name>ae0.1025</interface-name></get-vrrp-information>',
    );
  });
});
