/** The configuration as XML, both ways, and filters on it. */

import type { Statement } from '../../junos/tree.ts';
import type { Config } from './config.ts';
import { open, ruleOf, type Rule } from './rule.ts';
import { escapeXml, leaf, wrap, type XmlElement } from './xml.ts';

const attribute = (s: Statement): string => (s.tag === 'inactive' ? 'inactive="inactive"' : '');

/** A word as an element name; what cannot be one becomes a name inside `entry`. */
function asElement(word: string, inner: string, isValue: boolean, attributes: string): string {
  if (!/^[A-Za-z_][\w.-]*$/.test(word)) return wrap('entry', join(leaf('name', word), inner), attributes);
  return isValue ? `<${word}>${inner}</${word}>` : wrap(word, inner, attributes);
}

/** A part that is not modelled: what is inside a word is taken for its value when it is a single one. */
function openXml(s: Statement): string {
  const children = s.children ?? [];
  const [only] = children;
  const isValue = children.length === 1 && only?.children?.length === 0;
  const inner = isValue ? escapeXml(only.words[0] ?? '') : children.map(openXml).join('\n');
  return asElement(s.words[0] ?? '', inner, isValue, attribute(s));
}

function statementXml(s: Statement, parent: Rule): string {
  const [keyword = '', key] = s.words;
  const rule = ruleOf(parent, keyword) ?? open;
  if (rule.form === 'open') return openXml(s);
  if (rule.form === 'flag') return wrap(keyword, '', attribute(s));
  if (rule.form === 'list') return (s.list ?? []).map((v) => leaf(keyword, v)).join('\n');
  if (rule.form === 'leaf') {
    const value = escapeXml(key ?? '');
    return rule.valueElement === undefined
      ? `<${keyword}>${value}</${keyword}>`
      : wrap(keyword, `<${rule.valueElement}>${value}</${rule.valueElement}>`);
  }
  const inner = xmlOf(s.children ?? [], rule);
  if (rule === parent.items) {
    const name = leaf('name', keyword);
    return parent.itemElement === 'name'
      ? name
      : wrap(parent.itemElement ?? 'entry', join(name, inner), attribute(s));
  }
  if (rule.keys === 0) return wrap(keyword, inner, attribute(s));
  if (rule.nestedKey) return wrap(keyword, wrap(key ?? '', inner, attribute(s)));
  return wrap(keyword, join(leaf('name', key ?? ''), inner), attribute(s));
}

const join = (...parts: readonly string[]): string => parts.filter((p) => p !== '').join('\n');

/** The statements as elements, one below the other. */
export function xmlOf(config: Config, rule: Rule): string {
  return join(...config.map((s) => statementXml(s, rule)));
}

/** The item rule's element, or a keyword's: how an element inside a block with this rule is written as words. */
interface Meaning {
  readonly words: readonly string[];
  readonly rule: Rule;
  /** The elements that stand for what is inside. */
  readonly inner: readonly XmlElement[];
}

function meaning(element: XmlElement, parent: Rule): Meaning | undefined {
  const isItem = parent.items && element.name === parent.itemElement;
  const rule = isItem ? parent.items : ruleOf(parent, element.name);
  if (!rule) return undefined;
  const named = element.children.find((c) => c.name === 'name');
  const inner = element.children.filter((c) => c !== named);
  if (rule.form === 'open' && named) {
    return {
      words: element.name === 'entry' ? [named.text] : [element.name, named.text.trim()],
      rule,
      inner,
    };
  }
  if (isItem)
    return { words: [named?.text.trim() ?? element.text.trim()].filter((w) => w !== ''), rule, inner };
  if (rule.form === 'block' && rule.nestedKey) {
    const [key] = element.children;
    return { words: [element.name, ...(key ? [key.name] : [])], rule, inner: key?.children ?? [] };
  }
  if (rule.form === 'block' && rule.keys > 0) {
    const key = named?.text.trim();
    return { words: [element.name, ...(key === undefined || key === '' ? [] : [key])], rule, inner };
  }
  return { words: [element.name], rule, inner: element.children };
}

const TAGS = {
  delete: 'delete',
  remove: 'delete',
  replace: 'replace',
  merge: undefined,
  create: undefined,
} as const;

function tagOf(element: XmlElement): Statement['tag'] {
  const { operation, inactive, active } = element.attributes;
  if (element.attributes['delete'] !== undefined) return 'delete';
  if (inactive !== undefined) return 'inactive';
  if (active !== undefined) return 'active';
  if (element.attributes['replace'] !== undefined) return 'replace';
  return operation !== undefined && Object.hasOwn(TAGS, operation)
    ? TAGS[operation as keyof typeof TAGS]
    : undefined;
}

/** Elements as statements, tags included; they still have to be brought into canonical form. */
export function statementsOf(elements: readonly XmlElement[], parent: Rule): readonly Statement[] {
  return elements.map((element) => {
    const found = meaning(element, parent);
    const tag = tagOf(element.children.find(() => found?.rule.nestedKey ?? false) ?? element);
    const tagged = tag === undefined ? {} : { tag };
    if (!found) return { words: [element.name], ...tagged };
    if (found.rule.form === 'block' || (found.rule.form === 'open' && element.children.length > 0)) {
      return { words: found.words, children: statementsOf(found.inner, found.rule), ...tagged };
    }
    const text = (element.children[0] ?? element).text.trim();
    return { words: text === '' ? [element.name] : [element.name, text], ...tagged };
  });
}

/** The part of a configuration that a filter's elements select: names select entries, an element without content all of it. */
export function selected(config: Config, filter: readonly XmlElement[], parent: Rule): Config {
  if (filter.length === 0) return config;
  return config.flatMap((s): Config => {
    const rule = ruleOf(parent, s.words[0] ?? '') ?? open;
    const wanted = filter.flatMap((element) => {
      const found = meaning(element, parent);
      return found?.rule === rule && found.words.every((w, i) => s.words[i] === w) ? [found] : [];
    });
    if (wanted.length === 0) return [];
    if (wanted.some((w) => w.inner.length === 0) || !s.children || rule.form !== 'block') return [s];
    const children = selected(
      s.children,
      wanted.flatMap((w) => w.inner),
      rule,
    );
    const isKeyed = rule.keys > 0 || rule === parent.items;
    return children.length > 0 || isKeyed ? [{ ...s, children }] : [];
  });
}
