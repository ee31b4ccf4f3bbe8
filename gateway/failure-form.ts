/**
 * How workflows write their failures into histories. A worker with a payload codec puts `coded` in place of `clear` in the text of the
 * workflows' bundle, so that one bundle does for both: workflow code is given nothing else from outside.
 */
export const FAILURE_FORM: string = 'failures:clear';
export const CODED_FAILURES = FAILURE_FORM.replace('clear', 'coded');
