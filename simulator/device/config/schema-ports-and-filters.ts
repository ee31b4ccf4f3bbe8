/** `interfaces` and `firewall`: the ports with their units, and the filters that units refer to. */

import { block, flag, leaf, list, named, opaque, under } from './rule.ts';

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
  track: opaque,
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
    count: leaf(),
    accept: flag('action'),
    discard: flag('action'),
    reject: block({ 'message-type': leaf() }, { presence: true }),
    'routing-instance': leaf(),
    policer: leaf(),
    'three-color-policer': opaque,
    log: flag(),
    syslog: flag(),
    sample: flag(),
    next: leaf(),
    'forwarding-class': leaf(),
    'loss-priority': leaf(),
    dscp: leaf(),
    'port-mirror': flag(),
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

export const firewall = block({
  family: named({ filter, 'prefix-action': opaque }, { nestedKey: true }),
  filter,
  policer,
  'three-color-policer': opaque,
});
