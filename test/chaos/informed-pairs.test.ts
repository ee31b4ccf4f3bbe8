import assert from 'node:assert/strict';
import { isLeftToPair } from './informed-pairs.ts';
import type { PairRun } from './informed-pairs.ts';

describe('the pair that may know how a terminated creation ended', () => {
  const run = (chain: string, requests: readonly string[] = [], isTerminated = false): PairRun => ({
    chain,
    isTerminated,
    requests,
  });
  const stories: readonly (readonly [what: string, runs: readonly PairRun[], isLeft: boolean])[] = [
    ['nobody, while no pair got a request', [run('a', ['apply other'])], false],
    ['its pair, once it got the request', [run('a', ['apply mine'])], true],
    ['nobody, if its pair was terminated then', [run('a', ['apply mine'], true)], false],
    ['its pair, though it was continued as new', [run('a', ['apply mine']), run('a')], true],
    ['its pair, though it was reset', [run('a', ['apply mine'], true), run('a')], true],
    ['nobody, if its pair was terminated later', [run('a', ['apply mine']), run('a', [], true)], false],
    ['nobody, though another pair workflow came', [run('a', ['apply mine'], true), run('b')], false],
    [
      'the next pair, if that got a request',
      [run('a', ['apply mine'], true), run('b', ['confirm mine'])],
      true,
    ],
  ];
  for (const [what, runs, isLeft] of stories)
    it(what, () => assert.equal(isLeftToPair(runs, 'mine'), isLeft));
});
