/** A conflict with another gateway. What is known of the router tells only that gateway's id. Its name is in its own record. */
import { gatewayText } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { RefusedError } from '../refused.ts';

/** Thrown when a place on a router belongs to another gateway. */
export class BelongsToOtherError extends RefusedError {
  readonly owner: GatewayRef;
  /** Whether the words for the owner have its name. */
  readonly isNamed: boolean;
  readonly #what: string;

  /** `text`: the owner in words. */
  constructor(what: string, owner: GatewayRef, text: string = gatewayText(owner)) {
    super(FAILURES.Conflict, `${what} belongs to ${text}`);
    this.owner = owner;
    this.isNamed = text !== gatewayText(owner);
    this.#what = what;
  }

  /** The same, with other words for the owner. Without any, the id must do. */
  with(text?: string): BelongsToOtherError {
    return new BelongsToOtherError(this.#what, this.owner, text);
  }
}
