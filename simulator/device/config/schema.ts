/**
 * The configuration hierarchy that the router knows: as much of Junos's as gateways and their surroundings use. The rest
 * is opaque.
 */

import { block, flag, leaf, list, named, opaque, under, type Rule } from './rule.ts';
import { firewall, interfaces } from './schema-ports-and-filters.ts';

const routingOptions = block({
  'instance-import': list({ ordered: true }),
  'instance-export': list({ ordered: true }),
  'router-id': leaf(),
  'autonomous-system': opaque,
  static: opaque,
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

const instance = block({
  description: leaf(),
  'instance-type': leaf(),
  interface: named({ 'vlan-id': leaf() }),
  'routing-options': routingOptions,
  'route-distinguisher': leaf(),
  'vrf-import': list({ ordered: true }),
  'vrf-export': list({ ordered: true }),
  'vrf-target': opaque,
  'vrf-table-label': opaque,
  'vlan-id': leaf(),
  'no-vrf-advertise': flag(),
  'forwarding-options': opaque,
  protocols: opaque,
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
  'prefix-list': named({ 'apply-path': leaf() }, { items: block({}), itemElement: 'prefix-list-item' }),
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

const top: Readonly<Record<string, Rule>> = {
  system,
  interfaces,
  'routing-instances': block({}, { items: instance, itemElement: 'instance' }),
  'routing-options': routingOptions,
  'policy-options': policyOptions,
  firewall,
  protocols: opaque,
  chassis: opaque,
  snmp: opaque,
  services: opaque,
  security: opaque,
  'class-of-service': opaque,
  'forwarding-options': opaque,
  'event-options': opaque,
  'bridge-domains': opaque,
  vlans: opaque,
  access: opaque,
  accounting: opaque,
  'accounting-options': opaque,
  applications: opaque,
  'logical-systems': opaque,
  'multi-chassis': opaque,
};

/** The rule of a whole configuration. A group may contain whatever the top level may contain, except groups. */
export const SCHEMA: Rule = block({
  ...top,
  groups: block({}, { items: block(top), itemElement: 'groups' }),
});
