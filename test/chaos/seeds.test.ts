import assert from 'node:assert/strict';
import { chaosOptions } from './processes/options.ts';
import { seedsOf, SEEDS_OF_A_DAY } from './processes/seeds.ts';

const DAY = new Date('2026-11-29T23:59:59Z');
const NEXT_DAY = new Date('2026-11-30T00:00:00Z');

describe('the seeds of real processes', () => {
  it('are ranges and numbers, each once', () => {
    assert.deepEqual(seedsOf('1..3,7,2..4', DAY), [1, 2, 3, 7, 4]);
  });

  it('are others every day, beyond those that everybody runs', () => {
    const today = seedsOf('today', DAY);
    const tomorrow = seedsOf('today', NEXT_DAY);
    assert.equal(today.length, SEEDS_OF_A_DAY);
    assert.ok(today.every((seed) => seed > 10_000));
    assert.equal(tomorrow[0], (today.at(-1) ?? 0) + 1);
    assert.deepEqual(seedsOf('today', new Date('2026-11-29T00:00:00Z')), today);
  });

  it('can be asked for by the command, too', () => {
    assert.deepEqual(chaosOptions(['--seeds', '1..2,9']).seeds, [1, 2, 9]);
    assert.equal(chaosOptions(['--seeds', 'today']).seeds.length, SEEDS_OF_A_DAY);
  });

  it('that make no sense are refused', () => {
    for (const text of ['', '3..1', 'x', '1..', '1,,2', 'tomorrow'])
      assert.throws(() => seedsOf(text, DAY), TypeError, text);
  });
});
