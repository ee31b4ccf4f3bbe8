import { build, descend, pathOf, isVoid, type Node } from './model.ts';
import { inside, statements } from './statements.ts';
import type { Path, Statement } from './tree.ts';

/**
 * What stands at `path`, as statements in Junos's grouping: one for a named entry or a leaf, one for each entry when the path ends
 * with a list's keyword (`['interfaces', 'ae0', 'unit']`), none when nothing is there. An empty path is the whole tree.
 */
export function find(tree: readonly Statement[], path: Path): Statement[] {
  const node = descend(build(tree), path);
  if (node === undefined) return [];
  if (node.parent === undefined) return inside(node, 'junos');
  return statements(node, 'junos', leading(node));
}

/** A datum or a name reads with its keyword before it: `unit 1025`, `description x`. */
function leading(node: Node): string[] {
  const words: string[] = [];
  for (
    let at = node.parent;
    at !== undefined && ['list', 'name', 'value', 'values'].includes(at.role);
    at = at.parent
  )
    words.unshift(at.word);
  return words;
}

/** The one statement at `path`, or undefined: an entry, a container, a leaf (`['interfaces', 'ae0', 'mtu']` gives `mtu 9000`). */
export function at(tree: readonly Statement[], path: Path): Statement | undefined {
  return find(tree, path)[0];
}

/** Whether anything stands at `path`. */
export const exists = (tree: readonly Statement[], path: Path): boolean =>
  descend(build(tree), path) !== undefined;

/** The path of each leaf (and empty block), in the order given; the words after `set` in Junos's set form. */
export function paths(tree: readonly Statement[]): string[][] {
  return leaves(build(tree)).map(pathOf);
}

/** The deepest nodes of a model, empty containers that Junos drops left out. */
export function leaves(node: Node): Node[] {
  const children = [...node.children.values()].filter((child) => !isVoid(child));
  if (children.length > 0) return children.flatMap(leaves);
  return node.parent === undefined ? [] : [node];
}

/** Whether `path` is `owner` or lies below it. */
export const within = (path: Path, owner: Path): boolean =>
  path.length >= owner.length && owner.every((word, index) => path[index] === word);

/** One form for each meaning: merged, one node per statement, sorted except where the order is the operator's. Idempotent. */
export const canonical = (tree: readonly Statement[]): Statement[] => inside(build(tree), 'sorted');

/** The tree merged and grouped as Junos prints it, in the order given: `family inet { … }`, `then accept;`, `export A;`. */
export const layout = (tree: readonly Statement[]): Statement[] => inside(build(tree), 'junos');

/** Whether two trees mean the same configuration. */
export const same = (a: readonly Statement[], b: readonly Statement[]): boolean =>
  JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
