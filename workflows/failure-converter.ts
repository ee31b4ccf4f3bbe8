import { DefaultFailureConverter } from '@temporalio/common';
import { FAILURE_FORM } from '../gateway/failure-form.ts';

/** Part of every bundle. Messages and stacks become payloads, which a codec encrypts, once the bundle says so. */
export const failureConverter = new DefaultFailureConverter({
  encodeCommonAttributes: !FAILURE_FORM.endsWith('clear'),
});
