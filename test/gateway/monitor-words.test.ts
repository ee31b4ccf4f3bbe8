import assert from 'node:assert/strict';
import { mergedWords } from '../../gateway/monitor-words.ts';

describe('the words of both routers', () => {
  const words = (names: string): Record<string, string> =>
    Object.fromEntries(names.split(' ').flatMap((name) => (name === '' ? [] : [[name, 'ACTIVE']])));
  const cases: readonly [string, string, string, string][] = [
    ['what both have', 'downlink uplink', 'downlink uplink', 'downlink uplink'],
    [
      'one router alone each',
      'primary primary_uplink',
      'secondary secondary_uplink',
      'primary primary_uplink secondary secondary_uplink',
    ],
    ['one alone between two of both', 'a p d', 'a s d', 'a p s d'],
    ['one alone before and behind', 'p a', 'a s', 'p a s'],
    ['one router with nothing', '', 'a b', 'a b'],
  ];
  for (const [what, primary, secondary, all] of cases)
    it(`stand in the kind's order: ${what}`, () => {
      const merged = mergedWords(words(primary), words(secondary));
      assert.deepEqual(Object.keys(merged).join(' '), all);
    });
});
