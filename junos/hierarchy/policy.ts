import { container, each, emptyLeaf, leaf, leafList, list } from '../schema.ts';

const match = {
  ...each(
    ['protocol', 'neighbor', 'community', 'as-path', 'interface', 'tag', 'next-hop', 'policy'],
    leafList(),
  ),
  ...each(
    [
      'instance',
      'rib',
      'family',
      'route-type',
      'area',
      'level',
      'metric',
      'local-preference',
      'preference',
      'origin',
    ],
    leaf(),
  ),
  'prefix-list': list(),
  'prefix-list-filter': list({}, { keys: ['list_name', 'choice-ident'] }),
  'route-filter': list({}, { keys: ['address', 'choice-ident'] }),
  'source-address-filter': list({}, { keys: ['address', 'choice-ident'] }),
};
const from = container(match, { inline: 'single' });
const to = container(match, { inline: 'single' });
const action = container(
  {
    ...each(['accept', 'reject', 'trace'], emptyLeaf()),
    ...each(
      [
        'next',
        'default-action',
        'local-preference',
        'metric',
        'preference',
        'tag',
        'origin',
        'as-path-prepend',
        'next-hop',
        'load-balance',
        'forwarding-class',
      ],
      leaf(),
    ),
    community: list({}, { keys: ['choice-ident', 'community-name'] }),
  },
  { inline: 'single' },
);

/** To be spread into other objects, so that no object literal has a property `then`: it would look like a promise. */
const then = each(['then'], action);

export const policyOptions = container({
  'prefix-list': list({ 'apply-path': leaf() }, { entry: { element: 'prefix-list-item', node: list() } }),
  'policy-statement': list({ term: list({ from, to, ...then }, { ordered: true }), from, to, ...then }),
  community: list({ members: leafList(), 'invert-match': emptyLeaf() }),
  'as-path': list({}, { keys: ['name', 'path'] }),
  'as-path-group': list({ 'as-path': list({}, { keys: ['name', 'path'] }) }),
  condition: list({ 'if-route-exists': container({ 'address-family': container({}) }) }),
});
