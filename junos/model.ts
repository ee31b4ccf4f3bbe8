/**
 * Configuration as a tree with one word per node. Text, set commands and paths of elements are converted into each other through this tree.
 * Invariants: the words from the root to a node are its {@link Path}; a leaf has at most one value, the one that was set last.
 */
import { root as hierarchy } from './hierarchy/root.ts';
import { child, type SchemaNode } from './schema.ts';
import type { Path, Statement, Tag } from './tree.ts';

/**
 * What the word of a node is: a keyword (`container`, `list`, `leaf`, `leaf-list`, `empty-leaf`); a key of a list's entry (`entry` if it is
 * the last key, below which the entry's content stands, else `key`); the `value` of a leaf; or `unknown` to the schema.
 */
export type NodeRole =
  'container' | 'list' | 'key' | 'entry' | 'leaf' | 'leaf-list' | 'empty-leaf' | 'value' | 'unknown';

export interface Node {
  readonly word: string;
  readonly role: NodeRole;
  /** Of a keyword its own schema; of a key or a value the schema of its list or leaf. */
  readonly schema: SchemaNode | undefined;
  readonly parent: Node | undefined;
  readonly children: Map<string, Node>;
  /** Of a list or a key: how many keys follow before the content of the entry. */
  readonly keysLeft: number;
  tag?: Tag | undefined;
  /**
   * Only for a word that is unknown to the schema: the tag of the statement on one line in which the word stands, if it stands in no other statement. Nobody
   * knows then which of the words the tag is of; `tag` is at the last one.
   */
  lineTag?: Tag | undefined;
}

/** An empty configuration. */
export const emptyModel = (): Node => createNode('', 'container', hierarchy, undefined);

/** Statements as a model. Blocks that occur twice are merged, in the order of their first occurrence. */
export function buildModel(statements: readonly Statement[]): Node {
  const top = emptyModel();
  for (const statement of statements) add(top, statement);
  return top;
}

/** Merges a statement into `parent`. */
function add(parent: Node, { words, tag, list, children }: Statement): void {
  const lineTag = children === undefined && tag !== 'active' ? tag : undefined;
  const last = words.reduce((at, word) => onLine(at, word, lineTag), parent);
  if (tag !== undefined)
    setTag(children === undefined ? outermost(parent, words) : last, tag === 'active' ? undefined : tag);
  for (const word of list ?? []) ensureChild(last, word);
  for (const statement of children ?? []) add(last, statement);
}

/** The child for `word`, in a statement on one line with this tag. */
function onLine(parent: Node, word: string, tag: Tag | undefined): Node {
  const isFirst = !parent.children.has(word);
  const node = ensureChild(parent, word);
  if (node.role === 'unknown' && (isFirst || tag === undefined)) node.lineTag = tag;
  return node;
}

/** A leaf's value has no tag of its own. */
function setTag(node: Node, tag: Tag | undefined): void {
  const { parent } = node;
  if (node.role === 'value' && parent?.role === 'leaf') parent.tag = tag;
  else node.tag = tag;
}

/**
 * The node that the tag of a statement on one line is of: the first of its nodes that can be deactivated alone. The tag of `inactive: mtu 1500;` is of the
 * leaf and not of its value, that of `inactive: then accept;` is of the container, and that of `inactive: route 192.0.2.0/24 next-hop 198.51.100.1;` is of
 * the route.
 */
function outermost(parent: Node, words: readonly string[]): Node {
  let at = parent;
  for (const word of words) {
    at = ensureChild(at, word);
    const isWhole = ['container', 'entry', 'leaf', 'leaf-list', 'empty-leaf'].includes(at.role);
    if (isWhole && at.schema?.inline !== 'always') break;
  }
  return at;
}

/** The child for `word`, which is made if there is none. */
export function ensureChild(parent: Node, word: string): Node {
  const present = parent.children.get(word);
  if (present !== undefined) return present;
  const sibling =
    parent.role === 'value' || parent.role === 'empty-leaf' ? siblingOfLeaf(parent, word) : undefined;
  if (sibling !== undefined) return sibling;
  const made = newChild(parent, word);
  if (parent.role === 'leaf') parent.children.clear();
  parent.children.set(word, made);
  return made;
}

/** A known keyword behind a leaf's value, or behind an empty leaf, is a sibling of that leaf: `hold-time up 0 down 100`. */
function siblingOfLeaf(leaf: Node, word: string): Node | undefined {
  const holder = leaf.role === 'empty-leaf' ? leaf.parent : leaf.parent?.parent;
  return holder !== undefined && child(holder.schema, word) !== undefined
    ? ensureChild(holder, word)
    : undefined;
}

function newChild(parent: Node, word: string): Node {
  const { role, schema } = parent;
  if (schema === undefined || role === 'unknown' || role === 'value' || role === 'empty-leaf')
    return createNode(word, 'unknown', undefined, parent);
  if (role === 'leaf' || role === 'leaf-list') return createNode(word, 'value', schema, parent);
  if (role === 'list' || role === 'key') {
    const keysLeft = parent.keysLeft - 1;
    return createNode(word, keysLeft === 0 ? 'entry' : 'key', schema, parent, keysLeft);
  }
  const known = child(schema, word);
  if (known !== undefined)
    return createNode(word, known.kind, known, parent, known.kind === 'list' ? known.keys.length : 0);
  if (schema.entry !== undefined) return createNode(word, 'entry', schema.entry.node, parent);
  return createNode(word, 'unknown', undefined, parent);
}

const createNode = (
  word: string,
  role: NodeRole,
  schema: SchemaNode | undefined,
  parent: Node | undefined,
  keysLeft = 0,
): Node => ({
  word,
  role,
  schema,
  parent,
  children: new Map(),
  keysLeft,
});

/** The node at `path`, if there is one. */
export function nodeAt(from: Node, path: Path): Node | undefined {
  let at: Node | undefined = from;
  for (const word of path) at = at?.children.get(word);
  return at;
}

/** The words from the root to this node. */
export function pathOf(node: Node): string[] {
  const path: string[] = [];
  for (let at = node; at.parent !== undefined; at = at.parent) path.push(at.word);
  return path.reverse();
}

/** Whether the order of the node's children is the operator's, and means something. */
export const ordersChildren = ({ role, schema }: Node): boolean =>
  (role === 'list' || role === 'key' || role === 'leaf-list') && schema?.ordered === true;

/** Whether it is a container without content that Junos drops. Junos keeps those with a tag, and those that mean something when empty. */
export const isVoid = (node: Node): boolean =>
  node.role === 'container' &&
  node.tag === undefined &&
  node.schema?.presence !== true &&
  [...node.children.values()].every(isVoid);

/** The role of each word of a path: of `interfaces ae0 unit 5` they are container, entry, list, entry. */
export function rolesOf(path: Path): NodeRole[] {
  const roles: NodeRole[] = [];
  path.reduce((parent, word) => {
    const made = ensureChild(parent, word);
    roles.push(made.role);
    return made;
  }, emptyModel());
  return roles;
}
