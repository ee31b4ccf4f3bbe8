import assert from 'node:assert/strict';
import { isLeftToPair } from './informed-pairs.ts';
import type { PairRun } from './informed-pairs.ts';

describe('who may know how a terminated creation ended', () => {
  const run = (chain: string, asks: readonly string[] = [], isTerminated = false): PairRun => ({
    chain,
    isTerminated,
    asks,
  });
  const stories: readonly (readonly [what: string, runs: readonly PairRun[], isLeft: boolean])[] = [
    ['nobody, while no pair was asked', [run('a', ['push other'])], false],
    ['its pair, once it was asked', [run('a', ['push mine'])], true],
    ['nobody, if its pair was terminated then', [run('a', ['push mine'], true)], false],
    ['its pair, though it was continued as new', [run('a', ['push mine']), run('a')], true],
    ['its pair, though it was reset', [run('a', ['push mine'], true), run('a')], true],
    ['nobody, if its pair was terminated later', [run('a', ['push mine']), run('a', [], true)], false],
    ['nobody, though another pair workflow came', [run('a', ['push mine'], true), run('b')], false],
    ['the next pair, if that was asked', [run('a', ['push mine'], true), run('b', ['keep mine'])], true],
  ];
  for (const [what, runs, isLeft] of stories)
    it(what, () => assert.equal(isLeftToPair(runs, 'mine'), isLeft));
});
