import assert from 'node:assert/strict';
import { asyncLocalStorage } from '@temporalio/activity';
import type { Context } from '@temporalio/activity';
import { ActivityCompletionError, ServiceError } from '@temporalio/client';
import { DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import type { ApplicationFailure } from '@temporalio/common';
import { classified } from '../../activities/classify.ts';
import { NotNowError, RefusedError } from '../../activities/refused.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { ANSWER_ATTEMPTS } from '../../gateway/policies.ts';

const HUGE = 'a router can say megabytes \n'.repeat(100_000);

/** The failure of an activity whose body throws this error. */
async function failureOf(error: unknown, attempt = 1): Promise<ApplicationFailure> {
  const context = { cancellationSignal: new AbortController().signal, info: { attempt } };
  const failed = asyncLocalStorage.run(context as unknown as Context, () =>
    classified(() => Promise.reject(error as Error)),
  );
  return failed.then(
    () => assert.fail('it did not fail'),
    (failure: ApplicationFailure) => failure,
  );
}

/** The size of the failure as it is sent to Temporal, in bytes: message, stack and all causes. */
function sizeOf(failure: ApplicationFailure): number {
  const sent = new DefaultFailureConverter().errorToFailure(failure, defaultPayloadConverter);
  return Buffer.byteLength(JSON.stringify(sent));
}

describe('the failure of an activity', () => {
  const errors: Readonly<Record<string, unknown>> = {
    'a refusal': new RefusedError(FAILURES.Conflict, HUGE),
    'something that may pass': new NotNowError(FAILURES.RouterBusy, HUGE),
    'a defect': new TypeError(HUGE, { cause: new Error(HUGE, { cause: HUGE }) }),
    'no error at all': HUGE,
  };
  for (const [what, error] of Object.entries(errors))
    it(`is small, however long the message of ${what} and of its causes is`, async () => {
      const failure = await failureOf(error);
      assert.match(failure.message, /^a router can say megabytes .*…$/);
      assert.ok(sizeOf(failure) < 64 * 1024, `${sizeOf(failure)} bytes`);
    });

  it('is no defect where Temporal has not taken a call: it is tried again', async () => {
    for (const [code, isFinal] of [
      [14, false],
      [3, true],
    ] as const) {
      const cause = Object.assign(new Error('no'), { code, details: '', metadata: {} });
      const failure = await failureOf(new ServiceError('Failed to signal Workflow', { cause }));
      assert.deepEqual([failure.message, failure.nonRetryable], ['Failed to signal Workflow', isFinal]);
    }
  });

  it('is no defect where Temporal has not taken a pair’s answer, unless it takes none for a while', async () => {
    const refused = (attempt: number) =>
      failureOf(new ActivityCompletionError('Connection dropped'), attempt);
    for (const [attempt, isFinal] of [
      [1, false],
      [ANSWER_ATTEMPTS - 1, false],
      [ANSWER_ATTEMPTS, true],
    ] as const) {
      const { message, nonRetryable } = await refused(attempt);
      assert.deepEqual([message, nonRetryable], ['Connection dropped', isFinal]);
    }
  });

  it('tells where a defect is, and what caused it', async () => {
    const { cause, type, nonRetryable } = await failureOf(
      new TypeError('odd', { cause: new RangeError('7') }),
    );
    assert.deepEqual([type, nonRetryable], [FAILURES.Internal, true]);
    assert.ok(cause instanceof Error && cause.cause instanceof Error);
    assert.deepEqual([cause.name, cause.message], ['TypeError', 'odd']);
    assert.match(cause.stack ?? '', /^TypeError: odd\n {4}at .*classify\.test\.ts/);
    assert.deepEqual([cause.cause.name, cause.cause.message], ['RangeError', '7']);
  });
});
