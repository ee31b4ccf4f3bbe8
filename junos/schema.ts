/**
 * What a word of the hierarchy is. Junos's flat `set` paths and its text omit what the XML says (which word is a container, which the
 * name of a list entry, which a value); this table knows it for the part of the hierarchy that gateways live in (`hierarchy/`).
 *
 * **Fallback.** Below a place that the table does not know, every word is a node of its own and values accumulate instead of replacing
 * each other. Text, set lines and trees still convert into each other without loss; only elements (XML) are a guess there.
 */

/** container `inet { … }`, list entry `unit 0 { … }`, leaf `mtu 1500;`, leaf that repeats `export [ A B ];`, flag `accept;`. */
type Sort = 'container' | 'list' | 'value' | 'values' | 'flag';

export interface SchemaNode {
  readonly sort: Sort;
  /** What may stand inside, by keyword. A function, as the hierarchy is recursive (`groups` holds everything again). */
  readonly children: () => Readonly<Record<string, SchemaNode>>;
  /** The list whose entries stand in this node without a keyword, and its element: `interfaces { ae0 … }` is `<interface><name>ae0`. */
  readonly entry?: { readonly element: string; readonly node: SchemaNode };
  /** Element when it is not the keyword. */
  readonly element?: string;
  /** Elements of a list entry's names, or, of a value, the element inside the keyword's own that holds it (`<input><filter-name>`). */
  readonly keys: readonly string[];
  /** List printed as `keyword { A { … } B; }` rather than `keyword A { … } keyword B;`. */
  readonly grouped: boolean;
  /** The order of list entries, or of a leaf's values, has a meaning and is the operator's: terms, policies, apply-groups. */
  readonly ordered: boolean;
  /** Container printed on one line with its child: `family inet { … }` always, `then accept;` when it holds a single leaf. */
  readonly inline: 'always' | 'single' | 'never';
  /** Container that means something when empty: `family inet;`. */
  readonly presence: boolean;
}

type Children = Readonly<Record<string, SchemaNode>>;
type Options = Partial<Omit<SchemaNode, 'sort' | 'children'>>;

const make =
  (sort: Sort) =>
  (children: Children | (() => Children) = {}, options: Options = {}): SchemaNode => ({
    sort,
    children: typeof children === 'function' ? children : () => children,
    keys: sort === 'list' ? ['name'] : [],
    grouped: false,
    ordered: false,
    inline: 'never',
    presence: false,
    ...options,
  });

export const container = make('container');
export const list = make('list');
const leaf = (sort: Sort) => {
  const of = make(sort);
  return (options: Options = {}): SchemaNode => of({}, options);
};
export const value = leaf('value');
export const values = leaf('values');
export const flag = leaf('flag');

/** The same node under several keywords: `each(['accept', 'reject'], flag())`. */
export const each = (keywords: readonly string[], node: SchemaNode): Record<string, SchemaNode> =>
  Object.fromEntries(keywords.map((keyword) => [keyword, node]));

const anywhere: Children = { ...each(['apply-groups', 'apply-groups-except'], values({ ordered: true })) };

/** What `keyword` is inside `parent`; undefined when the table does not say. */
export function child(parent: SchemaNode | undefined, keyword: string): SchemaNode | undefined {
  if (parent === undefined || (parent.sort !== 'container' && parent.sort !== 'list')) return undefined;
  const children = parent.children();
  return Object.hasOwn(children, keyword)
    ? children[keyword]
    : Object.hasOwn(anywhere, keyword)
      ? anywhere[keyword]
      : undefined;
}
