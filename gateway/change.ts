/**
 * A change of one gateway on one router: from the configuration that is permanent there to the one that shall replace it. Creating a gateway
 * goes from nothing to `after`. A revert makes the inverse change, at once or later.
 */
import { distinct } from './lists.ts';
import type { RouterConfiguration } from './kind.ts';
import type { Role } from './resource.ts';

/** What a change does with its gateway: from nothing to something, from one configuration to another, or to nothing. */
export type Action = 'create' | 'update' | 'delete';

export interface Change {
  /** Configuration that is permanent on the router, as it was rendered when it was made permanent. `null`: nothing. */
  readonly before: RouterConfiguration | null;
  /** Configuration that shall replace `before`. `null`: nothing. */
  readonly after: RouterConfiguration | null;
}

/** The changes of one gateway on its two routers. */
export type Changes = Readonly<Record<Role, Change>>;

/** Whether both ends are the same configuration, so that there is nothing to load. What is monitored may differ. */
export function isUnchanged({ before, after }: Change): boolean {
  return textOf(before) === textOf(after);
}

/** Whether both routers are to carry the same as before. */
export function changesNothing({ primary, secondary }: Changes): boolean {
  return isUnchanged(primary) && isUnchanged(secondary);
}

function textOf(end: RouterConfiguration | null): string {
  return JSON.stringify(end && [end.create, end.arrange, end.remove, end.owns]);
}

/** The change from `after` back to `before`. */
export function inverseOf({ before, after }: Change): Change {
  return { before: after, after: before };
}

/** The stanzas that either end owns, without duplicates. The change may touch nothing else. */
export function ownedBy({ before, after }: Change): readonly (readonly string[])[] {
  const owned = [...(before?.owns ?? []), ...(after?.owns ?? [])];
  return distinct(owned);
}
