import { DefaultFailureConverter } from '@temporalio/common';

/** Turns messages and stacks of activities' failures into payloads, which the codec encrypts. The SDK loads this file by its path. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
