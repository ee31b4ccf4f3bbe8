/** Thrown when set-up cannot go on. The message tells a person what to do. */
export class SetupError extends Error {
  name = 'SetupError';
}
