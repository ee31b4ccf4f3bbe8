/**
 * Gateways inside gateways: a child's stanzas lie inside its parent's. A statement belongs to the innermost claim that it lies in: what stands in a
 * child's stanza counts neither for nor against its parent, and the parent's change must not touch it.
 */
import { gatewayText } from '../../gateway/display.ts';
import { ownedBy } from '../../gateway/change.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import { isSameGateway } from '../../gateway/resource.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { heldOf } from '../../junos/holds.ts';
import { parse } from '../../junos/parse.ts';
import { pathKey, within } from '../../junos/select.ts';
import type { Path } from '../../junos/tree.ts';
import { describePath } from '../../netconf/diff.ts';
import type { GatewayChange } from './presence.ts';
import { pick } from './presence.ts';
import { describeUnreadable, unreadableIn } from './running.ts';
import type { RunningConfiguration } from './running.ts';

/** A gateway that another one lies in, or through which the parameters of that one are read. */
export interface Parent {
  readonly gateway: GatewayRef;
  /** For people. */
  readonly name: string;
  /** What stands of it on this router, as its plan record says. `null`: nothing. */
  readonly standing: RouterConfiguration | null;
}

/** A stanza, and whose it is. */
export interface Claimed {
  readonly stanza: Path;
  readonly owner: GatewayRef;
}

/** What is known about parents and children on one router. */
export interface Family {
  readonly parentsOf: (gateway: GatewayRef) => readonly Parent[];
  /** Claims inside the stanzas of what changes, as etcd has them. */
  readonly claims: readonly Claimed[];
}

export const NO_FAMILY: Family = { parentsOf: () => [], claims: [] };

/** All that is claimed on a router as far as it concerns these changes: by them, and inside their stanzas. */
export function claimedBy(changes: readonly GatewayChange[], { claims }: Family): readonly Claimed[] {
  const own = changes.flatMap(({ gateway: owner, change }) =>
    ownedBy(change).map((stanza) => ({ stanza, owner })),
  );
  return [...own, ...claims];
}

/** What others have claimed strictly inside the stanzas of a change. */
export function claimedInside(
  { gateway, change }: Pick<GatewayChange, 'gateway' | 'change'>,
  claimed: readonly Claimed[],
): readonly Claimed[] {
  const own = ownedBy(change);
  return claimed.filter(
    ({ stanza, owner }) =>
      !isSameGateway(owner, gateway) && own.some((outer) => isStrictlyInside(stanza, outer)),
  );
}

/** Finds the innermost claimed stanza that a path lies in; `undefined` if it lies in none. */
export function innermostIn(claimed: readonly Claimed[]): (path: Path) => string | undefined {
  const stanzas = new Set(claimed.map(({ stanza }) => pathKey(stanza)));
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const key = pathKey(path.slice(0, length));
      if (stanzas.has(key)) return key;
    }
    return undefined;
  };
}

export function isStrictlyInside(path: Path, outer: Path): boolean {
  return path.length > outer.length && within(path, outer);
}

/** Why a child can't go on a router: its parent's own statements don't all stand there. `undefined`: they do. */
export function problemOfParent(running: RunningConfiguration, parent: Parent): string | undefined {
  const why = missingOf(running, parent);
  return why && `${gatewayText(parent.gateway, parent.name)} does not stand there as it should: ${why}`;
}

function missingOf(running: RunningConfiguration, { standing }: Parent): string | undefined {
  if (standing === null) return 'by its plan record nothing of it stands';
  const { create, owns } = standing;
  const unread = unreadableIn(running, owns);
  if (unread !== undefined) return describeUnreadable(unread);
  const held = heldOf(pick(running.tree, owns), { text: parse(create), without: [], owns });
  switch (held.kind) {
    case 'whole':
      return undefined;
    case 'none':
      return 'nothing of it is there';
    case 'partial':
      return `"${describePath(held.missing)}" is missing`;
    case 'changed':
      return `"${describePath(held.path)}" is missing or was changed`;
  }
}

/** Whether anything stands in a stanza. `undefined`: it can't be read. */
export type IsThere = (stanza: Path) => boolean | undefined;

/**
 * Why a child can't be put on a router, not even to restore what stood: the stanza of its parent in which it lies is gone. If somebody has only
 * changed the parent, a child that stood there before may come back.
 */
export function missingInParent(
  isThere: IsThere,
  { change: { after } }: Pick<GatewayChange, 'change'>,
  parent: Parent,
): string | undefined {
  const outer = (parent.standing?.owns ?? []).find((stanza) =>
    after?.owns.some((own) => isStrictlyInside(own, stanza)),
  );
  if (outer === undefined || isThere(outer) !== false) return undefined;
  return `${gatewayText(parent.gateway, parent.name)} does not stand there as it should: "${describePath(outer)}" is missing`;
}
