/** The two ways in which an operation ends early. */

import type { RpcError } from './rpc-error.ts';

/** Thrown when an operation ends in errors; they are its reply. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly errors: readonly RpcError[];
  constructor(...errors: readonly RpcError[]) {
    super(errors.map((e) => e.message).join('; '));
    this.errors = errors;
  }
}

/** Thrown when a fault ends an operation without any reply. */
export class Cut extends Error {
  override readonly name = 'Cut';
  readonly kind: 'drop' | 'never';
  constructor(kind: 'drop' | 'never') {
    super(kind);
    this.kind = kind;
  }
}
