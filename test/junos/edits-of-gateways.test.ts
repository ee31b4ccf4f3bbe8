import assert from 'node:assert/strict';
import { kindsOf } from '../../gateway/kind.ts';
import type { Kind, RouterConfiguration } from '../../gateway/kind.ts';
import { parse } from '../../junos/parse.ts';
import { print } from '../../junos/print.ts';
import { at } from '../../junos/select.ts';
import { internetValues, parameters, vpnValues } from '../../local/sample-parameters.ts';
import { edgeRouterConfig } from '../../simulator/device/base-config.ts';
import { readConfig } from '../../simulator/device/config/load-text.ts';
import { loadKinds } from '../../templates/load.ts';
import { render } from '../../templates/render.ts';
import { edited, loaded, printed, setLines } from './shared-router.ts';

describe('edits of a gateway on a router with others', () => {
  const kinds = new Map<string, Kind>();
  before(async () => {
    for (const [name, { kind }] of await loadKinds()) kinds.set(name, kindsOf(kind)[0]);
  });
  const rendered = (
    name: string,
    values: Readonly<Record<string, string | number | null>>,
  ): RouterConfiguration =>
    render(kinds.get(name) ?? assert.fail(`no kind ${name}`), 'primary', parameters(values));
  const internet = (changes = {}): RouterConfiguration =>
    rendered('internet_gateway', { ...internetValues, ...changes });
  const router = () => readConfig(edgeRouterConfig({ hostName: 'MX-1', role: 'primary' }));
  const between = (one: RouterConfiguration, other: RouterConfiguration) => ({
    base: parse(one.create),
    target: parse(other.create),
    owns: [...one.owns, ...other.owns],
    arrange: other.arrange,
  });
  const nothing: RouterConfiguration = { create: '', arrange: [], remove: [], owns: [], monitors: [] };
  const vrf = 'vrf_gw_sample-ha-router-downlink_1025';

  it('replace a filter in place', () => {
    const vpn = (filter: string) => rendered('vpn_gateway', { ...vpnValues, input_filter_name: filter });
    const before = vpn('FILTER_10M-GA-UP-VPN');
    const config = loaded(router(), setLines(parse(before.create)));
    const { commands } = edited(config, between(before, vpn('FILTER_20M-GA-UP-VPN')));
    assert.deepEqual(commands, [
      'set interfaces ae0 unit 1025 family inet filter input FILTER_20M-GA-UP-VPN',
    ]);
  });

  it('create, put new terms in their place, edit them there, and remove all again', () => {
    const created = edited(router(), between(nothing, internet()));
    assert.equal(created.commands.filter((line) => line.startsWith('insert ')).length, 2);
    const changed = edited(created.config, between(internet(), internet({ counter_name_in_primary: 'C' })));
    const term = `firewall family inet filter INET_IN term ${vrf}_filter`;
    assert.deepEqual(changed.commands, [`set ${term} then count C`]);
    const filter = at(printed(changed.config), ['firewall', 'family', 'inet', 'filter', 'INET_IN']);
    assert.deepEqual(
      filter?.children?.map(({ words }) => words[1]),
      [`${vrf}_filter`, 'all-accept'],
    );
    const removed = edited(changed.config, between(internet({ counter_name_in_primary: 'C' }), nothing));
    assert.equal(print(printed(removed.config)), print(printed(router())));
    assert.equal(removed.commands.length, 6);
  });

  it('arrange only the terms that are new', () => {
    const filter = ['set firewall family inet filter INET_IN_2 term all-accept then accept'];
    const config = loaded(edited(router(), between(nothing, internet())).config, filter);
    const { commands } = edited(config, between(internet(), internet({ inet_in_filter: 'INET_IN_2' })));
    assert.deepEqual(
      commands.filter((line) => line.startsWith('insert ')),
      [`insert firewall family inet filter INET_IN_2 term ${vrf}_filter before term all-accept`],
    );
  });

  it('leave addresses, routes and prefixes of others when the gateway moves to another VLAN', () => {
    const others = [
      'set interfaces ae0 unit 1025 family inet address 192.0.2.1/24',
      `set routing-instances ${vrf} routing-options static route 0.0.0.0/0 next-hop 192.0.2.9`,
      `set policy-options prefix-list ${vrf}_prefix 192.0.2.0/24`,
    ];
    const config = loaded(edited(router(), between(nothing, internet())).config, others);
    const moved = internet({
      vlan: '1026',
      primary_device_logical_interface: 'ae0.1026',
      prefix_list_name: 'P',
    });
    const { config: next } = edited(config, between(internet(), moved));
    const text = (path: string): string =>
      print([at(printed(next), path.split(' '))].filter((one) => one !== undefined));
    assert.equal(
      text('interfaces ae0 unit 1025'),
      print(parse('unit 1025 { family inet { address 192.0.2.1/24; } }')),
    );
    assert.match(text(`routing-instances ${vrf}`), /interface ae0\.1026;[^]*next-hop 192\.0\.2\.9/);
    assert.equal(
      text(`policy-options prefix-list ${vrf}_prefix`),
      print(parse(`prefix-list ${vrf}_prefix { 192.0.2.0/24; }`)),
    );
    const back = edited(next, between(moved, internet()));
    assert.equal(print(printed(back.config)), print(printed(config)));
  });

  it('take free text by statement', () => {
    const free = (text: string): RouterConfiguration => internet({ jinja_vrf_config: text });
    const before = free(
      'protocols { bgp { group g { neighbor 192.0.2.2 { peer-as 65001; } } } } description a;',
    );
    const config = edited(router(), between(nothing, before)).config;
    const others = loaded(config, [
      `set routing-instances ${vrf} protocols bgp group g neighbor 192.0.2.3 peer-as 65002`,
    ]);
    assert.deepEqual(edited(others, between(before, free('description b;'))).commands, [
      `delete routing-instances ${vrf} protocols bgp group g neighbor 192.0.2.2`,
      `set routing-instances ${vrf} description b`,
    ]);
    assert.deepEqual(edited(config, between(before, free('description b;'))).commands, [
      `delete routing-instances ${vrf} protocols`,
      `set routing-instances ${vrf} description b`,
    ]);
  });
});
