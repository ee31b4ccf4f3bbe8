/**
 * A change of one gateway on one router: from the configuration that is permanent there to the one that shall replace it. Creating a gateway
 * goes from nothing to `after`. A revert makes the inverse change, at once or later.
 */
import type { RouterConfiguration } from './kind.ts';

export interface Change {
  /** Configuration that is permanent on the router, as it was rendered when it was made permanent. `null`: nothing. */
  readonly before: RouterConfiguration | null;
  /** Configuration that shall replace `before`. `null`: nothing. */
  readonly after: RouterConfiguration | null;
}

/** The change from `after` back to `before`. */
export function inverseOf({ before, after }: Change): Change {
  return { before: after, after: before };
}

/** The stanzas that either end owns, without duplicates. The change may touch nothing else. */
export function ownedBy({ before, after }: Change): readonly (readonly string[])[] {
  const owned = [...(before?.owns ?? []), ...(after?.owns ?? [])];
  return [...new Map(owned.map((path) => [JSON.stringify(path), path])).values()];
}
