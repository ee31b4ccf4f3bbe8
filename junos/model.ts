/**
 * Configuration as a tree with one word per node, which is what a `set` path walks along. Text, set lines and elements convert through it.
 * Invariants: the words from the root to a node are its {@link Path}; a `value` node holds at most one datum (the last one given).
 */
import { root as hierarchy } from './hierarchy/root.ts';
import { child, type SchemaNode } from './schema.ts';
import type { Path, Statement, Tag } from './tree.ts';

/**
 * What the word of a node is: a keyword (`container`, `list`, `value`, `values`, `flag`), one of a list entry's names but the last
 * (`name`), the last one, under which the entry's content stands (`entry`), a leaf's value (`datum`), or not in the table (`unknown`).
 */
type Role = 'container' | 'list' | 'name' | 'entry' | 'value' | 'values' | 'flag' | 'datum' | 'unknown';

export interface Node {
  readonly word: string;
  readonly role: Role;
  /** The keyword's own node of the table; of names and data, that of their list or leaf. */
  readonly schema: SchemaNode | undefined;
  readonly parent: Node | undefined;
  readonly children: Map<string, Node>;
  /** Names still to come before the content of a list's entry begins. */
  readonly names: number;
  tag?: Tag | undefined;
}

/** An empty configuration. */
export const emptyModel = (): Node => node('', 'container', hierarchy, undefined);

/** Statements as a model; blocks that occur twice are merged, in the order of their first occurrence. */
export function build(statements: readonly Statement[]): Node {
  const top = emptyModel();
  for (const statement of statements) add(top, statement);
  return top;
}

/** Merges one statement into `parent` and returns the node of its last word. */
function add(parent: Node, { words, tag, list, children }: Statement): Node {
  const last = words.reduce(step, parent);
  if (tag !== undefined) setTag(last, tag === 'active' ? undefined : tag);
  for (const word of list ?? []) step(last, word);
  for (const statement of children ?? []) add(last, statement);
  return last;
}

/** Puts a tag on what a statement's last word stands for: `inactive: mtu 1500;` is the leaf, not the number in it. */
function setTag(last: Node, tag: Tag | undefined): void {
  const { parent } = last;
  if (last.role === 'datum' && parent?.role === 'value') parent.tag = tag;
  else last.tag = tag;
}

/** The child for `word`, made when it is not there yet. */
export function step(parent: Node, word: string): Node {
  const present = parent.children.get(word);
  if (present !== undefined) return present;
  const sibling = parent.role === 'datum' || parent.role === 'flag' ? oneLiner(parent, word) : undefined;
  if (sibling !== undefined) return sibling;
  const made = describe(parent, word);
  if (parent.role === 'value') parent.children.clear();
  parent.children.set(word, made);
  return made;
}

/** `hold-time up 0 down 100`: a known keyword after a leaf is the leaf's sibling. */
function oneLiner(leaf: Node, word: string): Node | undefined {
  const holder = leaf.role === 'flag' ? leaf.parent : leaf.parent?.parent;
  return holder !== undefined && child(holder.schema, word) !== undefined ? step(holder, word) : undefined;
}

function describe(parent: Node, word: string): Node {
  const { role, schema } = parent;
  if (schema === undefined || role === 'unknown' || role === 'datum' || role === 'flag')
    return node(word, 'unknown', undefined, parent);
  if (role === 'value' || role === 'values') return node(word, 'datum', schema, parent);
  if (role === 'list' || role === 'name') {
    const names = parent.names - 1;
    return node(word, names === 0 ? 'entry' : 'name', schema, parent, names);
  }
  const known = child(schema, word);
  if (known !== undefined)
    return node(word, known.sort, known, parent, known.sort === 'list' ? known.keys.length : 0);
  if (schema.entry !== undefined) return node(word, 'entry', schema.entry.node, parent);
  return node(word, 'unknown', undefined, parent);
}

const node = (
  word: string,
  role: Role,
  schema: SchemaNode | undefined,
  parent: Node | undefined,
  names = 0,
): Node => ({
  word,
  role,
  schema,
  parent,
  children: new Map(),
  names,
});

/** The node at `path`, if it is there. */
export function descend(from: Node, path: Path): Node | undefined {
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

/** Whether the node's children have an order of the operator's. */
export const ordersChildren = ({ role, schema }: Node): boolean =>
  (role === 'list' || role === 'name' || role === 'values') && schema?.ordered === true;

/** An empty container that Junos would not keep: only containers with a meaning of their own and tagged ones stay. */
export const isVoid = (node: Node): boolean =>
  node.role === 'container' &&
  node.tag === undefined &&
  node.schema?.presence !== true &&
  [...node.children.values()].every(isVoid);

/** The role of each word of a path: `interfaces ae0 unit 5` is container, entry, list, entry. */
export function rolesOf(path: Path): Role[] {
  const roles: Role[] = [];
  path.reduce((parent, word) => {
    const made = step(parent, word);
    roles.push(made.role);
    return made;
  }, emptyModel());
  return roles;
}
