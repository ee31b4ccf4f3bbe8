/**
 * The configuration hierarchy that the router knows: as much of Junos's as gateways and their surroundings use. The rest
 * is opaque.
 */

import { all, block, flag, leaf, list, named, opaque, under, type Rule } from './rule.ts';
import { firewall, interfaces } from './schema-ports-and-filters.ts';

const route = named(
  {
    'next-hop': list(),
    'qualified-next-hop': opaque,
    ...all(
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
    ...all(['next-table', 'preference', 'metric', 'tag'], leaf()),
    community: list(),
    'bfd-liveness-detection': opaque,
  },
  { oneLine: true },
);

const routingOptions = block({
  'instance-import': list({ ordered: true }),
  'instance-export': list({ ordered: true }),
  'router-id': leaf(),
  'autonomous-system': leaf(),
  static: block({ route, defaults: opaque, 'rib-group': leaf() }),
  'interface-routes': opaque,
  'auto-export': opaque,
  'maximum-prefixes': opaque,
  'forwarding-table': opaque,
  generate: opaque,
  aggregate: opaque,
  'rib-groups': opaque,
  rib: opaque,
  multipath: opaque,
});

const bgpNeighbor = {
  ...all(
    ['description', 'type', 'local-address', 'hold-time', 'peer-as', 'local-preference', 'cluster'],
    leaf(),
  ),
  ...all(['preference', 'metric-out'], leaf()),
  'authentication-key': leaf({ secret: true }),
  import: list({ ordered: true }),
  export: list({ ordered: true }),
  ...all(
    ['family', 'local-as', 'multihop', 'multipath', 'bfd-liveness-detection', 'graceful-restart'],
    opaque,
  ),
  ...all(['passive', 'log-updown', 'as-override', 'remove-private', 'advertise-inactive'], flag()),
  'no-client-reflect': flag(),
};

const protocols = block({
  ...all(
    ['bfd', 'evpn', 'igmp', 'isis', 'l2-learning', 'lacp', 'ldp', 'lldp', 'mpls', 'mstp', 'oam'],
    opaque,
  ),
  ...all(['ospf', 'ospf3', 'pim', 'router-advertisement', 'rstp', 'rsvp', 'sflow', 'vstp'], opaque),
  vrrp: block({
    ...all(['startup-silent-period', 'failover-delay', 'global-advertisements-threshold'], leaf()),
    ...all(
      [
        'asymmetric-hold-time',
        'delegate-processing',
        'inherit-advertisement-interval',
        'skew-timer-disable',
        'traceoptions',
        'version-3',
      ],
      opaque,
    ),
  }),
  bgp: block({
    ...bgpNeighbor,
    group: named({ ...bgpNeighbor, neighbor: named(bgpNeighbor), allow: list() }, { ordered: true }),
    traceoptions: opaque,
  }),
});

const services = block({
  'service-set': named({
    'nat-rules': named({}),
    'interface-service': block({ 'service-interface': leaf() }),
    ...all(['next-hop-service', 'syslog', 'max-flows', 'stateful-firewall-rules', 'ipsec-vpn-rules'], opaque),
  }),
  nat: block({
    pool: named({ address: list(), 'address-range': opaque, port: opaque }),
    rule: named({
      'match-direction': leaf(),
      term: named({
        from: opaque,
        ...under(
          'then',
          block({
            translated: block({
              ...all(['source-pool', 'destination-pool', 'source-prefix', 'destination-prefix'], leaf()),
              'translation-type': opaque,
            }),
            'no-translation': flag(),
            syslog: flag(),
          }),
        ),
      }),
    }),
  }),
  ...all(['stateful-firewall', 'ipsec-vpn', 'flow-monitoring', 'rpm', 'ssl', 'traceoptions'], opaque),
});

const instance = block({
  description: leaf(),
  'instance-type': leaf(),
  interface: named({ 'vlan-id': leaf() }, { sort: 'ports first' }),
  'routing-options': routingOptions,
  'route-distinguisher': leaf(),
  'vrf-import': list({ ordered: true }),
  'vrf-export': list({ ordered: true }),
  'vrf-target': opaque,
  'vrf-table-label': opaque,
  'vlan-id': leaf(),
  'no-vrf-advertise': flag(),
  'forwarding-options': opaque,
  protocols,
});

const policyFrom = block(
  {
    instance: list(),
    protocol: list(),
    interface: list(),
    'prefix-list': named({}),
    'prefix-list-filter': opaque,
    'route-filter': opaque,
    community: list(),
    'as-path': list(),
    neighbor: list(),
    policy: list(),
    family: leaf(),
    rib: leaf(),
    metric: leaf(),
    tag: leaf(),
    level: leaf(),
    area: leaf(),
  },
  { oneLine: true },
);

const policyThen = block(
  {
    accept: flag('action'),
    reject: flag('action'),
    next: leaf(),
    'default-action': leaf(),
    metric: opaque,
    'local-preference': opaque,
    preference: opaque,
    community: opaque,
    'as-path-prepend': leaf(),
    'next-hop': opaque,
    origin: leaf(),
    tag: opaque,
    'load-balance': opaque,
    trace: flag(),
  },
  { oneLine: true },
);

const policyTerm = { from: policyFrom, to: policyFrom, ...under('then', policyThen) };

const policyOptions = block({
  'prefix-list': named(
    { 'apply-path': leaf() },
    { items: block({}), itemElement: 'prefix-list-item', ordered: true },
  ),
  'policy-statement': named({ term: named(policyTerm, { ordered: true }), ...policyTerm }),
  community: opaque,
  'as-path': opaque,
  'as-path-group': opaque,
  condition: opaque,
  'route-filter-list': opaque,
});

const system = block({
  'host-name': leaf(),
  'domain-name': leaf(),
  'time-zone': leaf(),
  'root-authentication': opaque,
  'name-server': opaque,
  login: opaque,
  services: opaque,
  syslog: opaque,
  ntp: opaque,
  commit: opaque,
  ports: opaque,
  'max-configurations-on-flash': leaf(),
  'max-configuration-rollbacks': leaf(),
  archival: opaque,
  authentication: opaque,
  'authentication-order': list({ ordered: true }),
  scripts: opaque,
});

/** The statements of the top level, in the order in which a router shows them. */
const top: Readonly<Record<string, Rule>> = {
  version: leaf(),
  system,
  'logical-systems': opaque,
  chassis: opaque,
  access: opaque,
  services,
  security: opaque,
  interfaces,
  snmp: opaque,
  'forwarding-options': opaque,
  'accounting-options': opaque,
  accounting: opaque,
  'event-options': opaque,
  'multi-chassis': opaque,
  'routing-options': routingOptions,
  protocols,
  'policy-options': policyOptions,
  'class-of-service': opaque,
  firewall,
  'routing-instances': block({}, { items: instance, itemElement: 'instance' }),
  applications: opaque,
  'bridge-domains': opaque,
  vlans: opaque,
};

/** The rule of a whole configuration. A group may contain whatever the top level may contain, except groups. */
export const SCHEMA: Rule = block({
  ...top,
  groups: block({}, { items: block(top), itemElement: 'groups' }),
});
