import assert from 'node:assert/strict';
import { differenceOfEnds, isEmpty } from '../../command/plan-difference.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';

const OWNS = [['policy-options', 'policy-statement', 'p']];
const end = (create: string, arrange: string[] = []): RouterConfiguration => ({
  create,
  arrange,
  remove: [],
  owns: OWNS,
  monitors: [],
});
const policy = (inside: string) => end(`policy-options { policy-statement p { ${inside} } }`);
const unit = (inside: string): RouterConfiguration => ({
  ...end(`interfaces { ae0 { unit 7 { ${inside} } } }`),
  owns: [['interfaces', 'ae0', 'unit', '7']],
});

describe('what a plan changes on a router', () => {
  for (const [name, change, expected] of [
    [
      'shows all of what is new',
      { before: null, after: unit('vlan-id 7; family inet;') },
      {
        removed: [],
        added: ['interfaces ae0 unit 7 vlan-id 7', 'interfaces ae0 unit 7 family inet'],
        moved: [],
        unchanged: 0,
      },
    ],
    [
      'shows all of what goes',
      { before: unit('vlan-id 7;'), after: null },
      { removed: ['interfaces ae0 unit 7 vlan-id 7'], added: [], moved: [], unchanged: 0 },
    ],
    [
      'shows both values of a leaf, and counts what stays',
      {
        before: unit('vlan-id 7; description a; family inet;'),
        after: unit('vlan-id 7; description "b c"; family inet;'),
      },
      {
        removed: ['interfaces ae0 unit 7 description a'],
        added: ['interfaces ae0 unit 7 description "b c"'],
        moved: [],
        unchanged: 2,
      },
    ],
    [
      'shows terms that get another place',
      {
        before: policy('term a { then accept; } term b { then reject; }'),
        after: policy('term b { then reject; } term a { then accept; }'),
      },
      {
        removed: [],
        added: [],
        moved: ['insert policy-options policy-statement p term a after term b'],
        unchanged: 2,
      },
    ],
    [
      'takes the same statements in another form for no change',
      { before: unit('vlan-id 7; family inet;'), after: unit('family inet;\n\n  vlan-id 7;') },
      { removed: [], added: [], moved: [], unchanged: 2 },
    ],
    [
      'is nothing of nothing',
      { before: null, after: null },
      { removed: [], added: [], moved: [], unchanged: 0 },
    ],
  ] as const)
    it(name, () => {
      const difference = differenceOfEnds(change);
      assert.deepEqual(difference, expected);
      assert.equal(
        isEmpty(difference),
        [expected.added, expected.removed, expected.moved].flat().length === 0,
      );
    });

  it('shows values of an ordered list that are set again', () => {
    const groups = (...names: string[]) => unit(`apply-groups [ ${names.join(' ')} ]; vlan-id 7;`);
    const { moved, added, removed } = differenceOfEnds({ before: groups('a', 'b'), after: groups('b', 'a') });
    assert.deepEqual([added, removed], [[], []]);
    assert.ok(moved.length > 0);
    assert.ok(
      moved.every((command) => /^set interfaces ae0 unit 7 apply-groups [ab]$/.test(command)),
      moved.join(),
    );
  });
});
