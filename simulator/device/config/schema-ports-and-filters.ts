/** `interfaces` and `firewall`: the ports with their units, and the filters that units refer to. */

import { all, block, flag, leaf, list, named, opaque, under } from './rule.ts';

const vrrpGroup = named({
  'virtual-address': list(),
  'virtual-inet6-address': list(),
  priority: leaf(),
  'accept-data': flag('accept'),
  'no-accept-data': flag('accept'),
  preempt: block({ 'hold-time': leaf() }, { presence: true }),
  'vrrp-inherit-from': block({ 'active-group': leaf(), 'active-interface': leaf() }),
  'no-preempt': flag(),
  'advertise-interval': leaf(),
  'inet6-advertise-interval': leaf(),
  'fast-interval': leaf(),
  'advertisements-threshold': leaf(),
  'authentication-type': leaf(),
  'authentication-key': leaf({ secret: true }),
  track: block({
    interface: named({ 'priority-cost': leaf(), 'bandwidth-threshold': opaque }),
    // `route 192.0.2.0/24 routing-instance X priority-cost 10`
    route: named({ 'priority-cost': leaf() }, { keys: 3, oneLine: true }),
    'priority-hold-time': leaf(),
  }),
});

const unitFilter = block({
  input: leaf({ valueElement: 'filter-name' }),
  output: leaf({ valueElement: 'filter-name' }),
  'input-list': list({ ordered: true }),
  'output-list': list({ ordered: true }),
});

const serviceSets = block({ 'service-set': named({ 'service-filter': leaf() }) });

const unitFamily = named(
  {
    address: named({
      'vrrp-group': vrrpGroup,
      'vrrp-inet6-group': vrrpGroup,
      primary: flag(),
      preferred: flag(),
      arp: opaque,
    }),
    filter: unitFilter,
    mtu: leaf(),
    dhcp: opaque,
    policer: block({ input: leaf(), output: leaf(), arp: leaf() }),
    'rpf-check': opaque,
    'no-redirects': flag(),
    sampling: opaque,
    bridge: opaque,
    'interface-mode': leaf(),
    vlan: opaque,
    service: block({ input: serviceSets, output: serviceSets }),
  },
  { nestedKey: true },
);

const unit = named({
  description: leaf(),
  disable: flag(),
  enable: flag(),
  encapsulation: leaf(),
  'vlan-id': leaf(),
  'vlan-tags': opaque,
  'vlan-id-list': list(),
  dlci: leaf(),
  'peer-unit': leaf(),
  family: unitFamily,
  bandwidth: leaf(),
  'proxy-arp': opaque,
  tunnel: opaque,
  traps: flag(),
  'no-traps': flag(),
});

const physical = block({
  description: leaf(),
  disable: flag(),
  mtu: leaf(),
  speed: leaf(),
  'vlan-tagging': flag('tagging'),
  'flexible-vlan-tagging': flag('tagging'),
  'stacked-vlan-tagging': flag('tagging'),
  encapsulation: leaf(),
  'hold-time': opaque,
  'gigether-options': opaque,
  'ether-options': opaque,
  'aggregated-ether-options': opaque,
  'link-mode': leaf(),
  'native-vlan-id': leaf(),
  'per-unit-scheduler': flag(),
  traps: flag(),
  'no-traps': flag(),
  unit,
});

export const interfaces = block(
  { 'interface-range': opaque, traceoptions: opaque },
  { items: physical, itemElement: 'interface' },
);

const names = block({}, { items: block({ except: flag() }), itemElement: 'name' });

const filterFrom = block({
  'destination-prefix-list': names,
  'source-prefix-list': names,
  'prefix-list': names,
  address: names,
  'destination-address': names,
  'source-address': names,
  protocol: list(),
  'next-header': list(),
  port: list(),
  'source-port': list(),
  'destination-port': list(),
  'icmp-type': list(),
  'icmp-code': list(),
  dscp: list(),
  interface: opaque,
  'interface-set': leaf(),
  'fragment-flags': leaf(),
  'is-fragment': flag(),
  'tcp-established': flag(),
  'tcp-initial': flag(),
  'tcp-flags': leaf(),
  ttl: list(),
});

const filterThen = block(
  {
    policer: leaf(),
    'three-color-policer': block({ 'single-rate': leaf(), 'two-rate': leaf() }),
    count: leaf(),
    'routing-instance': leaf(),
    log: flag(),
    syslog: flag(),
    sample: flag(),
    next: leaf(),
    'forwarding-class': leaf(),
    'loss-priority': leaf(),
    dscp: leaf(),
    'port-mirror': flag(),
    accept: flag('action'),
    discard: flag('action'),
    reject: block({ 'message-type': leaf() }, { presence: true }),
  },
  { oneLine: true },
);

const filter = named({
  'interface-specific': flag(),
  'accounting-profile': leaf(),
  term: named({ from: filterFrom, ...under('then', filterThen), filter: leaf() }, { ordered: true }),
});

const policer = named({
  'if-exceeding': block({
    'bandwidth-limit': leaf(),
    'bandwidth-percent': leaf(),
    'burst-size-limit': leaf(),
  }),
  'logical-interface-policer': flag(),
  'shared-bandwidth-policer': flag(),
  'filter-specific': flag(),
  ...under(
    'then',
    block({ discard: flag(), 'loss-priority': leaf(), 'forwarding-class': leaf() }, { oneLine: true }),
  ),
});

const rate = all(
  [
    'committed-information-rate',
    'committed-burst-size',
    'excess-burst-size',
    'peak-information-rate',
    'peak-burst-size',
  ],
  leaf(),
);
const colors = { 'color-blind': flag('color'), 'color-aware': flag('color') };

const threeColorPolicer = named({
  // All words of `loss-priority high then discard` are its name.
  action: block({ 'loss-priority': named({}, { keys: 3 }) }),
  'single-rate': block({ ...colors, ...rate }),
  'two-rate': block({ ...colors, ...rate }),
  'filter-specific': flag(),
  'logical-interface-policer': flag(),
  'shared-bandwidth-policer': flag(),
});

export const firewall = block({
  family: named({ filter, 'prefix-action': opaque }, { nestedKey: true }),
  filter,
  policer,
  'three-color-policer': threeColorPolicer,
});
