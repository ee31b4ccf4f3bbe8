import assert from 'node:assert/strict';
import type { OutsidePeer } from '../../../simulator/device/bgp.ts';
import { pair } from '../../../simulator/device/create.ts';
import type { Device } from '../../../simulator/device/device.ts';
import { INSTANCE, SIDES, customerOf, ebgp, gatewayConfig, ibgp } from './gateway-with-children.ts';
import { all, client, parsed, router, texts } from './scene.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

const ALL = '<get-bgp-neighbor-information/>';
const BETWEEN = SIDES.secondary.downlink;
const CUSTOMER = SIDES.primary.customer;

interface Options {
  readonly peers?: readonly OutsidePeer[];
  readonly minute?: number;
}

function gateways(options: Options = {}): {
  readonly clock: VirtualClock;
  readonly primary: Device;
  readonly secondary: Device;
} {
  const clock = createVirtualClock();
  const [primary, secondary] = (['primary', 'secondary'] as const).map(
    (role) => router({ clock, role, config: gatewayConfig(role), options }).device,
  ) as [Device, Device];
  pair(primary, secondary);
  return { clock, primary, secondary };
}

async function commit(device: Device, text: string): Promise<void> {
  const operator = client(device);
  assert.doesNotMatch(await operator.load(text), /rpc-error/);
  await operator.commit();
}

async function change(device: Device, ...lines: readonly string[]): Promise<void> {
  const operator = client(device);
  await operator.set(...lines);
  await operator.commit();
}

/** The state of each session by its peer. */
async function states(device: Device): Promise<Readonly<Record<string, string>>> {
  const reply = parsed(await client(device).ok(ALL));
  return Object.fromEntries(
    all(reply, 'bgp-peer').map((peer) => {
      const [address, state] = ['peer-address', 'peer-state'].map(
        (name) => all(peer, name)[0]?.text.replace(/\+\d+$/, '') ?? '',
      );
      return [address, state];
    }),
  );
}

/** Longer than a session takes to come up. */
const UP_MS = 3_000;

describe('BGP', () => {
  it('does not run without a neighbor, and the reply says so', async () => {
    const { primary } = gateways();
    assert.deepEqual(texts(await client(primary).ok(ALL), 'output'), ['BGP is not running']);
  });

  it('is established between two routers a short time after both want it', async () => {
    const { clock, primary, secondary } = gateways();
    await commit(primary, ibgp('primary'));
    await clock.advance(60_000);
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Connect' });
    await commit(secondary, ibgp('secondary'));
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Active' });
    await clock.advance(UP_MS);
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Established' });
    assert.deepEqual(await states(secondary), { [SIDES.primary.downlink]: 'Established' });
  });

  for (const [what, line] of [
    ['AS number', `set ${groupOf('inet-gw-group')} peer-as 65102`],
    ['local AS number', `set routing-instances ${INSTANCE} routing-options autonomous-system 65102`],
    ['key', `set ${groupOf('inet-gw-group')} authentication-key other`],
    ['local address', `set ${groupOf('inet-gw-group')} local-address 198.51.100.9`],
    ['VLAN', 'set interfaces ae0 unit 1025 vlan-id 1026'],
  ] as const)
    it(`is never established between two routers of which one has another ${what}`, async () => {
      const { clock, primary, secondary } = gateways();
      await commit(primary, ibgp('primary'));
      await commit(secondary, ibgp('secondary'));
      await change(secondary, line);
      await clock.advance(10 * 60_000);
      const shown = [...Object.values(await states(primary)), ...Object.values(await states(secondary))];
      assert.ok(!shown.includes('Established'), shown.join());
    });

  it('is established with a router outside that has the same key, and with no other', async () => {
    for (const [md5, expected] of [
      [undefined, 'Connect'],
      ['wrong', 'Connect'],
      [customerOf('primary').md5, 'Established'],
    ] as const) {
      const { address, as, instance } = customerOf('primary');
      const peers = [{ address, as, instance, ...(md5 !== undefined && { md5 }) }];
      const { clock, primary } = gateways({ peers });
      await commit(primary, ebgp('primary'));
      await clock.advance(UP_MS);
      assert.deepEqual(await states(primary), { [CUSTOMER]: expected });
    }
  });

  it('begins anew when its key is changed, and is lost at once', async () => {
    const { clock, primary } = gateways({ peers: [customerOf('primary')] });
    await commit(primary, ebgp('primary'));
    await clock.advance(UP_MS);
    await change(primary, `set ${groupOf('CloudGW1')} neighbor ${CUSTOMER} authentication-key changed`);
    assert.deepEqual(await states(primary), { [CUSTOMER]: 'Connect' });
  });

  it('lasts until the hold time is over when the peer falls silent, and comes back with the peer', async () => {
    const { clock, primary } = gateways({ peers: [customerOf('primary')] });
    await commit(primary, ebgp('primary'));
    await clock.advance(UP_MS);
    primary.setOutsidePeer(customerOf('primary'), false);
    await clock.advance(39_999);
    assert.deepEqual(await states(primary), { [CUSTOMER]: 'Established' });
    await clock.advance(1);
    assert.deepEqual(await states(primary), { [CUSTOMER]: 'Connect' });
    primary.setOutsidePeer(customerOf('primary'), true);
    await clock.advance(UP_MS);
    assert.deepEqual(await states(primary), { [CUSTOMER]: 'Established' });
  });

  it('survives a silence that is shorter than the hold time', async () => {
    const { clock, primary, secondary } = gateways();
    await commit(primary, ibgp('primary'));
    await commit(secondary, ibgp('secondary'));
    await clock.advance(UP_MS);
    secondary.setLink('ae0', false);
    await clock.advance(20_000);
    assert.deepEqual(await states(secondary), { [SIDES.primary.downlink]: 'Idle' });
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Established' });
    secondary.setLink('ae0', true);
    await clock.advance(60_000);
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Established' });
    assert.deepEqual(await states(secondary), { [SIDES.primary.downlink]: 'Established' });
  });

  it('keeps its session through a silence, also where its own address follows from the network', async () => {
    const { clock, primary, secondary } = gateways();
    for (const [device, role] of [
      [primary, 'primary'],
      [secondary, 'secondary'],
    ] as const)
      await commit(device, ibgp(role).replace(/local-address \S+;/, ''));
    await clock.advance(UP_MS);
    const told: string[] = [];
    secondary.onEvent((entry) => {
      if (entry.kind === 'bgp') told.push(entry.state);
    });
    secondary.setLink('ae0', false);
    await clock.advance(20_000);
    assert.deepEqual(told, ['Idle']);
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Established' });
    assert.deepEqual(texts(await client(secondary).ok(ALL), 'flap-count'), ['1']);
    secondary.setLink('ae0', true);
    await clock.advance(60_000);
    assert.deepEqual(await states(secondary), { [SIDES.primary.downlink]: 'Established' });
    secondary.setLink('ae0', false);
    await clock.advance(30_000);
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Connect' });
  });

  it('is lost at once with its own interface, and when the peer removes its neighbor', async () => {
    const { clock, primary, secondary } = gateways();
    await commit(primary, ibgp('primary'));
    await commit(secondary, ibgp('secondary'));
    await clock.advance(UP_MS);
    await change(secondary, `delete ${groupOf('inet-gw-group')}`);
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Connect' });
    primary.setLink('ae0.1025', false);
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Idle' });
  });

  it('can be kept down in one instance', async () => {
    const { clock, primary, secondary } = gateways();
    await commit(primary, ibgp('primary'));
    await commit(secondary, ibgp('secondary'));
    primary.holdBgpDown(INSTANCE, true);
    await clock.advance(10 * 60_000);
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Idle' });
    assert.deepEqual(await states(secondary), { [SIDES.primary.downlink]: 'Connect' });
    primary.holdBgpDown(INSTANCE, false);
    await clock.advance(UP_MS);
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Established' });
  });

  it('is faster where minutes are shorter', async () => {
    const { clock, primary } = gateways({ peers: [customerOf('primary')], minute: 600 });
    await commit(primary, ebgp('primary'));
    await clock.advance(20);
    assert.deepEqual(await states(primary), { [CUSTOMER]: 'Established' });
  });

  it('comes up again after a restart', async () => {
    const { clock, primary, secondary } = gateways();
    await commit(primary, ibgp('primary'));
    await commit(secondary, ibgp('secondary'));
    await clock.advance(UP_MS);
    primary.restart();
    assert.deepEqual(await states(primary), { [BETWEEN]: 'Active' });
    await clock.advance(UP_MS);
    assert.deepEqual(await states(secondary), { [SIDES.primary.downlink]: 'Established' });
  });

  it('is shown for one neighbor, and for the instances whose names begin so', async () => {
    const { primary } = gateways();
    await commit(primary, ebgp('primary'));
    await commit(primary, ibgp('primary'));
    const asked = async (inner: string) =>
      texts(
        await client(primary).ok(`<get-bgp-neighbor-information>${inner}</get-bgp-neighbor-information>`),
        'peer-group',
      );
    const neighbor = `<neighbor-address>${CUSTOMER}</neighbor-address>`;
    assert.deepEqual(await asked(neighbor), ['CloudGW1']);
    assert.deepEqual(await asked('<instance>vrf</instance>'), ['CloudGW1', 'inet-gw-group']);
    assert.deepEqual(await asked(`<exact-instance>vrf</exact-instance>`), []);
    assert.deepEqual(await asked(`<instance>${INSTANCE}</instance>${neighbor}`), ['CloudGW1']);
    assert.deepEqual(
      await client(primary).errors('<get-bgp-neighbor-information><peer/></get-bgp-neighbor-information>'),
      ['syntax error'],
    );
  });

  it('is told as it happens', async () => {
    const { clock, primary } = gateways({ peers: [customerOf('primary')] });
    const told: string[] = [];
    primary.onEvent((entry) => {
      if (entry.kind === 'bgp') told.push(`${entry.instance} ${entry.peer} ${entry.state}`);
    });
    await commit(primary, ebgp('primary'));
    await clock.advance(UP_MS);
    await change(primary, `delete ${groupOf('CloudGW1')}`);
    assert.deepEqual(
      told,
      ['Idle', 'Active', 'Established', 'gone'].map((state) => `${INSTANCE} ${CUSTOMER} ${state}`),
    );
  });
});

function groupOf(group: string): string {
  return `routing-instances ${INSTANCE} protocols bgp group ${group}`;
}
