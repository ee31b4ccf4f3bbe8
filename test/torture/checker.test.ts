import assert from 'node:assert/strict';
import { check } from './checker/check.ts';
import { goodRun } from './good-run.ts';
import type { GoodRun } from './good-run.ts';

describe('the checker', () => {
  let run: GoodRun;
  before(async function () {
    this.timeout(120_000);
    run = await goodRun();
  });

  it('finds nothing wrong with a run in which all went well', () => {
    assert.deepEqual(check(run.evidence), []);
  });
});
