import { DefaultFailureConverter } from '@temporalio/common';
import { FAILURE_FORM } from '../gateway/failure-form.ts';

/**
 * Part of every workflow bundle. Where a worker's bundle says `failures:coded`, the converter puts messages and stacks into payloads, which
 * the worker's codec encrypts.
 */
export const failureConverter = new DefaultFailureConverter({
  encodeCommonAttributes: !FAILURE_FORM.endsWith('clear'),
});
