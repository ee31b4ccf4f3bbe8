import assert from 'node:assert/strict';
import { pair } from '../../../simulator/device/create.ts';
import type { Device } from '../../../simulator/device/device.ts';
import { ebgp, gatewayConfig, ibgp } from './gateway-with-children.ts';
import { client, router, texts } from './scene.ts';
import { createVirtualClock } from './virtual-clock.ts';

/** Longer than a master-down interval. */
const ELECTED_MS = 8_000;
const DETAIL =
  '<get-vrrp-interface-information><interface-name>ae0.1025</interface-name></get-vrrp-interface-information>';

const shown = async (device: Device) => {
  const reply = await client(device).ok(DETAIL);
  return `${texts(reply, 'vrrp-state')[0]} ${texts(reply, 'priority')[0]}`;
};

describe('a VRRP group that tracks an interface', () => {
  it('has a lower priority while that is not up, and so gives the mastership away and takes it back', async () => {
    const clock = createVirtualClock();
    const [primary, secondary] = (await Promise.all(
      (['primary', 'secondary'] as const).map(async (role) => {
        const { device } = router({ clock, role, config: gatewayConfig(role) });
        const operator = client(device);
        await operator.load(ebgp(role));
        await operator.load(ibgp(role));
        await operator.commit();
        return device;
      }),
    )) as [Device, Device];
    pair(primary, secondary);
    await clock.advance(ELECTED_MS);
    assert.deepEqual([await shown(primary), await shown(secondary)], ['master 105', 'backup 100']);
    primary.setLink('ge-0/0/1.122', false);
    await clock.advance(ELECTED_MS);
    assert.deepEqual([await shown(primary), await shown(secondary)], ['backup 95', 'master 100']);
    primary.setLink('ge-0/0/1.122', true);
    await clock.advance(ELECTED_MS);
    assert.deepEqual([await shown(primary), await shown(secondary)], ['master 105', 'backup 100']);
  });

  it('has at least the priority 1, and counts an interface that is not there as not up', async () => {
    const { device } = router({ config: gatewayConfig('primary') });
    const operator = client(device);
    await operator.load(ibgp('primary'));
    const track =
      'interfaces ae0 unit 1025 family inet address 198.51.100.2/24 vrrp-group 20 track interface';
    await operator.set(`set ${track} ge-0/0/9.1 priority-cost 254`);
    await operator.commit();
    assert.equal(await shown(device), 'backup 1');
  });
});
