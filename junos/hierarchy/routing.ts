import { container, each, emptyLeaf, leaf, leafList, list } from '../schema.ts';

const chain = leafList({ ordered: true });

const route = list({
  'next-hop': leafList(),
  ...each(
    [
      'discard',
      'reject',
      'receive',
      'resolve',
      'no-resolve',
      'retain',
      'no-retain',
      'readvertise',
      'no-readvertise',
      'active',
      'passive',
      'install',
      'no-install',
    ],
    emptyLeaf(),
  ),
  ...each(['next-table', 'preference', 'metric', 'tag'], leaf()),
  community: leafList(),
  'qualified-next-hop': list({ ...each(['preference', 'metric', 'tag', 'interface'], leaf()) }),
});
const statics = container({
  route,
  defaults: container({ ...each(['preference', 'metric', 'tag'], leaf()) }),
});
const tables = { static: statics, aggregate: container({ route }), generate: container({ route }) };

export const routingOptions = container({
  ...tables,
  ...each(['router-id', 'autonomous-system', 'route-distinguisher-id'], leaf()),
  'instance-import': chain,
  'instance-export': chain,
  'interface-routes': container({ 'rib-group': container({ ...each(['inet', 'inet6'], leaf()) }) }),
  'rib-groups': list(
    { 'import-rib': chain, 'export-rib': leaf(), 'import-policy': chain },
    { grouped: true },
  ),
  rib: list(tables),
  'auto-export': container({}, { presence: true }),
  'forwarding-table': container({ export: chain }),
});

const bgp = {
  ...each(
    [
      'type',
      'description',
      'local-address',
      'peer-as',
      'local-as',
      'hold-time',
      'preference',
      'local-preference',
      'cluster',
      'authentication-key',
      'metric-out',
    ],
    leaf(),
  ),
  import: chain,
  export: chain,
  ...each(
    ['passive', 'advertise-inactive', 'remove-private', 'as-override', 'no-client-reflect', 'log-updown'],
    emptyLeaf(),
  ),
  multihop: container({ ttl: leaf() }, { presence: true }),
  multipath: container({ 'multiple-as': emptyLeaf() }, { presence: true }),
  family: container(
    {
      ...each(
        ['inet', 'inet6', 'inet-vpn', 'inet6-vpn', 'l2vpn', 'evpn'],
        container({
          ...each(
            ['unicast', 'multicast', 'any', 'signaling', 'labeled-unicast'],
            container({}, { presence: true }),
          ),
        }),
      ),
    },
    { inline: 'always' },
  ),
  'bfd-liveness-detection': container({ ...each(['minimum-interval', 'multiplier'], leaf()) }),
  'graceful-restart': container({}, { presence: true }),
};

const ospfInterface = list({
  ...each(['metric', 'priority', 'hello-interval', 'dead-interval', 'interface-type'], leaf()),
  ...each(['disable'], emptyLeaf()),
  passive: container({}, { presence: true }),
  authentication: container({ 'simple-password': leaf(), md5: list({ key: leaf() }) }),
  'bfd-liveness-detection': container({ ...each(['minimum-interval', 'multiplier'], leaf()) }),
});
const area = list({
  interface: ospfInterface,
  stub: container({ 'default-metric': leaf(), 'no-summaries': emptyLeaf() }, { presence: true }),
  nssa: container({}, { presence: true }),
});
const ospf = container({
  area,
  ...each(['reference-bandwidth', 'overload'], leaf()),
  import: chain,
  export: chain,
});

export const protocols = container({
  bgp: container({ ...bgp, group: list({ ...bgp, neighbor: list(bgp), allow: leafList() }) }),
  ospf,
  ospf3: ospf,
  ...each(['lldp', 'lacp', 'rsvp', 'mpls', 'ldp', 'router-advertisement'], container({ interface: list() })),
});

export const routingInstances = container(
  {},
  {
    entry: {
      element: 'instance',
      node: list({
        ...each(['description', 'instance-type', 'vlan-id'], leaf()),
        interface: list(),
        'routing-interface': leaf(),
        'route-distinguisher': leaf({ keys: ['rd-type'] }),
        'vrf-target': container({ ...each(['import', 'export'], leaf()) }),
        'vrf-import': chain,
        'vrf-export': chain,
        'vrf-table-label': container({}, { presence: true }),
        'no-vrf-advertise': emptyLeaf(),
        'routing-options': routingOptions,
        protocols,
      }),
    },
  },
);
