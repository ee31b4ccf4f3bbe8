import assert from 'node:assert/strict';
import { inverseOf, ownedBy } from '../../gateway/change.ts';
import type { Change } from '../../gateway/change.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';

const UNIT = ['interfaces', 'ae0', 'unit', '5'];
const INSTANCE = ['routing-instances', 'vrf'];
const LIST = ['policy-options', 'prefix-list', 'list'];

function owning(...owns: readonly (readonly string[])[]): RouterConfiguration {
  return { create: '', arrange: [], remove: [], owns, monitors: [] };
}

const [older, newer] = [owning(UNIT, INSTANCE), owning([...UNIT], LIST)];
const changes: Readonly<Record<string, { readonly change: Change; readonly owned: unknown }>> = {
  'from nothing': { change: { before: null, after: older }, owned: [UNIT, INSTANCE] },
  'to nothing': { change: { before: older, after: null }, owned: [UNIT, INSTANCE] },
  'with two ends': { change: { before: older, after: newer }, owned: [UNIT, INSTANCE, LIST] },
  'from nothing to nothing': { change: { before: null, after: null }, owned: [] },
};

describe('a change', () => {
  for (const [what, { change, owned }] of Object.entries(changes)) {
    it(`${what} has an inverse, whose inverse is the change itself`, () => {
      const inverse = inverseOf(change);
      assert.deepEqual(inverse, { before: change.after, after: change.before });
      assert.deepEqual(inverseOf(inverse), change);
    });

    it(`${what} owns each stanza of both ends once`, () => {
      assert.deepEqual(ownedBy(change), owned);
      const sorted = (paths: readonly (readonly string[])[]) =>
        [...paths].map((path) => path.join(' ')).sort();
      assert.deepEqual(sorted(ownedBy(inverseOf(change))), sorted(ownedBy(change)));
    });
  }

  it('tells stanzas apart by their words, not by how these read in a line', () => {
    const [one, two] = [
      ['a b', 'c'],
      ['a', 'b c'],
    ];
    assert.deepEqual(ownedBy({ before: owning(one), after: owning(two) }), [one, two]);
  });
});
