import { DefaultFailureConverter } from '@temporalio/common';
import { FAILURE_FORM } from '../gateway/failure-form.ts';

/** Part of every bundle. Where the bundle says `coded`, it turns messages and stacks into payloads, which the codec encrypts. */
export const failureConverter = new DefaultFailureConverter({
  encodeCommonAttributes: !FAILURE_FORM.endsWith('clear'),
});
