/** Thrown when set-up cannot go on; the message is for a person and says what to do. */
export class SetupError extends Error {
  name = 'SetupError';
}
