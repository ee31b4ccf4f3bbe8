import assert from 'node:assert/strict';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  RetryState,
  TimeoutFailure,
  TimeoutType,
} from '@temporalio/common';
import { FAILURES } from '../../gateway/failures.ts';
import { failureTypeOf, isCancelled, reasonOf } from '../../workflows/reason.ts';

const step = (cause: Error, retryState: RetryState = RetryState.NON_RETRYABLE_FAILURE) =>
  new ActivityFailure('Activity task failed', 'apply', '7', retryState, 'worker', cause);
const refused = ApplicationFailure.nonRetryable('MX-1 refused it', FAILURES.RouterRefused);
const busy = ApplicationFailure.retryable('MX-1 is locked', FAILURES.RouterBusy);

const cases: readonly { name: string; error: unknown; reason: string; type: string; cancelled?: true }[] = [
  { name: 'a step that failed', error: step(refused), reason: 'MX-1 refused it', type: 'RouterRefused' },
  {
    name: 'a failure of the workflow itself',
    error: refused,
    reason: 'MX-1 refused it',
    type: 'RouterRefused',
  },
  {
    name: 'a failure of a type that we do not know',
    error: step(ApplicationFailure.nonRetryable('odd', 'SomethingNew')),
    reason: 'odd',
    type: 'Internal',
  },
  {
    name: 'a step that ran out of time',
    error: step(new TimeoutFailure('activity StartToClose timeout', undefined, TimeoutType.START_TO_CLOSE)),
    reason: 'activity StartToClose timeout',
    type: 'Internal',
  },
  { name: 'what is no error at all', error: 'words', reason: 'words', type: 'Internal' },
  {
    name: 'a cancellation',
    error: new CancelledFailure('cancelled by an operator'),
    reason: 'cancelled',
    type: 'Cancelled',
    cancelled: true,
  },
  {
    name: 'a step that was cancelled in the middle',
    error: step(new CancelledFailure('CANCELLED')),
    reason: 'cancelled',
    type: 'Cancelled',
    cancelled: true,
  },
  {
    name: 'a step that would have been tried again if it had not been cancelled',
    error: step(busy, RetryState.CANCEL_REQUESTED),
    reason: 'cancelled',
    type: 'Cancelled',
    cancelled: true,
  },
];

describe('why a step ended', () => {
  for (const { name, error, reason, type, cancelled = false } of cases) {
    it(`${name}: ${reason}`, () => {
      assert.equal(reasonOf(error), reason);
      assert.equal(failureTypeOf(error), type);
      assert.equal(isCancelled(error), cancelled);
    });
  }
});
