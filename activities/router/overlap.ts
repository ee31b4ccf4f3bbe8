/**
 * Finds stanzas that two gateways own. Claims keep gateways apart, but somebody may have deleted the claims. A child's stanza may lie inside its
 * parent's, if the parent says nothing there.
 */
import { ownedBy } from '../../gateway/change.ts';
import { isSameGateway } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { parse } from '../../junos/parse.ts';
import { paths, within } from '../../junos/select.ts';
import type { Path } from '../../junos/tree.ts';
import { isStrictlyInside } from './family.ts';
import type { GatewayChange } from './presence.ts';

export interface Overlap {
  /** The change's own stanza. */
  readonly stanza: Path;
  /** The other gateway's stanza: the same one, one that holds it, or one inside it. */
  readonly other: Path;
  readonly owner: GatewayRef;
}

/** Whether one gateway is a child of another one. */
export type IsChild = (one: GatewayRef, of: GatewayRef) => boolean;

/** The first stanza of a change that overlaps a stanza of another gateway; `undefined` if there is none. */
export function overlapOf(
  change: GatewayChange,
  others: readonly GatewayChange[],
  isChild: IsChild = () => false,
): Overlap | undefined {
  const own = ownedBy(change.change);
  for (const theirs of others) {
    const owner = theirs.gateway;
    if (isSameGateway(owner, change.gateway)) continue;
    const isTheirChild = isChild(change.gateway, owner);
    const isOurChild = isChild(owner, change.gateway);
    for (const other of ownedBy(theirs.change)) {
      const stanza = own.find((path) => {
        if (!overlaps(path, other)) return false;
        if (isTheirChild && isStrictlyInside(path, other)) return writesIn(theirs, path);
        if (isOurChild && isStrictlyInside(other, path)) return writesIn(change, other);
        return true;
      });
      if (stanza !== undefined) return { stanza, other, owner };
    }
  }
  return undefined;
}

/** Whether the gateway has a statement of its own in this stanza, or the stanza itself. */
export function writesIn(
  { change: { before, after } }: Pick<GatewayChange, 'change'>,
  stanza: Path,
): boolean {
  return [before, after].some(
    (end) => end !== null && paths(parse(end.create)).some((path) => within(path, stanza)),
  );
}

/** Whether one path leads to the other, word by word: `unit 12` is no part of `unit 122`. */
function overlaps(one: Path, other: Path): boolean {
  return within(one, other) || within(other, one);
}
