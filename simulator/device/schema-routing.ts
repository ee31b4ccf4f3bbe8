/** `routing-options`, `routing-instances` and `policy-options`, as the router knows them. */

import { block, flag, leaf, list, named, open, under } from './rule.ts';

export const routingOptions = block({
  'instance-import': list({ ordered: true }),
  'instance-export': list({ ordered: true }),
  'router-id': leaf(),
  'autonomous-system': open,
  static: open,
  'interface-routes': open,
  'auto-export': open,
  'maximum-prefixes': open,
  'forwarding-table': open,
  generate: open,
  aggregate: open,
  'rib-groups': open,
  rib: open,
  multipath: open,
});

export const instance = block({
  description: leaf(),
  'instance-type': leaf(),
  interface: named({ 'vlan-id': leaf() }),
  'routing-options': routingOptions,
  'route-distinguisher': leaf(),
  'vrf-import': list({ ordered: true }),
  'vrf-export': list({ ordered: true }),
  'vrf-target': open,
  'vrf-table-label': open,
  'vlan-id': leaf(),
  'no-vrf-advertise': flag(),
  'forwarding-options': open,
  protocols: open,
});

const policyFrom = block(
  {
    instance: list(),
    protocol: list(),
    interface: list(),
    'prefix-list': named({}),
    'prefix-list-filter': open,
    'route-filter': open,
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
  { flat: true },
);

const policyThen = block(
  {
    accept: flag('action'),
    reject: flag('action'),
    next: leaf(),
    'default-action': leaf(),
    metric: open,
    'local-preference': open,
    preference: open,
    community: open,
    'as-path-prepend': leaf(),
    'next-hop': open,
    origin: leaf(),
    tag: open,
    'load-balance': open,
    trace: flag(),
  },
  { flat: true },
);

const policyTerm = { from: policyFrom, to: policyFrom, ...under('then', policyThen) };

export const policyOptions = block({
  'prefix-list': named({ 'apply-path': leaf() }, { items: block({}), itemElement: 'prefix-list-item' }),
  'policy-statement': named({ term: named(policyTerm, { ordered: true }), ...policyTerm }),
  community: open,
  'as-path': open,
  'as-path-group': open,
  condition: open,
  'route-filter-list': open,
});
