/** `interfaces`, as the router knows it. */

import { block, flag, leaf, list, named, open } from './rule.ts';

const vrrpGroup = named({
  'virtual-address': list(),
  priority: leaf(),
  'accept-data': flag('accept'),
  'no-accept-data': flag('accept'),
  preempt: block({ 'hold-time': leaf() }, { presence: true }),
  'no-preempt': flag(),
  'advertise-interval': leaf(),
  'fast-interval': leaf(),
  'authentication-type': leaf(),
  'authentication-key': leaf(),
  track: open,
});

const unitFilter = block({
  input: leaf({ valueElement: 'filter-name' }),
  output: leaf({ valueElement: 'filter-name' }),
  'input-list': list({ ordered: true }),
  'output-list': list({ ordered: true }),
});

const unitFamily = named(
  {
    address: named({
      'vrrp-group': vrrpGroup,
      'vrrp-inet6-group': vrrpGroup,
      primary: flag(),
      preferred: flag(),
      arp: open,
    }),
    filter: unitFilter,
    mtu: leaf(),
    dhcp: open,
    policer: block({ input: leaf(), output: leaf(), arp: leaf() }),
    'rpf-check': open,
    'no-redirects': flag(),
    sampling: open,
    bridge: open,
    'interface-mode': leaf(),
    vlan: open,
  },
  { nestedKey: true },
);

const unit = named({
  description: leaf(),
  disable: flag(),
  enable: flag(),
  encapsulation: leaf(),
  'vlan-id': leaf(),
  'vlan-tags': open,
  'vlan-id-list': list(),
  family: unitFamily,
  bandwidth: leaf(),
  'proxy-arp': open,
  'peer-unit': leaf(),
  tunnel: open,
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
  'hold-time': open,
  'gigether-options': open,
  'ether-options': open,
  'aggregated-ether-options': open,
  'link-mode': leaf(),
  'native-vlan-id': leaf(),
  'per-unit-scheduler': flag(),
  traps: flag(),
  'no-traps': flag(),
  unit,
});

export const interfaces = block(
  { 'interface-range': open, traceoptions: open },
  { items: physical, itemElement: 'interface' },
);
