export const NOTHING_QUEUE = 'nothing';
export const DO_NOTHING = 'doNothing';
