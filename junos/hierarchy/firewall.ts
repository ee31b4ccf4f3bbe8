import { container, each, emptyLeaf, leaf, leafList, list } from '../schema.ts';

const prefixes = list({ except: emptyLeaf() }, { grouped: true });

const from = container({
  ...each(
    [
      'address',
      'source-address',
      'destination-address',
      'prefix-list',
      'source-prefix-list',
      'destination-prefix-list',
    ],
    prefixes,
  ),
  ...each(
    [
      'protocol',
      'protocol-except',
      'port',
      'source-port',
      'destination-port',
      'port-except',
      'source-port-except',
      'destination-port-except',
      'icmp-type',
      'icmp-code',
      'dscp',
      'precedence',
      'packet-length',
      'ttl',
      'next-header',
      'payload-protocol',
      'forwarding-class',
      'ip-options',
      'fragment-offset',
    ],
    leafList(),
  ),
  ...each(['tcp-flags', 'fragment-flags'], leaf()),
  ...each(['tcp-established', 'tcp-initial', 'is-fragment', 'first-fragment'], emptyLeaf()),
  interface: list(),
});
const then = container(
  {
    ...each(['accept', 'log', 'syslog', 'sample', 'port-mirror'], emptyLeaf()),
    ...each(['discard', 'reject'], container({}, { presence: true })),
    'three-color-policer': container({ ...each(['single-rate', 'two-rate'], leaf()) }),
    ...each(
      [
        'count',
        'policer',
        'next',
        'loss-priority',
        'forwarding-class',
        'dscp',
        'routing-instance',
        'next-term',
        'prefix-action',
      ],
      leaf(),
    ),
  },
  { inline: 'single' },
);
const filter = list({
  ...each(['interface-specific', 'physical-interface-filter', 'enhanced-mode'], emptyLeaf()),
  term: list({ from, ...each(['then'], then), filter: leaf() }, { ordered: true }),
});
const policer = list({
  ...each(['filter-specific', 'logical-interface-policer', 'shared-bandwidth-policer'], emptyLeaf()),
  'if-exceeding': container({
    ...each(['bandwidth-limit', 'bandwidth-percent', 'burst-size-limit'], leaf()),
  }),
  ...each(
    ['then'],
    container(
      { discard: emptyLeaf(), ...each(['loss-priority', 'forwarding-class'], leaf()) },
      { inline: 'single' },
    ),
  ),
});

const rate = container({
  ...each(['color-blind', 'color-aware'], emptyLeaf()),
  ...each(
    [
      'committed-information-rate',
      'committed-burst-size',
      'excess-burst-size',
      'peak-information-rate',
      'peak-burst-size',
    ],
    leaf(),
  ),
});
const threeColorPolicer = list({
  ...each(['filter-specific', 'logical-interface-policer', 'shared-bandwidth-policer'], emptyLeaf()),
  action: container({
    'loss-priority': list({ ...each(['then'], container({ discard: emptyLeaf() }, { inline: 'single' })) }),
  }),
  ...each(['single-rate', 'two-rate'], rate),
});

export const firewall = container({
  family: container(
    {
      ...each(
        ['inet', 'inet6', 'any', 'mpls', 'ccc', 'vpls', 'bridge', 'ethernet-switching'],
        container({ filter }),
      ),
    },
    { inline: 'always' },
  ),
  filter,
  policer,
  'three-color-policer': threeColorPolicer,
});
