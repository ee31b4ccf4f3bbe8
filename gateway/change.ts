/**
 * A change of one gateway on one router: what stands there for good, and what shall stand. Creating a gateway goes from nothing to `after`.
 * Taking it back, at once or later, is the inverse change.
 */
import type { RouterConfiguration } from './kind.ts';

export interface Change {
  /** What the router carries for good, as it was rendered when it was made permanent; `null`: nothing. */
  readonly before: RouterConfiguration | null;
  /** What the router shall carry; `null`: nothing. */
  readonly after: RouterConfiguration | null;
}

/** From `after` back to `before`. */
export function inverseOf({ before, after }: Change): Change {
  return { before: after, after: before };
}

/** The stanzas that either end owns, each once: what the change may touch. */
export function ownedBy({ before, after }: Change): readonly (readonly string[])[] {
  const owned = [...(before?.owns ?? []), ...(after?.owns ?? [])];
  return [...new Map(owned.map((path) => [JSON.stringify(path), path])).values()];
}
