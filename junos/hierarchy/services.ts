import { container, each, emptyLeaf, leaf, leafList, list } from '../schema.ts';

const translated = container({
  ...each(['source-pool', 'destination-pool', 'source-prefix', 'destination-prefix'], leaf()),
  'translation-type': container({ ...each(['napt-44', 'dnat-44', 'basic-nat44'], emptyLeaf()) }),
});
const rule = list({
  'match-direction': leaf(),
  term: list(
    {
      from: container({
        ...each(['source-address', 'destination-address'], list()),
        ...each(['applications', 'application-sets'], leafList()),
      }),
      ...each(
        ['then'],
        container({ translated, ...each(['no-translation', 'syslog'], emptyLeaf()) }, { inline: 'single' }),
      ),
    },
    { ordered: true },
  ),
});

/** Network address translation, and the sets of rules that interfaces refer to. */
export const services = container({
  'service-set': list({
    'nat-rules': list(),
    'interface-service': container({ 'service-interface': leaf() }),
  }),
  nat: container({
    pool: list({
      address: list(),
      port: container({
        automatic: emptyLeaf(),
        range: container({ ...each(['low', 'high'], leaf()) }, { inline: 'single' }),
      }),
    }),
    rule,
  }),
});
