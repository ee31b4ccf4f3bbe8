import { LENGTHS, oneLine } from '../gateway/display.ts';
import type { FailureType } from '../gateway/failures.ts';

/** Thrown when a step can't succeed, however often it is tried. The message becomes one line for a person, without a secret. */
export class RefusedError extends Error {
  readonly type: FailureType;

  constructor(type: FailureType, message: string, options?: ErrorOptions) {
    super(oneLine(message, LENGTHS.message), options);
    this.name = 'RefusedError';
    this.type = type;
  }
}

/** Thrown when a step can't be done now, but may be a little later. */
export class NotNowError extends Error {
  readonly type: FailureType;

  constructor(type: FailureType, message: string, options?: ErrorOptions) {
    super(oneLine(message, LENGTHS.message), options);
    this.name = 'NotNowError';
    this.type = type;
  }
}
