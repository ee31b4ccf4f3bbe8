/** `firewall`, as the router knows it. */

import { block, flag, leaf, list, named, open, under } from './rule.ts';

const bareName = block({ except: flag() });
const names = block({}, { items: bareName, itemElement: 'name' });
const addresses = block({}, { items: block({ except: flag() }), itemElement: 'name' });

const filterFrom = block({
  'destination-prefix-list': names,
  'source-prefix-list': names,
  'prefix-list': names,
  address: addresses,
  'destination-address': addresses,
  'source-address': addresses,
  protocol: list(),
  'next-header': list(),
  port: list(),
  'source-port': list(),
  'destination-port': list(),
  'icmp-type': list(),
  'icmp-code': list(),
  dscp: list(),
  interface: open,
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
    'three-color-policer': open,
    log: flag(),
    syslog: flag(),
    sample: flag(),
    next: leaf(),
    'forwarding-class': leaf(),
    'loss-priority': leaf(),
    dscp: leaf(),
    'port-mirror': flag(),
  },
  { flat: true },
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
    block({ discard: flag(), 'loss-priority': leaf(), 'forwarding-class': leaf() }, { flat: true }),
  ),
});

export const firewall = block({
  family: named({ filter, 'prefix-action': open }, { nestedKey: true }),
  filter,
  policer,
  'three-color-policer': open,
});
