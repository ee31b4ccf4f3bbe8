import assert from 'node:assert/strict';
import { CancelledFailure } from '@temporalio/activity';
import { allSettledOrThrow } from '../../activities/all-settled.ts';
import { NotNowError, RefusedError } from '../../activities/refused.ts';
import { FAILURES } from '../../gateway/failures.ts';

const busy = new NotNowError(FAILURES.RouterBusy, 'busy');
const conflict = new RefusedError(FAILURES.Conflict, 'conflict');
const cancelled = new CancelledFailure('cancelled');

describe('work on both routers', () => {
  it('has both results, in order', async () => {
    const slow = new Promise<number>((resolve) => setImmediate(resolve, 1));
    assert.deepEqual(await allSettledOrThrow([slow, Promise.resolve(2)]), [1, 2]);
  });

  it('is awaited on both, even if one has failed', async () => {
    let ended = false;
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      ended = true;
    });
    await assert.rejects(allSettledOrThrow([Promise.reject(conflict), slow]), conflict);
    assert.equal(ended, true);
  });

  for (const [what, errors, thrown] of [
    ['a final error, before one that may pass', [busy, conflict], conflict],
    ['a cancellation, before any other error', [conflict, cancelled], cancelled],
    ['the first of two errors that may pass', [busy, new NotNowError(FAILURES.RouterBusy, 'busy too')], busy],
    ['a defect, before an error that may pass', [busy, TypeError.prototype], TypeError.prototype],
  ] as const) {
    it(`throws ${what}`, async () => {
      await assert.rejects(
        allSettledOrThrow(errors.map((error) => Promise.reject(error))),
        (error) => error === thrown,
      );
    });
  }
});
