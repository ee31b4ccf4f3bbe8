/**
 * Changes that must not be loaded because of others around them: a stanza in which another gateway's statements stand is neither removed nor created as
 * a whole, and no child is put where its parent's stanza is gone.
 */
import { FAILURES } from '../../gateway/failures.ts';
import { isSameGateway } from '../../gateway/resource.ts';
import { at, pathKey } from '../../junos/select.ts';
import { describePath } from '../../netconf/diff.ts';
import { RefusedError } from '../refused.ts';
import { missingInParent } from './family.ts';
import type { Claimed, Family, IsThere } from './family.ts';
import type { GatewayChange } from './presence.ts';
import { BelongsToOtherError } from './belongs-to-other.ts';
import { pick } from './presence.ts';
import type { RunningConfiguration } from './running.ts';

/** What a look has shown around the changes. */
export interface SeenAround {
  readonly running: RunningConfiguration;
  readonly family: Family;
  /** What others have claimed inside the stanzas of a change. */
  readonly claimedInside: (change: GatewayChange) => readonly Claimed[];
}

/** The changes that must not be loaded, with the reason. What is loaded together with a change is taken as made. */
export function outOfPlace<T extends GatewayChange>(
  place: SeenAround,
  items: readonly T[],
): ReadonlyMap<T, Error> {
  const found = new Map<T, Error>();
  const isThere = lookingFor(place.running);
  for (const item of items) {
    const why = problemOfOthers(place, isThere, item, items) ?? problemOfParents(place, isThere, item, items);
    if (why !== undefined)
      found.set(item, typeof why === 'string' ? new RefusedError(FAILURES.Conflict, why) : why);
  }
  return found;
}

/** Whether anything stands in a stanza. Each is looked for once: many children lie in one stanza, and it holds what all of them have. */
function lookingFor({ tree, unreadable }: RunningConfiguration): IsThere {
  const known = new Map<string, boolean>();
  return (stanza) => {
    if (unreadable(stanza) !== undefined) return undefined;
    const key = pathKey(stanza);
    const isThere = known.get(key) ?? at(pick(tree, [stanza]), stanza) !== undefined;
    known.set(key, isThere);
    return isThere;
  };
}

function problemOfOthers(
  { claimedInside }: SeenAround,
  isThere: IsThere,
  item: GatewayChange,
  items: readonly GatewayChange[],
): BelongsToOtherError | undefined {
  const { before, after } = item.change;
  if (before !== null && after !== null) return undefined;
  const goes = (stanza: readonly string[]) =>
    items.some(({ change }) => {
      const isIn = (end: typeof before) => end?.owns.some((own) => pathKey(own) === pathKey(stanza)) === true;
      return isIn(change.before) && !isIn(change.after);
    });
  const standing = claimedInside(item).find(({ stanza }) => isThere(stanza) === true && !goes(stanza));
  if (standing === undefined) return undefined;
  const { stanza, owner } = standing;
  return new BelongsToOtherError(`"${describePath(stanza)}" stands there, and`, owner);
}

function problemOfParents(
  { family }: SeenAround,
  isThere: IsThere,
  item: GatewayChange,
  items: readonly GatewayChange[],
): string | undefined {
  if (item.change.before !== null) return undefined;
  return family
    .parentsOf(item.gateway)
    .filter(({ gateway }) => !items.some((one) => one.change.after && isSameGateway(one.gateway, gateway)))
    .map((parent) => missingInParent(isThere, item, parent))
    .find((why) => why !== undefined);
}
