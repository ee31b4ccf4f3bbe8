/**
 * How workflows write their failures into histories: `clear` or `coded`. Workflow code can't read a worker's options. So a worker with a
 * payload codec replaces `clear` by `coded` in the text of the workflow bundle. One bundle serves both kinds of worker.
 */
export const FAILURE_FORM: string = 'failures:clear';
export const CODED_FAILURES = FAILURE_FORM.replace('clear', 'coded');
