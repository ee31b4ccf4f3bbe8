/**
 * The role of each word of the configuration: container, key of a list's entry, value (YANG's terms, RFC 7950). XML shows these roles; text
 * and set commands don't. The schema knows them for the part of the hierarchy that gateways use (`hierarchy/`).
 *
 * **Unknown statements.** Below a word that the schema doesn't know, every word is a node of its own, and a second value stands beside the
 * first one. Text and set commands are still turned into each other without loss; only elements (XML) are a guess.
 */

/** Container `inet { … }`, list `unit 0 { … }`, leaf `mtu 1500;`, leaf-list `export [ A B ];`, leaf without a value `accept;`. */
type NodeKind = 'container' | 'list' | 'leaf' | 'leaf-list' | 'empty-leaf';

export interface SchemaNode {
  readonly kind: NodeKind;
  /** What may stand inside, by keyword. A function, because the hierarchy is recursive: `groups` holds all of it again. */
  readonly children: () => Readonly<Record<string, SchemaNode>>;
  /** A list whose entries stand inside without a keyword, and its element: `interfaces { ae0 … }` is `<interface><name>ae0`. */
  readonly entry?: { readonly element: string; readonly node: SchemaNode };
  /** The element in XML, if it is not the keyword. */
  readonly element?: string;
  /** Of a list: the elements of its keys. Of a leaf: the element of the value, if it is within the keyword's: `<input><filter-name>`. */
  readonly keys: readonly string[];
  /** Whether Junos prints the list as `keyword { A { … } B; }`, not as `keyword A { … } keyword B;`. */
  readonly grouped: boolean;
  /** Whether the order of the entries or values is the operator's, and means something: terms, policies, apply-groups. */
  readonly ordered: boolean;
  /** Whether Junos prints the container on one line with its child: `family inet { … }` always, `then accept;` if it holds a single leaf. */
  readonly inline: 'always' | 'single' | 'never';
  /** Whether the container means something when it is empty: `family inet;`. */
  readonly presence: boolean;
}

type Children = Readonly<Record<string, SchemaNode>>;
type Options = Partial<Omit<SchemaNode, 'kind' | 'children'>>;

const make =
  (kind: NodeKind) =>
  (children: Children | (() => Children) = {}, options: Options = {}): SchemaNode => ({
    kind,
    children: typeof children === 'function' ? children : () => children,
    keys: kind === 'list' ? ['name'] : [],
    grouped: false,
    ordered: false,
    inline: 'never',
    presence: false,
    ...options,
  });

export const container = make('container');
export const list = make('list');
const makeChildless = (kind: NodeKind) => {
  const of = make(kind);
  return (options: Options = {}): SchemaNode => of({}, options);
};
export const leaf = makeChildless('leaf');
export const leafList = makeChildless('leaf-list');
export const emptyLeaf = makeChildless('empty-leaf');

/** The same schema for several keywords: `each(['accept', 'reject'], emptyLeaf())`. */
export const each = (keywords: readonly string[], node: SchemaNode): Record<string, SchemaNode> =>
  Object.fromEntries(keywords.map((keyword) => [keyword, node]));

const anywhere: Children = {
  ...each(['apply-groups', 'apply-groups-except'], leafList({ ordered: true })),
  'apply-macro': list(),
};

/** The schema of `keyword` inside of `parent`; `undefined` if it is not known. */
export function child(parent: SchemaNode | undefined, keyword: string): SchemaNode | undefined {
  if (parent === undefined || (parent.kind !== 'container' && parent.kind !== 'list')) return undefined;
  const children = parent.children();
  return Object.hasOwn(children, keyword)
    ? children[keyword]
    : Object.hasOwn(anywhere, keyword)
      ? anywhere[keyword]
      : undefined;
}
