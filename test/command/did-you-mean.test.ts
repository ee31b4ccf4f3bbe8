import { deepEqual, equal } from 'node:assert/strict';
import { didYouMean, nearest } from '../../command/did-you-mean.ts';

describe('did you mean', () => {
  for (const [given, known, expected] of [
    ['stauts', ['status', 'setup', 'routers'], ['status']],
    ['acme-fr', ['acme-fra', 'acme-fri', 'acme-ber', 'omca-fra'], ['acme-fra', 'acme-fri', 'acme-ber']],
    ['ACME-FRA', ['acme-fra'], ['acme-fra']],
    ['mx-2', ['MX-1', 'MX-3', 'MX-10', 'edge'], ['MX-1', 'MX-3']],
    ['ab', ['b', 'abc', 'xyz', 'xaby'], ['abc', 'b']],
    ['4fab887d', ['4fab887d', '4fba887d', '4fab8877', '0000887d'], ['4fab887d', '4fab8877', '4fba887d']],
    ['', ['a', 'ab'], ['a']],
    ['x'.repeat(65), ['x'.repeat(65)], []],
  ] as const)
    it(`of ${JSON.stringify(given.slice(0, 9))} is ${expected.join(', ') || 'nothing'}`, () => {
      deepEqual(nearest(given, known), expected);
    });

  it('proposes three words at most, and says nothing where no word is near', () => {
    equal(didYouMean('aaaa', ['aaab', 'aaac', 'aaad', 'aaae']), '; did you mean aaab, aaac, aaad?');
    equal(didYouMean('queue', ['status']), '');
  });
});
