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
import { LENGTHS } from '../../gateway/display.ts';
import { failureTypeOf, isCancelled, reasonOf, withUndo } from '../../workflows/reason.ts';

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
    name: 'a cancellation with a reason',
    error: new CancelledFailure('cancelled by an operator', ['wrong VLAN (alice@jump-host)']),
    reason: 'cancelled: wrong VLAN (alice@jump-host)',
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

  it('is one line that ends somewhere, whoever wrote it', () => {
    const said = reasonOf(step(ApplicationFailure.nonRetryable('no\n'.repeat(1_000_000), FAILURES.Internal)));
    assert.match(said, /^(no )+.*…$/);
    assert.equal(Array.from(said).length, LENGTHS.message);
  });
});

describe('a reason with the undos that failed', () => {
  it('is told whole if it is short', () => {
    assert.equal(withUndo('MX-1 refused it', []), 'MX-1 refused it');
    assert.equal(
      withUndo('MX-1 refused it', ['revert on MX-1: owed', 'another']),
      'MX-1 refused it; undo failed: revert on MX-1: owed; another',
    );
  });

  it('tells in /state that an undo failed and where, however long the reason is', () => {
    const told = withUndo('refused '.repeat(1_000), [
      `revert on MX-1: owed on MX-1 (${'away '.repeat(1_000)})`,
    ]);
    assert.ok(Array.from(told).length <= LENGTHS.reason, `${told.length}`);
    assert.match(told, /^refused .*…; undo failed: revert on MX-1: owed on MX-1 \(away .*…$/);
  });
});
