import { container, each, emptyLeaf, leaf, leafList, list } from '../schema.ts';

const vrrpGroup = list({
  ...each(['virtual-address', 'virtual-inet6-address'], leafList()),
  ...each(
    [
      'priority',
      'advertise-interval',
      'fast-interval',
      'advertisements-threshold',
      'authentication-type',
      'authentication-key',
    ],
    leaf(),
  ),
  ...each(['accept-data', 'no-accept-data', 'no-preempt'], emptyLeaf()),
  preempt: container({ 'hold-time': leaf() }, { presence: true }),
  'vrrp-inherit-from': container(each(['active-group', 'active-interface'], leaf())),
  track: container({
    interface: list({ 'priority-cost': leaf() }),
    route: list({ 'priority-cost': leaf() }, { keys: ['route_address', 'routing-instance'] }),
    'priority-hold-time': leaf(),
  }),
});

const serviceSet = container({ 'service-set': list({ 'service-filter': leaf() }) });

const family = container(
  {
    mtu: leaf(),
    filter: container({
      ...each(['input', 'output'], leaf({ keys: ['filter-name'] })),
      ...each(['input-list', 'output-list'], leafList({ ordered: true })),
    }),
    policer: container({ ...each(['input', 'output', 'arp'], leaf()) }),
    sampling: container({ ...each(['input', 'output'], emptyLeaf()) }),
    'rpf-check': container({ mode: leaf() }, { presence: true }),
    address: list({
      'vrrp-group': vrrpGroup,
      'vrrp-inet6-group': vrrpGroup,
      ...each(['primary', 'preferred'], emptyLeaf()),
      arp: list({ mac: leaf(), publish: emptyLeaf() }),
    }),
    ...each(['no-redirects', 'no-neighbor-learn'], emptyLeaf()),
    'unnumbered-address': leaf({ keys: ['source'] }),
    vlan: container({ members: leafList() }),
    service: container({ ...each(['input', 'output'], serviceSet) }),
    'interface-mode': leaf(),
  },
  { presence: true },
);

const unit = list({
  ...each(
    ['description', 'vlan-id', 'bandwidth', 'encapsulation', 'interface-mode', 'peer-unit', 'dlci'],
    leaf(),
  ),
  'vlan-tags': container({ ...each(['outer', 'inner'], leaf()) }, { inline: 'single' }),
  'vlan-id-list': leafList(),
  ...each(['disable', 'proxy-arp', 'traps', 'no-traps'], emptyLeaf()),
  family: container(
    { ...each(['inet', 'inet6', 'mpls', 'iso', 'bridge', 'ethernet-switching', 'ccc', 'vpls'], family) },
    { inline: 'always' },
  ),
});

const bundle = leaf({ element: 'ieee-802.3ad', keys: ['bundle'] });
const negotiation = each(
  ['auto-negotiation', 'no-auto-negotiation', 'flow-control', 'no-flow-control', 'loopback', 'no-loopback'],
  emptyLeaf(),
);

const device = list({
  ...each(['description', 'mtu', 'encapsulation', 'speed', 'native-vlan-id', 'mac', 'link-mode'], leaf()),
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
    emptyLeaf(),
  ),
  'hold-time': container({ ...each(['up', 'down'], leaf()) }),
  ...each(['gigether-options', 'ether-options'], container({ '802.3ad': bundle, ...negotiation })),
  'aggregated-ether-options': container({
    ...each(['minimum-links', 'link-speed'], leaf()),
    lacp: container(
      {
        ...each(['active', 'passive'], emptyLeaf()),
        ...each(['periodic', 'system-id', 'system-priority', 'admin-key'], leaf()),
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
      description: leaf(),
      ...each(['gigether-options', 'ether-options'], container({ '802.3ad': bundle })),
    }),
  },
  { entry: { element: 'interface', node: device } },
);
