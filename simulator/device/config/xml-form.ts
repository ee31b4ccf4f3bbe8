/** A configuration as XML, in both directions, and the filters of requests. */

import type { Statement } from '../../../junos/tree.ts';
import { escapeXml, leaf, wrap, type XmlElement } from '../xml.ts';
import type { Config } from './config.ts';
import { opaque, ruleOf, type Rule } from './rule.ts';

/** Statements as elements, one below the other. */
export function xmlOf(config: Config, rule: Rule): string {
  return join(...config.map((s) => statementXml(s, rule)));
}

function statementXml(s: Statement, parent: Rule): string {
  const [keyword = '', key] = s.words;
  const rule = ruleOf(parent, keyword) ?? opaque;
  if (rule.form === 'opaque') return opaqueXml(s);
  if (rule.form === 'flag') return wrap(keyword, '', tagAttribute(s));
  if (rule.form === 'list') return (s.list ?? []).map((value) => leafXml(s, value)).join('\n');
  if (rule.form === 'leaf') {
    if (rule.valueElement === undefined) return leafXml(s, key);
    return wrap(keyword, leaf(rule.valueElement, key ?? ''), tagAttribute(s));
  }
  const inner = xmlOf(s.children ?? [], rule);
  if (rule === parent.items) {
    if (parent.itemElement === 'name') return leafXml({ ...s, words: ['name'] }, keyword);
    return wrap(parent.itemElement ?? 'entry', join(leaf('name', keyword), inner), tagAttribute(s));
  }
  if (isUnwrapped(keyword, rule)) return inner;
  if (rule.keys === 0) return wrap(keyword, inner, tagAttribute(s));
  if (rule.nestedKey) return wrap(keyword, wrap(key ?? '', inner, tagAttribute(s)));
  return wrap(keyword, join(leaf('name', key ?? ''), inner), tagAttribute(s));
}

function leafXml(s: Statement, value = ''): string {
  const [keyword = ''] = s.words;
  const tag = s.tag === undefined ? keyword : `${keyword} ${tagAttribute(s)}`;
  return `<${tag}>${escapeXml(value)}</${keyword}>`;
}

/** In an opaque part, a block with a single empty child is taken for a word with its value. */
function opaqueXml(s: Statement): string {
  const children = s.children ?? [];
  const [only] = children;
  const hasValue = children.length === 1 && only?.children?.length === 0;
  const inner = hasValue ? escapeXml(only.words[0] ?? '') : children.map(opaqueXml).join('\n');
  const word = s.words[0] ?? '';
  // A word that cannot be an element's name becomes a name inside `entry`.
  if (!/^[A-Za-z_][\w.-]*$/.test(word))
    return wrap('entry', join(leaf('name', word), inner), tagAttribute(s));
  return hasValue ? `<${word}>${inner}</${word}>` : wrap(word, inner, tagAttribute(s));
}

function tagAttribute(s: Statement): string {
  return s.tag === 'inactive' ? 'inactive="inactive"' : '';
}

function join(...parts: readonly string[]): string {
  return parts.filter((p) => p !== '').join('\n');
}

/** Elements as statements, with their tags. They are not in canonical form yet. */
export function statementsOf(elements: readonly XmlElement[], parent: Rule): readonly Statement[] {
  return elements.map((element) => {
    const head = headOf(element, parent);
    const tagged = head?.rule.nestedKey ? (element.children[0] ?? element) : element;
    const tag = tagOf(tagged);
    const withTag = tag === undefined ? {} : { tag };
    if (!head) return { words: [element.name], ...withTag };
    if (head.rule.form === 'block' || (head.rule.form === 'opaque' && element.children.length > 0)) {
      return { words: head.words, children: statementsOf(head.inner, head.rule), ...withTag };
    }
    const text = (element.children[0] ?? element).text.trim();
    return { words: text === '' ? [element.name] : [element.name, text], ...withTag };
  });
}

interface Head {
  readonly words: readonly string[];
  readonly rule: Rule;
  /** The elements of the statement's content. */
  readonly inner: readonly XmlElement[];
}

/** The head of the statement that `element` stands for. `parent` is the rule of the block around it. Undefined when the router knows no such statement. */
function headOf(element: XmlElement, parent: Rule): Head | undefined {
  const isItem = parent.items && element.name === parent.itemElement;
  const rule = isItem ? parent.items : ruleOf(parent, element.name);
  if (!rule) return undefined;
  const name = element.children.find((c) => c.name === 'name');
  const inner = element.children.filter((c) => c !== name);
  if (rule.form === 'opaque' && name) {
    return {
      words: element.name === 'entry' ? [name.text] : [element.name, name.text.trim()],
      rule,
      inner,
    };
  }
  if (isItem)
    return { words: [name?.text.trim() ?? element.text.trim()].filter((w) => w !== ''), rule, inner };
  if (rule.form === 'block' && rule.nestedKey) {
    const [key] = element.children;
    return { words: [element.name, ...(key ? [key.name] : [])], rule, inner: key?.children ?? [] };
  }
  if (rule.form === 'block' && rule.keys > 0) {
    const key = name?.text.trim();
    return { words: [element.name, ...(key === undefined || key === '' ? [] : [key])], rule, inner };
  }
  if (name && isUnwrapped(element.name, rule)) return { words: [element.name], rule, inner: [element] };
  return { words: [element.name], rule, inner: element.children };
}

/** No element surrounds all configuration groups: `<groups><name>G</name>…</groups>` is one group. */
function isUnwrapped(keyword: string, { itemElement }: Rule): boolean {
  return itemElement === keyword;
}

/** The tag for each value of the standard attribute `operation` (RFC 6241 §7.2). */
const TAGS = {
  delete: 'delete',
  remove: 'delete',
  replace: 'replace',
  merge: undefined,
  create: undefined,
} as const;

/** The tag of an element: by Junos's own attributes, or else by the standard one. */
function tagOf({ attributes }: XmlElement): Statement['tag'] {
  if (attributes['delete'] !== undefined) return 'delete';
  if (attributes['inactive'] !== undefined) return 'inactive';
  if (attributes['active'] !== undefined) return 'active';
  if (attributes['replace'] !== undefined) return 'replace';
  const { operation } = attributes;
  return operation !== undefined && Object.hasOwn(TAGS, operation)
    ? TAGS[operation as keyof typeof TAGS]
    : undefined;
}

/** The part of a configuration that a filter selects. A name selects one entry, an element without content a whole block. */
export function selected(config: Config, filter: readonly XmlElement[], parent: Rule): Config {
  if (filter.length === 0) return config;
  return config.flatMap((s): Config => {
    const rule = ruleOf(parent, s.words[0] ?? '') ?? opaque;
    const matching = filter.flatMap((element) => {
      const head = headOf(element, parent);
      return head?.rule === rule && head.words.every((w, i) => s.words[i] === w) ? [head] : [];
    });
    if (matching.length === 0) return [];
    if (matching.some((w) => w.inner.length === 0) || !s.children || rule.form !== 'block') return [s];
    const filterInside = matching.flatMap((head) => head.inner);
    const children = selected(s.children, filterInside, rule);
    const hasName = rule.keys > 0 || rule === parent.items;
    return children.length > 0 || hasName ? [{ ...s, children }] : [];
  });
}
