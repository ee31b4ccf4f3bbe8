import assert from 'node:assert/strict';
import type { Device } from '../../../simulator/device/device.ts';
import { pair } from '../../../simulator/device/create.ts';
import { client, parsed, router, routerPair, texts } from './scene.ts';

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

const states = async (device: Device): Promise<readonly string[]> => {
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
      const { primary, secondary } = routerPair();
      const steps = [
        () => addUnit(primary, 1025, 'VPNGW1-VRRP'),
        () => addUnit(secondary, 1025, 'VPNGW2-VRRP'),
      ];
      for (const step of order === 'primary first' ? steps : steps.toReversed()) await step();
      assert.deepEqual(await states(primary), ['ae0.1025 master'], order);
      assert.deepEqual(await states(secondary), ['ae0.1025 backup'], order);
    }
  });

  it('makes a router master that hears no other one', async () => {
    const { secondary } = routerPair();
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    assert.deepEqual(await states(secondary), ['ae0.1025 master']);
  });

  it('has separate elections in different VLANs, even for the same group and address', async () => {
    const { primary, secondary } = routerPair();
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(primary, 1026, 'VPNGW2-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    await addUnit(secondary, 1026, 'VPNGW1-VRRP');
    assert.deepEqual(await states(primary), ['ae0.1025 master', 'ae0.1026 backup']);
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
    assert.deepEqual(await states(primary), ['ae0.1025 master']);
    assert.deepEqual(await states(secondary), ['ae0.1025 backup', 'ae0.1026 master']);
    assert.deepEqual(await states(third), ['ae0.1026 backup']);
  });

  it('elects the higher address at equal priorities', async () => {
    const { primary, secondary } = routerPair();
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW1-VRRP');
    assert.deepEqual(await states(primary), ['ae0.1025 backup']);
    assert.deepEqual(await states(secondary), ['ae0.1025 master']);
  });

  it('prefers a local priority to an inherited one', async () => {
    const { primary, secondary } = routerPair();
    const local =
      'set interfaces ae0 unit 1025 family inet address 100.64.10.3/24 vrrp-group 10 priority 200';
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP', local);
    assert.deepEqual(await states(secondary), ['ae0.1025 master']);
  });

  it('needs the settle time for each step', async () => {
    const { clock, primary } = routerPair({ delays: { vrrpSettle: 1000 } });
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    assert.deepEqual(await states(primary), ['ae0.1025 init']);
    await clock.advance(1000);
    assert.deepEqual(await states(primary), ['ae0.1025 backup']);
    await clock.advance(1000);
    assert.deepEqual(await states(primary), ['ae0.1025 master']);
  });

  it('moves the mastership when the link of the master is lost, and moves it back', async () => {
    const { primary, secondary } = routerPair();
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    for (const link of ['ae0', 'ae0.1025']) {
      primary.setLink(link, false);
      assert.deepEqual(await states(primary), ['ae0.1025 init']);
      assert.deepEqual(await states(secondary), ['ae0.1025 master']);
      primary.setLink(link, true);
      assert.deepEqual(await states(primary), ['ae0.1025 master']);
      assert.deepEqual(await states(secondary), ['ae0.1025 backup']);
    }
  });

  it('can be kept in the state init for one unit', async () => {
    const { primary, secondary } = routerPair();
    primary.holdVrrpDown('ae0.1025', true);
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(primary, 1026, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    assert.deepEqual(await states(primary), ['ae0.1025 init', 'ae0.1026 master']);
    assert.deepEqual(await states(secondary), ['ae0.1025 master']);
    primary.holdVrrpDown('ae0.1025', false);
    assert.deepEqual(await states(primary), ['ae0.1025 master', 'ae0.1026 master']);
    assert.deepEqual(await states(secondary), ['ae0.1025 backup']);
  });

  it('ends with the unit', async () => {
    const { primary, secondary } = routerPair();
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    const c = client(primary);
    await c.set('delete interfaces ae0 unit 1025');
    await c.commit();
    assert.deepEqual(texts(await c.ok(SUMMARY), 'error-severity'), ['warning']);
    assert.deepEqual(await states(secondary), ['ae0.1025 master']);
  });

  it('begins in the state init after a restart', async () => {
    const { clock, primary, secondary } = routerPair({ delays: { vrrpSettle: 1000 } });
    await addUnit(primary, 1025, 'VPNGW1-VRRP');
    await addUnit(secondary, 1025, 'VPNGW2-VRRP');
    await clock.advance(5000);
    assert.deepEqual(await states(secondary), ['ae0.1025 backup']);
    primary.restart();
    await clock.advance(1000);
    assert.deepEqual(await states(primary), ['ae0.1025 backup']);
    await clock.advance(5000);
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
