import { build, descend, pathOf, isVoid, type Node } from './model.ts';
import { inside, statements } from './statements.ts';
import type { Path, Statement } from './tree.ts';

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

/**
 * The statement at `path` in Junos's grouping: a named entry, a container, or a leaf (`['interfaces', 'ae0', 'mtu']` gives `mtu 9000`); of
 * a list's keyword the first entry. Undefined where nothing stands. `path`: at least one word.
 */
export function at(tree: readonly Statement[], path: Path): Statement | undefined {
  const node = descend(build(tree), path);
  if (node === undefined) return undefined;
  return statements(node, 'junos', leading(node))[0];
}

/** The path of each leaf (and empty block), in the order given; the words after `set` in Junos's set form. */
export function paths(tree: readonly Statement[]): string[][] {
  return leaves(build(tree)).map(pathOf);
}

/** The deepest nodes of a model, empty containers that Junos drops left out. */
function leaves(node: Node): Node[] {
  const children = [...node.children.values()].filter((child) => !isVoid(child));
  if (children.length > 0) return children.flatMap(leaves);
  return node.parent === undefined ? [] : [node];
}

/** Whether `path` is `owner` or lies below it. */
export const within = (path: Path, owner: Path): boolean =>
  path.length >= owner.length && owner.every((word, index) => path[index] === word);

/** One form for each meaning: merged, one node per statement, sorted except where the order is the operator's. Idempotent. */
const canonical = (tree: readonly Statement[]): Statement[] => inside(build(tree), 'sorted');

/** Whether two trees mean the same configuration. */
export const same = (a: readonly Statement[], b: readonly Statement[]): boolean =>
  JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
