/** Finds stanzas that two gateways own. Claims keep gateways apart, but somebody may have deleted the claims. */
import { ownedBy } from '../../gateway/change.ts';
import { isSameGateway } from '../../gateway/resource.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import type { Path } from '../../junos/tree.ts';
import type { GatewayChange } from './presence.ts';

export interface Overlap {
  /** The change's own stanza. */
  readonly stanza: Path;
  /** The other gateway's stanza: the same one, one that holds it, or one inside it. */
  readonly other: Path;
  readonly owner: GatewayVersion;
}

/** The first stanza of a change that overlaps a stanza of another gateway; `undefined` if there is none. */
export function overlapOf(change: GatewayChange, others: readonly GatewayChange[]): Overlap | undefined {
  const own = ownedBy(change.change);
  for (const { gateway: owner, change: theirs } of others) {
    if (isSameGateway(owner, change.gateway)) continue;
    for (const other of ownedBy(theirs)) {
      const stanza = own.find((path) => overlaps(path, other));
      if (stanza !== undefined) return { stanza, other, owner };
    }
  }
  return undefined;
}

/** Whether one path leads to the other, word by word: `unit 12` is no part of `unit 122`. */
function overlaps(one: Path, other: Path): boolean {
  const length = Math.min(one.length, other.length);
  return one.slice(0, length).every((word, index) => word === other[index]);
}
