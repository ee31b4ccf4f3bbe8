/**
 * Changes that must not be loaded because of others around them: a stanza in which another gateway's statements stand is neither removed nor created as
 * a whole, and no child is put where its parent's stanza is gone.
 */
import { gatewayText } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { isSameGateway } from '../../gateway/resource.ts';
import { at } from '../../junos/select.ts';
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import { describePath } from '../../netconf/diff.ts';
import { RefusedError } from '../refused.ts';
import { problemOfPlace, stanzaKey } from './family.ts';
import type { Claimed, Family } from './family.ts';
import type { GatewayChange } from './presence.ts';
import { pick } from './presence.ts';
import type { Running } from './presences.ts';

/** What a look has shown around the changes. */
export interface Place {
  readonly running: Running;
  readonly family: Family;
  /** What others have claimed inside the stanzas of a change. */
  readonly claimedInside: (change: GatewayChange) => readonly Claimed[];
}

/** Those of the changes, with the reason. What is loaded together with a change is taken as done. */
export function outOfPlace<T extends GatewayChange>(
  place: Place,
  items: readonly T[],
): ReadonlyMap<T, Error> {
  const found = new Map<T, Error>();
  for (const item of items) {
    const why = problemOfOthers(place, item, items) ?? problemOfParents(place, item, items);
    if (why !== undefined) found.set(item, new RefusedError(FAILURES.Conflict, why));
  }
  return found;
}

function problemOfOthers(
  { running, claimedInside }: Place,
  item: GatewayChange,
  items: readonly GatewayChange[],
): string | undefined {
  const { before, after } = item.change;
  if ((before !== null && after !== null) || running instanceof JunosSyntaxError) return undefined;
  const goes = (stanza: readonly string[]) =>
    items.some(({ change }) => {
      const isIn = (end: typeof before) =>
        end?.owns.some((own) => stanzaKey(own) === stanzaKey(stanza)) === true;
      return isIn(change.before) && !isIn(change.after);
    });
  const standing = claimedInside(item).find(
    ({ stanza }) => at(pick(running, [stanza]), stanza) !== undefined && !goes(stanza),
  );
  if (standing === undefined) return undefined;
  const { stanza, owner } = standing;
  return `"${describePath(stanza)}" stands there, and belongs to ${gatewayText(owner)}`;
}

function problemOfParents(
  { running, family }: Place,
  item: GatewayChange,
  items: readonly GatewayChange[],
): string | undefined {
  if (item.change.before !== null) return undefined;
  return family
    .parentsOf(item.gateway)
    .filter(({ gateway }) => !items.some((one) => one.change.after && isSameGateway(one.gateway, gateway)))
    .map((parent) => problemOfPlace(running, item, parent))
    .find((why) => why !== undefined);
}
