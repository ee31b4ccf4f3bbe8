import assert from 'node:assert/strict';
import type { Device } from '../../../simulator/device/device.ts';
import { client, LOCK, routerPair, texts, UNLOCK } from './scene.ts';

const VPN = 'vrf_gw_vpn_1025';
const INET = 'vrf_gw_inet_1026';

const vpn = (group: string): string => `
interfaces {
    ge-0/0/1 { unit 122 { description CloudGW_vpn; vlan-id 122; } }
    ae0 { unit 1025 { apply-groups ${group}; description vpn_gw; vlan-id 1025;
        family inet { filter { input FILTER_10M-GA-UP-VPN; output FILTER_10M-GA-DOWN-VPN; } } } }
}
routing-instances { ${VPN} { instance-type virtual-router; interface ge-0/0/1.122; interface ae0.1025; } }`;

const internet = (group: string): string => `
interfaces {
    ae0 { unit 1026 { apply-groups ${group}; description inet_gw; vlan-id 1026;
        family inet { filter { input FILTER_10M-GA-UP-INET; output FILTER_10M-GA-DOWN-INET; } } } }
}
routing-instances { ${INET} { instance-type virtual-router; interface ae0.1026;
    routing-options { instance-import INSTANCE-USER_IN; instance-export INSTANCE-USER_OUT; } } }
policy-options {
    prefix-list ${INET}_prefix;
    policy-statement INSTANCE-MASTER_IN { term ${INET} { from instance ${INET}; then accept; } }
}
firewall { family inet {
    filter INET_IN { term ${INET}_filter { from { destination-prefix-list { ${INET}_prefix; } } then { count ${INET}_IN; accept; } } }
    filter INET_OUT { term ${INET}_filter { from { source-prefix-list { ${INET}_prefix; } } then { count ${INET}_OUT; accept; } } }
} }`;

const ARRANGE = ['INET_IN', 'INET_OUT'].map(
  (filter) => `insert firewall family inet filter ${filter} term ${INET}_filter before term all-accept`,
);

const REMOVE_INET = [
  `delete routing-instances ${INET}`,
  `delete firewall family inet filter INET_OUT term ${INET}_filter`,
  `delete firewall family inet filter INET_IN term ${INET}_filter`,
  `delete policy-options policy-statement INSTANCE-MASTER_IN term ${INET}`,
  `delete policy-options prefix-list ${INET}_prefix`,
  'delete interfaces ae0 unit 1026',
];

const REMOVE_VPN = [
  `delete routing-instances ${VPN}`,
  'delete interfaces ae0 unit 1025',
  'delete interfaces ge-0/0/1 unit 122',
];

async function push(device: Device, text: string, ...lines: readonly string[]): Promise<void> {
  const c = client(device);
  await c.ok(LOCK);
  if (text !== '') assert.doesNotMatch(await c.load(text), /rpc-error/);
  if (lines.length > 0) assert.doesNotMatch(await c.set(...lines), /rpc-error/);
  await c.commit();
  await c.ok(UNLOCK);
  c.session.close();
}

const vrrp = async (device: Device): Promise<Readonly<Record<string, string>>> => {
  const reply = await client(device).ok('<get-vrrp-information><summary/></get-vrrp-information>');
  const state = texts(reply, 'vrrp-state');
  return Object.fromEntries(texts(reply, 'interface').map((name, i) => [name, state[i] ?? '']));
};

describe('both kinds of gateway on one pair of edge routers', () => {
  it('are committed, elect a master each, have counters, and are removed completely', async () => {
    const { clock, primary, secondary } = routerPair();
    const before = [primary.running(), secondary.running()];
    await Promise.all([push(primary, vpn('VPNGW1-VRRP')), push(secondary, vpn('VPNGW2-VRRP'))]);
    await Promise.all([
      push(primary, internet('InetGW1-VRRP'), ...ARRANGE),
      push(secondary, internet('InetGW2-VRRP'), ...ARRANGE),
    ]);
    await clock.advance(8_000);
    assert.deepEqual(await vrrp(primary), { 'ae0.1025': 'master', 'ae0.1026': 'master' });
    assert.deepEqual(await vrrp(secondary), { 'ae0.1025': 'backup', 'ae0.1026': 'backup' });
    for (const device of [primary, secondary]) {
      const c = client(device);
      for (const [filter, counter] of [
        ['INET_IN', `${INET}_IN`],
        ['INET_OUT', `${INET}_OUT`],
      ]) {
        const reply = await c.ok(
          `<get-firewall-counter-information><countername>${counter}</countername><filter>${filter}</filter></get-firewall-counter-information>`,
        );
        assert.deepEqual(texts(reply, 'counter-name'), [counter]);
      }
      await push(device, '', ...REMOVE_VPN);
      await push(device, '', ...REMOVE_INET);
    }
    assert.deepEqual([primary.running(), secondary.running()], before);
    assert.deepEqual(await vrrp(primary), {});
  });

  it('are refused if they use the same VLAN of the same port', async () => {
    const { primary } = routerPair();
    await push(primary, vpn('VPNGW1-VRRP'));
    const c = client(primary);
    await c.load(internet('InetGW1-VRRP').replace('vlan-id 1026', 'vlan-id 1025'));
    assert.match((await c.errors('<commit/>')).join(), /duplicate VLAN-ID/);
  });

  it('cannot be removed in part: a statement with references to it has to stay', async () => {
    const { primary } = routerPair();
    await push(primary, internet('InetGW1-VRRP'), ...ARRANGE);
    const c = client(primary);
    await c.set(`delete policy-options prefix-list ${INET}_prefix`);
    assert.match((await c.errors('<commit/>')).join(), /prefix-list '.*' is not defined/);
  });
});
