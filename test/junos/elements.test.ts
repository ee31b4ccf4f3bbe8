import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toElements } from '../../junos/elements.ts';
import { rolesOf } from '../../junos/model.ts';
import { knownPath } from './arbitrary.ts';
import { fromElements } from './from-elements.ts';

const words = (path: string): string[] => path.split(' ');

describe('the roles of words', () => {
  for (const [path, roles] of [
    ['interfaces ae0 unit 5 vlan-id 5', 'container entry list entry leaf value'],
    ['interfaces interface-range r member ae0', 'container list entry list entry'],
    ['groups G system host-name x', 'list entry container leaf value'],
    ['policy-options prefix-list p 10.0.0.0/8', 'container list entry entry'],
    [
      'policy-options policy-statement s term t from route-filter 10.0.0.0/8 exact',
      'container list entry list entry container list key entry',
    ],
    [
      'routing-instances r routing-options static route 0.0.0.0/0 discard',
      'container entry container container list entry empty-leaf',
    ],
    ['routing-instances r apply-groups G', 'container entry leaf-list value'],
    [
      'firewall filter f term t from ip-options any',
      'container list entry list entry container leaf-list value',
    ],
    [
      'firewall filter f term t from fragment-offset 1-5',
      'container list entry list entry container leaf-list value',
    ],
    ['interfaces ae0 hold-time up 0 down 100', 'container entry container leaf value leaf value'],
    ['foo bar 5', 'unknown unknown unknown'],
    ['system foo bar', 'container unknown unknown'],
  ] as const) {
    it(`of ${path}`, () => assert.deepEqual(rolesOf(words(path)), words(roles)));
  }
});

describe('paths as elements', () => {
  const named = (element: string, name: string) => ({ element, name, names: { name } });
  for (const [path, steps] of [
    ['interfaces', [{ element: 'interfaces' }]],
    [
      'interfaces ae0 unit 1025',
      [{ element: 'interfaces' }, { element: 'interface', name: 'ae0' }, named('unit', '1025')],
    ],
    [
      'interfaces ae0 unit',
      [{ element: 'interfaces' }, { element: 'interface', name: 'ae0' }, { element: 'unit' }],
    ],
    ['routing-instances X', [{ element: 'routing-instances' }, { element: 'instance', name: 'X' }]],
    ['groups G interfaces', [named('groups', 'G'), { element: 'interfaces' }]],
    ['system host-name x', [{ element: 'system' }, { element: 'host-name', value: 'x' }]],
    [
      'firewall family inet filter F term T',
      [
        { element: 'firewall' },
        { element: 'family' },
        { element: 'inet' },
        named('filter', 'F'),
        named('term', 'T'),
      ],
    ],
    [
      'policy-options prefix-list p 10.0.0.0/8',
      [
        { element: 'policy-options' },
        named('prefix-list', 'p'),
        { element: 'prefix-list-item', name: '10.0.0.0/8' },
      ],
    ],
    [
      'interfaces ae0 gigether-options 802.3ad ae1',
      [
        { element: 'interfaces' },
        { element: 'interface', name: 'ae0' },
        { element: 'gigether-options' },
        { element: 'ieee-802.3ad' },
        { element: 'bundle', value: 'ae1' },
      ],
    ],
    [
      'policy-options as-path p x',
      [{ element: 'policy-options' }, { element: 'as-path', name: 'p', names: { name: 'p', path: 'x' } }],
    ],
    ['foo bar 5 baz', [{ element: 'foo' }, { element: 'bar', name: '5' }, { element: 'baz' }]],
  ] as const) {
    it(`of ${path}, there and back`, () => {
      assert.deepEqual(toElements(words(path)), steps);
      assert.deepEqual(fromElements(toElements(words(path))), words(path));
    });
  }

  it('come back from wherever the table knows', () => {
    fc.assert(
      fc.property(knownPath, (path) => assert.deepEqual(fromElements(toElements(path)), path)),
      { numRuns: 500 },
    );
  });

  it('of a list without one of its entries is the list', () => {
    assert.deepEqual(toElements(['policy-options', 'prefix-list']), [
      { element: 'policy-options' },
      { element: 'prefix-list' },
    ]);
    assert.deepEqual(fromElements([{ element: 'interfaces' }, { element: 'interface' }]), ['interfaces']);
  });
});
