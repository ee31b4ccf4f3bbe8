/** Finds and compares parts of a configuration. */
import { buildModel, nodeAt, pathOf, isVoid, type Node } from './model.ts';
import { statementsInside, statementsOf } from './statements.ts';
import type { Path, Statement } from './tree.ts';

/** The words that are printed in front of a key or a value, its keyword first: `unit` of `unit 1025`, `description` of `description x`. */
function leading(node: Node): string[] {
  const words: string[] = [];
  for (
    let at = node.parent;
    at !== undefined && ['list', 'key', 'leaf', 'leaf-list'].includes(at.role);
    at = at.parent
  )
    words.unshift(at.word);
  return words;
}

/**
 * The statement at `path`, grouped as Junos prints it: a container, an entry of a list, or a leaf with its value (`['interfaces', 'ae0',
 * 'mtu']` gives `mtu 9000`). If the path ends with the keyword of a list, it is the list's first entry. `undefined` if there is nothing.
 * `path`: at least one word.
 */
export function at(tree: readonly Statement[], path: Path): Statement | undefined {
  const node = nodeAt(buildModel(tree), path);
  if (node === undefined) return undefined;
  return statementsOf(node, 'junos', leading(node))[0];
}

/** The path of each leaf and each empty block, in their order: the words behind `set` in Junos's set commands. */
export function paths(tree: readonly Statement[]): string[][] {
  return leaves(buildModel(tree)).map(pathOf);
}

/** The nodes below which nothing is printed, without the containers that Junos drops. */
export function leaves(node: Node): Node[] {
  const children = [...node.children.values()].filter((child) => !isVoid(child));
  if (children.length > 0) return children.flatMap(leaves);
  return node.parent === undefined ? [] : [node];
}

/** A path as one word: different paths have different keys. */
export const pathKey = (path: Path): string => JSON.stringify(path);

/** Whether `path` is `owner` or lies below it. */
export const within = (path: Path, owner: Path): boolean =>
  path.length >= owner.length && owner.every((word, index) => path[index] === word);

/** One form for each meaning: merged, one node for each statement, sorted unless the order means something. */
const canonical = (tree: readonly Statement[]): Statement[] => statementsInside(buildModel(tree), 'sorted');

/** Whether two trees mean the same configuration. */
export const same = (a: readonly Statement[], b: readonly Statement[]): boolean =>
  JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
