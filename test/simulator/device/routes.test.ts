import assert from 'node:assert/strict';
import type { Device } from '../../../simulator/device/device.ts';
import { contains, networkOf } from '../../../simulator/device/ipv4.ts';
import { INSTANCE, ROUTE, ebgp, gatewayConfig, ibgp } from './gateway-with-children.ts';
import { all, client, parsed, router } from './scene.ts';

const TABLE = `<table>${INSTANCE}.inet.0</table>`;

async function gateway(...texts: readonly string[]): Promise<Device> {
  const { device } = router({ config: gatewayConfig('primary') });
  const operator = client(device);
  for (const text of texts) await operator.load(text);
  await operator.commit();
  return device;
}

/** Each active route as `<table> <destination> <protocol> <next hop>`. */
async function routes(device: Device, inner = ''): Promise<readonly string[]> {
  const reply = parsed(await client(device).ok(`<get-route-information>${inner}</get-route-information>`));
  return all(reply, 'route-table').flatMap((table) =>
    all(table, 'rt').map((route) => {
      const words = ['rt-destination', 'protocol-name', 'to', 'via'].map((name) => all(route, name)[0]?.text);
      return [all(table, 'table-name')[0]?.text, ...words].filter((word) => word !== undefined).join(' ');
    }),
  );
}

describe('routes', () => {
  it('are those to the networks of interfaces, by their instance', async () => {
    const device = await gateway(ibgp('primary'));
    assert.deepEqual(await routes(device), [
      'vrf_management.inet.0 192.0.2.0/24 Direct ge-0/0/1.4000',
      'vrf_management.inet.0 192.0.2.2/32 Local ge-0/0/1.4000',
      `${INSTANCE}.inet.0 198.51.100.0/24 Direct ae0.1025`,
      `${INSTANCE}.inet.0 198.51.100.2/32 Local ae0.1025`,
    ]);
  });

  it('are static ones whose next hop is on a network that is up', async () => {
    const device = await gateway(ROUTE);
    assert.deepEqual(await routes(device, TABLE), []);
    const operator = client(device);
    await operator.load(ibgp('primary'));
    await operator.commit();
    const route = `${INSTANCE}.inet.0 203.0.113.0/24 Static 198.51.100.10 ae0.1025`;
    assert.deepEqual(await routes(device, '<protocol>static</protocol>'), [route]);
    assert.deepEqual(await routes(device, `<destination>203.0.113.0/24</destination><exact/>${TABLE}`), [
      route,
    ]);
    device.setLink('ae0.1025', false);
    assert.deepEqual(await routes(device, TABLE), []);
    device.setLink('ae0.1025', true);
    await operator.set(`delete routing-instances ${INSTANCE} routing-options static`);
    await operator.commit();
    assert.deepEqual(await routes(device, '<protocol>static</protocol>'), []);
  });

  for (const [what, route, shown] of [
    ['an interface as the next hop', 'next-hop ge-0/0/1.122', ['ge-0/0/1.122']],
    ['an interface of another instance as the next hop', 'next-hop ge-0/0/1.4000', undefined],
    [
      'several next hops, of which one is on a network',
      'next-hop [ 203.0.113.9 192.0.2.129 ]',
      ['192.0.2.129', 'ge-0/0/1.122'],
    ],
    ['nothing but discard', 'discard', []],
    ['another table', 'next-table inet.0', []],
  ] as const)
    it(`may have ${what}`, async () => {
      const device = await gateway(ebgp('primary'));
      const operator = client(device);
      await operator.set(
        ...[route.replace('[ ', '').replace(' ]', '')].flatMap((words) => {
          const [keyword, ...values] = words.split(' ');
          const path = `set routing-instances ${INSTANCE} routing-options static route 10.1.0.0/16 ${keyword}`;
          return values.length === 0 ? [path] : values.map((value) => `${path} ${value}`);
        }),
      );
      await operator.commit();
      assert.deepEqual(
        await routes(device, '<protocol>static</protocol>'),
        shown === undefined ? [] : [[`${INSTANCE}.inet.0 10.1.0.0/16 Static`, ...shown].join(' ')],
      );
    });

  it('give way to one with a lower preference', async () => {
    const device = await gateway(ibgp('primary'));
    const operator = client(device);
    const path = `set routing-instances ${INSTANCE} routing-options static route 198.51.100.0/24`;
    await operator.set(`${path} discard`);
    await operator.commit();
    const exact = `<destination>198.51.100.0/24</destination><exact/>`;
    assert.deepEqual(await routes(device, exact), [`${INSTANCE}.inet.0 198.51.100.0/24 Direct ae0.1025`]);
  });

  it('are not guessed for what is not simulated', async () => {
    const device = await gateway();
    const ask = (inner: string) =>
      client(device).errors(`<get-route-information>${inner}</get-route-information>`);
    assert.deepEqual(await ask('<destination>203.0.113.7</destination>'), ['syntax error']);
    assert.deepEqual(await ask('<destination>blue</destination><exact/>'), ['syntax error']);
    assert.deepEqual(await ask('<hidden/>'), ['syntax error']);
  });
});

describe('networks of IPv4', () => {
  for (const [prefix, network] of [
    ['198.51.100.2/24', '198.51.100.0/24'],
    ['198.51.100.2', '198.51.100.2/32'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['10.1.2.3/0', '0.0.0.0/0'],
    ['10.1.2.3/33', undefined],
    ['10.1.2.256/8', undefined],
    ['10.1.2/8', undefined],
    ['10.1.2.3/8/9', undefined],
    ['2001:db8::1/64', undefined],
  ] as const)
    it(`${prefix} lies in ${network ?? 'none'}`, () => assert.equal(networkOf(prefix), network));

  it('hold the addresses within their length', () => {
    assert.ok(contains('192.0.2.130/30', '192.0.2.129'));
    assert.ok(!contains('192.0.2.130/30', '192.0.2.132'));
    assert.ok(contains('0.0.0.0/0', '255.255.255.255'));
    assert.ok(!contains('192.0.2.130/30', 'ae0.5'));
  });
});
