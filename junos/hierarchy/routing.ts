import { container, each, flag, list, value, values } from '../schema.ts';

const chain = values({ ordered: true });

const route = list({
  'next-hop': values(),
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
    flag(),
  ),
  ...each(['next-table', 'preference', 'metric', 'tag'], value()),
  community: values(),
  'qualified-next-hop': list({ ...each(['preference', 'metric', 'tag', 'interface'], value()) }),
});
const statics = container({
  route,
  defaults: container({ ...each(['preference', 'metric', 'tag'], value()) }),
});
const tables = { static: statics, aggregate: container({ route }), generate: container({ route }) };

export const routingOptions = container({
  ...tables,
  ...each(['router-id', 'autonomous-system', 'route-distinguisher-id'], value()),
  'instance-import': chain,
  'instance-export': chain,
  'interface-routes': container({ 'rib-group': container({ ...each(['inet', 'inet6'], value()) }) }),
  'rib-groups': list(
    { 'import-rib': chain, 'export-rib': value(), 'import-policy': chain },
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
    value(),
  ),
  import: chain,
  export: chain,
  ...each(
    ['passive', 'advertise-inactive', 'remove-private', 'as-override', 'no-client-reflect', 'log-updown'],
    flag(),
  ),
  multihop: container({ ttl: value() }, { presence: true }),
  multipath: container({ 'multiple-as': flag() }, { presence: true }),
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
  'bfd-liveness-detection': container({ ...each(['minimum-interval', 'multiplier'], value()) }),
  'graceful-restart': container({}, { presence: true }),
};

const ospfInterface = list({
  ...each(['metric', 'priority', 'hello-interval', 'dead-interval', 'interface-type'], value()),
  ...each(['disable'], flag()),
  passive: container({}, { presence: true }),
  authentication: container({ 'simple-password': value(), md5: list({ key: value() }) }),
  'bfd-liveness-detection': container({ ...each(['minimum-interval', 'multiplier'], value()) }),
});
const area = list({
  interface: ospfInterface,
  stub: container({ 'default-metric': value(), 'no-summaries': flag() }, { presence: true }),
  nssa: container({}, { presence: true }),
});
const ospf = container({
  area,
  ...each(['reference-bandwidth', 'overload'], value()),
  import: chain,
  export: chain,
});

export const protocols = container({
  bgp: container({ ...bgp, group: list({ ...bgp, neighbor: list(bgp), allow: values() }) }),
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
        ...each(['description', 'instance-type', 'vlan-id'], value()),
        interface: list(),
        'routing-interface': value(),
        'route-distinguisher': value({ keys: ['rd-type'] }),
        'vrf-target': container({ ...each(['import', 'export'], value()) }),
        'vrf-import': chain,
        'vrf-export': chain,
        'vrf-table-label': container({}, { presence: true }),
        'no-vrf-advertise': flag(),
        'routing-options': routingOptions,
        protocols,
      }),
    },
  },
);
