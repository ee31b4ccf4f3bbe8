import { container, each, flag, list, value, values } from '../schema.ts';

const vrrpGroup = list({
  ...each(['virtual-address', 'virtual-inet6-address'], values()),
  ...each(
    ['priority', 'advertise-interval', 'fast-interval', 'authentication-type', 'authentication-key'],
    value(),
  ),
  ...each(['accept-data', 'no-accept-data', 'no-preempt'], flag()),
  preempt: container({ 'hold-time': value() }, { presence: true }),
  track: container({
    interface: list({ 'priority-cost': value() }),
    route: list({ 'priority-cost': value() }, { keys: ['route_address', 'routing-instance'] }),
    'priority-hold-time': value(),
  }),
});

const family = container(
  {
    mtu: value(),
    filter: container({
      ...each(['input', 'output'], value({ keys: ['filter-name'] })),
      ...each(['input-list', 'output-list'], values({ ordered: true })),
    }),
    policer: container({ ...each(['input', 'output', 'arp'], value()) }),
    sampling: container({ ...each(['input', 'output'], flag()) }),
    'rpf-check': container({ mode: value() }, { presence: true }),
    address: list({
      'vrrp-group': vrrpGroup,
      'vrrp-inet6-group': vrrpGroup,
      ...each(['primary', 'preferred'], flag()),
      arp: list({ mac: value(), publish: flag() }),
    }),
    ...each(['no-redirects', 'no-neighbor-learn'], flag()),
    'unnumbered-address': value({ keys: ['source'] }),
    vlan: container({ members: values() }),
    'interface-mode': value(),
  },
  { presence: true },
);

const unit = list({
  ...each(['description', 'vlan-id', 'bandwidth', 'encapsulation', 'interface-mode', 'peer-unit'], value()),
  'vlan-tags': container({ ...each(['outer', 'inner'], value()) }, { inline: 'single' }),
  'vlan-id-list': values(),
  ...each(['disable', 'proxy-arp', 'traps', 'no-traps'], flag()),
  family: container(
    { ...each(['inet', 'inet6', 'mpls', 'iso', 'bridge', 'ethernet-switching', 'ccc', 'vpls'], family) },
    { inline: 'always' },
  ),
});

const bundle = value({ element: 'ieee-802.3ad', keys: ['bundle'] });
const negotiation = each(
  ['auto-negotiation', 'no-auto-negotiation', 'flow-control', 'no-flow-control', 'loopback', 'no-loopback'],
  flag(),
);

const device = list({
  ...each(['description', 'mtu', 'encapsulation', 'speed', 'native-vlan-id', 'mac', 'link-mode'], value()),
  ...each(
    [
      'disable',
      'vlan-tagging',
      'flexible-vlan-tagging',
      'stacked-vlan-tagging',
      'per-unit-scheduler',
      'traps',
      'no-traps',
    ],
    flag(),
  ),
  'hold-time': container({ ...each(['up', 'down'], value()) }),
  ...each(['gigether-options', 'ether-options'], container({ '802.3ad': bundle, ...negotiation })),
  'aggregated-ether-options': container({
    ...each(['minimum-links', 'link-speed'], value()),
    lacp: container(
      {
        ...each(['active', 'passive'], flag()),
        ...each(['periodic', 'system-id', 'system-priority', 'admin-key'], value()),
      },
      { presence: true },
    ),
    ...negotiation,
  }),
  unit,
});

export const interfaces = container(
  {
    'interface-range': list({
      member: list(),
      description: value(),
      ...each(['gigether-options', 'ether-options'], container({ '802.3ad': bundle })),
    }),
  },
  { entry: { element: 'interface', node: device } },
);
