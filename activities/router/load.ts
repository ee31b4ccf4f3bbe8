/** Loads changes into a router's candidate: the operations, and their order. */
import { isUnchanged, ownedBy } from '../../gateway/change.ts';
import type { Change } from '../../gateway/change.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { edits } from '../../junos/edits.ts';
import { parse } from '../../junos/parse.ts';
import { pathKey, within } from '../../junos/select.ts';
import { parseSet, printSet } from '../../junos/set.ts';
import type { Path, Statement } from '../../junos/tree.ts';
import { emptied } from '../../junos/without.ts';
import type { Done, Operation } from '../../netconf/operation.ts';
import { loadSet, loadText } from '../../netconf/operations.ts';
import { RefusedError } from '../refused.ts';
import type { Parent } from './family.ts';
import type { GatewayChange } from './presence.ts';
import type { Revealer } from './secrets.ts';

/** Text to merge, or set commands. */
type Part = { readonly text: string } | { readonly commands: readonly string[] };

/**
 * What brings a candidate from `before` to `after`. `standing`: what the router carries in the stanzas of both ends. If both ends are something, the
 * candidate is edited in place, statement by statement.
 */
function partsOf({ before, after }: Change, standing: () => readonly Statement[]): readonly Part[] {
  if (isUnchanged({ before, after })) return [];
  if (after === null) return before === null ? [] : [{ commands: before.remove }];
  const { create, arrange } = after;
  if (before === null) return [{ text: create }, { commands: arrange }];
  const commands = edits({
    base: parse(before.create),
    target: parse(create),
    standing: standing(),
    owns: ownedBy({ before, after }),
    arrange,
  });
  return [{ commands }];
}

function operationOf(part: Part, reveal: (text: string) => string): readonly Operation<Done>[] {
  if ('text' in part) return [loadText(reveal(part.text))];
  return part.commands.length === 0 ? [] : [loadSet(part.commands.map(reveal))];
}

/** The operations that make one change. `reveal`: puts secrets in place of placeholders. */
export function loadsOf(
  change: Change,
  standing: () => readonly Statement[],
  reveal: (text: string) => string = (text) => text,
): readonly Operation<Done>[] {
  return partsOf(change, standing).flatMap((part) => operationOf(part, reveal));
}

/**
 * Deletions are loaded first, then updates, then creations: a stanza that goes may stand in the way of a new one. A change inside the stanza of
 * another change comes before that one if it is a deletion, and after it otherwise.
 */
export function inLoadOrder<T extends GatewayChange>(items: readonly T[]): readonly T[] {
  const order = ({ change: { before, after } }: T) => (after === null ? 0 : before === null ? 2 : 1);
  const stanzas = new Set(items.flatMap(({ change }) => ownedBy(change).map(pathKey)));
  const depth = ({ change }: T) =>
    Math.max(
      0,
      ...ownedBy(change).map(
        (path) => path.filter((_, length) => stanzas.has(pathKey(path.slice(0, length)))).length,
      ),
    );
  const depths = new Map(items.map((item) => [item, depth(item)]));
  const inward = (item: T) => (item.change.after === null ? -1 : 1) * (depths.get(item) ?? 0);
  return items.toSorted((one, other) => order(one) - order(other) || inward(one) - inward(other));
}

/** What stands around the changes that are loaded. */
export interface Surroundings<T> {
  /** What the router carries in the stanzas of a change. */
  readonly standing: (item: T) => readonly Statement[];
  /** Absent: no change has a parent. */
  readonly parentsOf?: (item: T) => readonly Parent[];
  /** What the router carries in the stanzas of all of these, and of their parents. */
  readonly running?: readonly Statement[];
}

/**
 * The operations that load these changes, in load order, with their secrets. A container in a parent's stanza goes with the last statement in it.
 * `withoutSecrets`: the changes that can't be loaded because their secrets are gone, with the reason.
 */
export function loadsInOrder<T extends GatewayChange>(
  items: readonly T[],
  around: Surroundings<T>,
  revealerOf: (gateway: GatewayRef) => Revealer,
): {
  readonly loads: readonly { readonly item: T; readonly load: Operation<Done> }[];
  readonly withoutSecrets: ReadonlyMap<T, Error>;
} {
  const withoutSecrets = new Map<T, Error>();
  const parts = inLoadOrder(items).flatMap((item) =>
    partsOf(item.change, () => around.standing(item)).map((part) => ({ item, part })),
  );
  const loads = withContainers(parts, around).flatMap(({ item, part }) => {
    try {
      if (withoutSecrets.has(item)) return [];
      const { reveal } = revealerOf(item.gateway);
      return operationOf(part, reveal).map((load) => ({ item, load }));
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      withoutSecrets.set(item, error);
      return [];
    }
  });
  return { loads, withoutSecrets };
}

interface ItemPart<T> {
  readonly item: T;
  readonly part: Part;
}

/** Where a container would be left empty, deletes the container instead of the statements in it. */
function withContainers<T extends GatewayChange>(
  parts: readonly ItemPart<T>[],
  around: Surroundings<T>,
): readonly ItemPart<T>[] {
  const containers = emptiedBy(parts, around);
  if (containers.length === 0) return parts;
  const done = new Set<string>();
  const inContainer = (line: string): readonly string[] => {
    const [goes] = deletedBy([line]);
    const container = goes && containers.find((path) => within(goes, path));
    if (container === undefined) return [line];
    if (done.has(pathKey(container))) return [];
    done.add(pathKey(container));
    return [printSet({ verb: 'delete', path: container })];
  };
  return parts.map(({ item, part }) =>
    'text' in part ? { item, part } : { item, part: { commands: part.commands.flatMap(inContainer) } },
  );
}

function emptiedBy<T extends GatewayChange>(
  parts: readonly ItemPart<T>[],
  { parentsOf, running = [] }: Surroundings<T>,
): readonly Path[] {
  if (parentsOf === undefined) return [];
  const parents = new Set(
    parts.flatMap(({ item }) => parentsOf(item)).flatMap(({ standing }) => standing ?? []),
  );
  const texts = [...parents, ...parts.flatMap(({ item }) => item.change.after ?? [])];
  return emptied(running, {
    paths: parts.flatMap(({ part }) => ('text' in part ? [] : deletedBy(part.commands))),
    inside: [...parents].flatMap(({ owns }) => owns),
    staying: texts.flatMap(({ create }) => parse(create)),
  });
}

function deletedBy(commands: readonly string[]): readonly Path[] {
  return parseSet(commands.join('\n')).flatMap((command) =>
    command.verb === 'delete' ? [command.path] : [],
  );
}
