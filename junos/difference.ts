/**
 * Compares what stands on a router with a text that shall stand there, statement by statement. Others have statements of their own in the same stanzas.
 * Those are no difference. Invariants: (1) if there is no difference, every statement of the text stands as written, and nothing stands that `base` has and
 * the text lacks; (2) a container in which a statement of others lies is never surplus.
 *
 * A router does not tell who wrote what. An empty entry that has content in `base` counts as `base`'s: somebody has taken its content away.
 */
import { buildModel, emptyModel, isVoid, nodeAt, ordersChildren, pathOf, type Node } from './model.ts';
import { unscrambled } from './secrets.ts';
import { leaves, within } from './select.ts';
import type { Path, Statement, Tag } from './tree.ts';

export interface Texts {
  /** What shall stand. */
  readonly target: readonly Statement[];
  /** What may stand, and has to go if `target` lacks it. Several texts may stand one behind the other: a leaf may have another value in each. */
  readonly base: readonly Statement[];
  /** The stanzas of all these texts. */
  readonly owns: readonly Path[];
}

/** The entries of a list whose order the operator decides: those of the target, and those that stand. */
export interface Order {
  readonly list: Path;
  readonly wanted: readonly string[];
  readonly standing: readonly string[];
}

export interface Difference {
  /** What stands, with the words of `target` or `base` in place of the scrambled ones, which are a router's forms of secrets. */
  readonly standing: Node;
  /** All statements of the target. */
  readonly statements: readonly Path[];
  /** Statements of the target that don't stand. A leaf with another value is one of them. */
  readonly missing: readonly Path[];
  /** What has to be deleted, each container as a whole if possible. */
  readonly surplus: readonly Path[];
  /** Values that stand, but not in the target's order. A router adds values at the end only. */
  readonly misplaced: readonly Path[];
  /** What stands of the target, but with a tag: a text has no tags. Each is a statement, or a container at or below an owned stanza. */
  readonly tagged: readonly { readonly path: Path; readonly tag: Tag }[];
  readonly orders: readonly Order[];
  /** The words that count as the target's secrets. */
  readonly scrambled: readonly Path[];
  /** Leaves that hold a scrambled word, and for which `base` has another secret than the target: nobody can tell which one it is. */
  readonly unsure: readonly Path[];
}

export function differenceOf(printed: readonly Statement[], { target, base, owns }: Texts): Difference {
  const wanted = buildModel(target);
  const texts = base.map((statement) => buildModel([statement]));
  const scrambled: Path[] = [];
  const standing = texts.reduce(
    (read, text) => unscrambled(read, text, []),
    unscrambled(buildModel(printed), wanted, scrambled),
  );
  const ours = emptyModel();
  for (const text of texts) mix(ours, text);
  const statements = leaves(wanted).map(pathOf);
  const unsure = scrambled
    .map((path) => path.slice(0, -1))
    .filter((leaf) => {
      const secrets = nodeAt(wanted, leaf)?.children;
      return [...(nodeAt(ours, leaf)?.children.keys() ?? [])].some((secret) => secrets?.has(secret) !== true);
    });
  const parts = [...owned(wanted, standing, [], owns)];
  return {
    standing,
    statements,
    missing: statements.filter((path) => find(standing, path) === undefined),
    surplus: [...surplus(standing, ours, wanted, [], owns)],
    misplaced: parts.flatMap(misplaced),
    tagged: parts.flatMap(tagOf),
    orders: parts.flatMap(orderOf),
    scrambled,
    unsure,
  };
}

/** The node at `path`, if it is printed. */
export function find(from: Node, path: Path): Node | undefined {
  const node = nodeAt(from, path);
  return node === undefined || isVoid(node) ? undefined : node;
}

/** What is printed inside of a node. */
export const inside = (node: Node): Node[] => [...node.children.values()].filter((child) => !isVoid(child));

/** Adds all of a model to another one. Unlike `buildModel`, keeps each value of a leaf. */
function mix(into: Node, from: Node): void {
  for (const [word, node] of from.children) {
    const present = into.children.get(word);
    if (present === undefined) into.children.set(word, node);
    else mix(present, node);
  }
}

function* surplus(
  standing: Node,
  base: Node,
  target: Node | undefined,
  path: Path,
  owns: readonly Path[],
): Generator<Path> {
  for (const node of inside(standing)) {
    const ours = find(base, [node.word]);
    if (ours === undefined) continue;
    const kept = target && find(target, [node.word]);
    const at = [...path, node.word];
    const mayGo = isOwned(at, owns) && isAllIn(node, ours);
    const [value] = node.role === 'leaf' && kept !== undefined ? inside(node) : [];
    if (value !== undefined && kept?.children.has(value.word) === false) {
      // `set` replaces a value, but not what stands behind it: `autonomous-system 65000 loops 2`.
      if (mayGo && inside(value).length > 0) yield at;
    } else if (kept === undefined && mayGo && isNameable(node)) {
      yield at;
    } else {
      yield* surplus(node, ours, kept, at, owns);
    }
  }
}

const isOwned = (path: Path, owns: readonly Path[]): boolean => owns.some((owner) => within(path, owner));

function isAllIn(node: Node, base: Node): boolean {
  return inside(node).every((child) => {
    const ours = find(base, [child.word]);
    return ours !== undefined && isAllIn(child, ours);
  });
}

/** Whether a command can name the node without what is inside: not `family` of `family inet`, and no list with all of its entries. */
function isNameable(node: Node): boolean {
  if (inside(node).length === 0) return true;
  return !['list', 'key', 'leaf-list'].includes(node.role) && node.schema?.inline !== 'always';
}

interface Part {
  readonly path: Path;
  readonly wanted: Node;
  readonly found: Node | undefined;
}

/** The nodes of the target at or below its stanzas, each with the one that stands there. */
function* owned(
  target: Node,
  standing: Node | undefined,
  path: Path,
  owns: readonly Path[],
): Generator<Part> {
  for (const wanted of inside(target)) {
    const at = [...path, wanted.word];
    const found = standing && find(standing, [wanted.word]);
    if (isOwned(at, owns)) yield { path: at, wanted, found };
    yield* owned(wanted, found, at, owns);
  }
}

function tagOf({ path, wanted, found }: Part): Difference['tagged'] {
  // Of a statement that is unknown to the schema, others may have written more words behind ours, and have deactivated it as a whole.
  const tag = found?.tag ?? (inside(wanted).length === 0 ? found?.lineTag : undefined);
  return tag === undefined ? [] : [{ path, tag }];
}

const words = (node: Node | undefined): string[] =>
  node === undefined ? [] : inside(node).map(({ word }) => word);

/** Values that stand in another order than the target's. A value can stay only if all values in front of it are right. */
function misplaced({ path, wanted, found }: Part): Path[] {
  if (wanted.role !== 'leaf-list' || !ordersChildren(wanted)) return [];
  const standing = words(found);
  let last = -1;
  const values = words(wanted);
  const first = values.findIndex((value) => {
    const at = standing.indexOf(value, last + 1);
    last = Math.max(last, at);
    return at < 0;
  });
  if (first < 0) return [];
  return values
    .slice(first)
    .filter((value) => standing.includes(value))
    .map((value) => [...path, value]);
}

function orderOf({ path, wanted, found }: Part): Order[] {
  if (wanted.role !== 'list' || wanted.keysLeft !== 1 || !ordersChildren(wanted)) return [];
  return [{ list: path, wanted: words(wanted), standing: words(found) }];
}
