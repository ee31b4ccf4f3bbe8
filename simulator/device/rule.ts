/** What the router knows about a statement: its form, how many words name it, what may stand inside. */

/** `block`: braces. `leaf`: one value. `list`: values that add up. `flag`: the keyword alone. `open`: not modelled, kept as written. */
export type Form = 'block' | 'leaf' | 'list' | 'flag' | 'open';

export interface Rule {
  readonly form: Form;
  /** Words after the keyword that belong to the name of a block: 1 for `unit 1025`. */
  readonly keys: number;
  readonly children: Readonly<Record<string, Rule>>;
  /** The rule of children that begin with a name of their own instead of a keyword: `ae0` in `interfaces`. */
  readonly items?: Rule;
  /** The items' element name in XML: `interface` in `interfaces`. */
  readonly itemElement?: string;
  /** The order among siblings of this keyword is the user's and means something. */
  readonly ordered: boolean;
  /** Of all siblings with the same choice there is only one: `accept`, `discard`. */
  readonly choice?: string;
  /** Means something without anything inside (`preempt;`); other blocks without a name vanish when they are empty. */
  readonly presence: boolean;
  /** Printed on one line with its only child, as `then accept;`. */
  readonly flat: boolean;
  /** The key is an element of its own in XML: `<family><inet>`. */
  readonly nestedKey: boolean;
  /** A leaf's value has an element of its own in XML: `<input><filter-name>`. */
  readonly valueElement?: string;
}

type Extra = Partial<Omit<Rule, 'form' | 'children'>>;

const rule = (form: Form, children: Readonly<Record<string, Rule>> = {}, extra: Extra = {}): Rule => ({
  form,
  keys: 0,
  ordered: false,
  flat: false,
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
export const open: Rule = rule('open');

/** `under('then', rule)`: for keywords that look odd as a property. */
export const under = (keyword: string, rule: Rule): Readonly<Record<string, Rule>> => ({ [keyword]: rule });

/** In every block. */
const EVERYWHERE: Readonly<Record<string, Rule>> = {
  'apply-groups': list({ ordered: true }),
  'apply-groups-except': list(),
};

/** The rule for a statement that begins with this word, inside a block with `parent`'s rule; undefined when the router knows none. */
export function ruleOf(parent: Rule, keyword: string): Rule | undefined {
  if (parent.form === 'open') return open;
  if (Object.hasOwn(EVERYWHERE, keyword)) return EVERYWHERE[keyword];
  return Object.hasOwn(parent.children, keyword) ? parent.children[keyword] : parent.items;
}

const ranks = new WeakMap<Rule, ReadonlyMap<string, number>>();

/** Where among its siblings a statement with this keyword stands; names come last, and all the same. */
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
