/** A configuration without some of its parts, and without the containers that these leave empty. */
import { buildModel, nodeAt, type Node } from './model.ts';
import { pathKey, within } from './select.ts';
import { statementsInside } from './statements.ts';
import type { Path, Statement } from './tree.ts';

/**
 * The tree without what stands at and below these paths, and without the containers that held nothing else. A container that `texts` have stays:
 * it is theirs.
 */
export function without(
  tree: readonly Statement[],
  paths: readonly Path[],
  texts: readonly Statement[],
): readonly Statement[] {
  const model = buildModel(tree);
  const kept = buildModel(texts);
  for (const path of paths) {
    if (!removeAt(model, path)) continue;
    for (let length = path.length - 1; length > 0; length -= 1) {
      const container = path.slice(0, length);
      const node = nodeAt(model, container);
      if (node === undefined || node.children.size > 0 || node.tag !== undefined) break;
      if (nodeAt(kept, container) !== undefined) break;
      removeAt(model, container);
    }
  }
  return statementsInside(model, 'junos');
}

export interface Going {
  /** What is deleted. */
  readonly paths: readonly Path[];
  /** Stanzas of parents. Only containers strictly inside one of them are meant. */
  readonly inside: readonly Path[];
  /** Texts that stay. A container that one of them has is left. */
  readonly staying: readonly Statement[];
}

/**
 * The containers that hold nothing any more once `paths` are deleted; of containers inside each other only the outermost one. A router drops most of them by
 * itself, but not those that mean something when they are empty: `family inet;`.
 */
export function emptied(standing: readonly Statement[], { paths, inside, staying }: Going): readonly Path[] {
  const model = buildModel(standing);
  const kept = buildModel(staying);
  const gone = paths.filter((path) => removeAt(model, path));
  const way = new Set(gone.flatMap((path) => path.map((_, length) => pathKey(path.slice(0, length)))));
  const isHollow = (node: Node, path: Path): boolean =>
    way.has(pathKey(path)) &&
    node.tag === undefined &&
    [...node.children.values()].every((child) => isHollow(child, [...path, child.word]));
  const found = new Map<string, Path>();
  for (const path of gone) {
    const outer = inside.filter((stanza) => stanza.length < path.length && within(path, stanza));
    const from = Math.max(...outer.map(({ length }) => length));
    if (outer.length === 0) continue;
    for (let length = from + 1; length < path.length; length += 1) {
      const container = path.slice(0, length);
      const node = nodeAt(model, container);
      if (node === undefined || !isNameable(node)) continue;
      if (nodeAt(kept, container) !== undefined || !isHollow(node, container)) continue;
      found.set(pathKey(container), container);
      break;
    }
  }
  return [...found.values()];
}

/** Whether a command can delete the node by its path: not `family` of `family inet`, and no list with all of its entries. */
function isNameable({ role, schema }: Node): boolean {
  return !['list', 'key', 'leaf-list', 'leaf'].includes(role) && schema?.inline !== 'always';
}

/** Removes the node at `path`. Returns whether there was one. */
function removeAt(model: Node, path: Path): boolean {
  return nodeAt(model, path.slice(0, -1))?.children.delete(path.at(-1) ?? '') === true;
}
