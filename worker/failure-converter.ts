import { DefaultFailureConverter } from '@temporalio/common';

/** For activities: messages and stacks become payloads, which the codec encrypts. Loaded by the SDK, by its path. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
