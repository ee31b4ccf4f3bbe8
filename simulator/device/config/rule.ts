/**
 * The grammar of a configuration: which form a statement has, how many words name it, and what may be inside. The forms
 * are those of Junos's hierarchy (YANG's terms in brackets, RFC 7950).
 */

/**
 * `block`: braces (container, list). `leaf`: one value. `list`: values that add up (leaf-list). `flag`: the keyword
 * alone (empty leaf). `opaque`: a part that the simulator does not model and keeps as it is written (anydata).
 */
export type Form = 'block' | 'leaf' | 'list' | 'flag' | 'opaque';

export interface Rule {
  readonly form: Form;
  /** How many words after the keyword belong to a block's name: 1 for `unit 1025`. */
  readonly keys: number;
  readonly children: Readonly<Record<string, Rule>>;
  /** The rule of children that begin with a name of their own instead of a keyword: `ae0` in `interfaces`. */
  readonly items?: Rule;
  /** The items' element name in XML: `interface` in `interfaces`. */
  readonly itemElement?: string;
  /** The user decides the order among siblings with this keyword, and the order has a meaning. */
  readonly ordered: boolean;
  /**
   * The router's own order among siblings with this keyword. `ports first`: interfaces of a slot (`ge-0/0/1.122`) before others (`ae0.1025`),
   * each sort by name. Absent: as they came.
   */
  readonly sort?: 'ports first';
  /** Of all siblings with the same choice only one can exist: `accept`, `discard`. */
  readonly choice?: string;
  /** The block has a meaning when it is empty (`preempt;`). Other blocks without a name vanish when they are empty. */
  readonly presence: boolean;
  /** A block with a single child is printed on one line: `then accept;`. */
  readonly oneLine: boolean;
  /** The key is an element of its own in XML: `<family><inet>`. */
  readonly nestedKey: boolean;
  /** A leaf's value has an element of its own in XML: `<input><filter-name>`. */
  readonly valueElement?: string;
  /** A leaf's value is stored scrambled, and shown so, with a comment. */
  readonly secret?: boolean;
}

type Extra = Partial<Omit<Rule, 'form' | 'children'>>;

const rule = (form: Form, children: Readonly<Record<string, Rule>> = {}, extra: Extra = {}): Rule => ({
  form,
  keys: 0,
  ordered: false,
  oneLine: false,
  presence: false,
  nestedKey: false,
  ...extra,
  children,
});

export const block = (children: Readonly<Record<string, Rule>>, extra: Extra = {}): Rule =>
  rule('block', children, extra);
/** A block with a name: `unit 1025 { … }`. */
export const named = (children: Readonly<Record<string, Rule>>, extra: Extra = {}): Rule =>
  rule('block', children, { keys: 1, ...extra });
export const leaf = (extra: Extra = {}): Rule => rule('leaf', {}, extra);
export const list = (extra: Extra = {}): Rule => rule('list', {}, extra);
export const flag = (choice?: string): Rule => rule('flag', {}, choice === undefined ? {} : { choice });
export const opaque: Rule = rule('opaque');

/** Write `...under('then', rule)` instead of `then: rule`: lint takes an object with a literal `then` for a promise. */
export const under = (keyword: string, rule: Rule): Readonly<Record<string, Rule>> => ({ [keyword]: rule });

/** The same rule for each of these keywords. */
export const all = (keywords: readonly string[], rule: Rule): Readonly<Record<string, Rule>> =>
  Object.fromEntries(keywords.map((keyword) => [keyword, rule]));

/** Keywords that every block knows. */
const EVERYWHERE: Readonly<Record<string, Rule>> = {
  'apply-groups': list({ ordered: true }),
  'apply-groups-except': list(),
  // Data for scripts: the router itself makes nothing of it.
  'apply-macro': named({}, { items: opaque }),
};

/** The rule of a statement that begins with `keyword` inside a block with the rule `parent`; undefined when there is none. */
export function ruleOf(parent: Rule, keyword: string): Rule | undefined {
  if (parent.form === 'opaque') return opaque;
  if (Object.hasOwn(EVERYWHERE, keyword)) return EVERYWHERE[keyword];
  return Object.hasOwn(parent.children, keyword) ? parent.children[keyword] : parent.items;
}

const ranks = new WeakMap<Rule, ReadonlyMap<string, number>>();

/** The place of a keyword among its siblings in the hierarchy. All names have the same place, the last one. */
export function rankOf(parent: Rule, keyword: string): number {
  let known = ranks.get(parent);
  if (!known) {
    known = new Map(
      [...Object.keys(EVERYWHERE), ...Object.keys(parent.children)].map((word, rank) => [word, rank]),
    );
    ranks.set(parent, known);
  }
  return known.get(keyword) ?? known.size;
}

/** How many words make the head of a block: the keyword and its keys, or the name alone. */
export function headLength(rule: Rule): number {
  return 1 + rule.keys;
}
