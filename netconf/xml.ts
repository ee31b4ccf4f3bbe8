/**
 * XML, as far as NETCONF needs it: one small tree for reading and writing.
 *
 * 1. Elements and attributes are found by local name, because prefixes, and namespaces with version numbers, differ from router to router.
 * 2. Text that is not well-formed is refused as a whole. So is a DOCTYPE, and with it every entity that XML does not predefine.
 * 3. Text is trimmed, because values arrive as `<name>\nge-0/0/0\n</name>`.
 */
import { maxMessageLength, oneLine } from './one-line.ts';

/** An element, with all that is in it. */
export interface XmlElement {
  /** Local name. */
  readonly name: string;
  /** By local name. Namespace declarations are left out when read. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text of this element, without that of its children, trimmed. */
  readonly text: string;
  /** The text holds a U+FFFD for something that the router should not have sent: see `damaged-text.ts`. */
  readonly isDamaged?: true;
}

/** Thrown when text is not the XML that was expected, or a value cannot be written as XML. */
export class XmlError extends Error {
  override readonly name = 'XmlError';

  constructor(message: string) {
    super(oneLine(message, maxMessageLength));
  }
}

/** All that XML 1.0 §2.2 excludes from `Char`. */
const excludedCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/**
 * An element to be written: with text, with children, or empty.
 *
 * @example
 * writeXml(xml('lock', [xml('target', [xml('candidate')])])) // <lock><target><candidate/></target></lock>
 */
export function xml(
  name: string,
  content: string | readonly XmlElement[] = [],
  attributes: Readonly<Record<string, string>> = {},
): XmlElement {
  return typeof content === 'string'
    ? { name, attributes, children: [], text: content }
    : { name, attributes, children: content, text: '' };
}

/** The element as text. @throws {XmlError} if a name is no XML name, or a text holds characters that XML 1.0 §2.2 excludes. */
export function writeXml(element: XmlElement): string {
  const attributes = Object.entries(element.attributes).map(
    ([name, value]) => ` ${checkedName(name)}="${escape(value)}"`,
  );
  const start = `<${checkedName(element.name)}${attributes.join('')}`;
  const content = escape(element.text) + element.children.map(writeXml).join('');
  return content === '' ? `${start}/>` : `${start}>${content}</${element.name}>`;
}

function checkedName(name: string): string {
  if (!/^[A-Za-z_][\w.:-]*$/.test(name))
    throw new XmlError(`expected an XML name, got ${JSON.stringify(name)}`);
  return name;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

function escape(text: string): string {
  const bad = excludedCharacter.exec(text);
  if (bad !== null)
    throw new XmlError(`expected text that XML can hold, got ${codePoint(bad[0])} at ${bad.index}`);
  return text.replace(/[&<>"\r]/g, (character) => escapes[character] ?? character);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

const predefined: ReadonlyMap<string, string> = new Map(
  Object.entries({ lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' }),
);

/**
 * Replaces references by what they stand for: character references (XML 1.0 §4.1) and the five predefined entities (§4.6). Without a DOCTYPE
 * there are no others.
 *
 * `excluded`: gives what stands for a reference to a character that XML excludes. Default: the text is refused.
 *
 * @throws {XmlError} if there is another reference.
 */
export function unescapeXml(text: string, excluded?: () => string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;]{0,12});?/g, (reference, name: string) => {
    const number = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(name);
    const value =
      number === null
        ? predefined.get(name)
        : (character(Number.parseInt(number[1] ?? number[2] ?? '', number[1] === undefined ? 10 : 16)) ??
          excluded?.());
    if (value === undefined || !reference.endsWith(';'))
      throw new XmlError('expected a predefined entity or a character reference behind "&", got neither');
    return value;
  });
}

function character(code: number): string | undefined {
  if (!(code <= 0x10ffff)) return undefined;
  const value = String.fromCodePoint(code);
  return excludedCharacter.test(value) ? undefined : value;
}

/** The first child of that name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((candidate) => candidate.name === name);
}

/** The text of the element at a path of names. Each name leads to the first child of that name. `undefined` if a child is missing. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  return path.reduce(child, element)?.text;
}

/** The first element of that name at any depth, the element itself included, in document order. */
export function firstOf(element: XmlElement, name: string): XmlElement | undefined {
  if (element.name === name) return element;
  for (const inside of element.children) {
    const found = firstOf(inside, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All elements of that name at any depth, the element itself included, in document order. */
export function descendants(element: XmlElement, name: string): readonly XmlElement[] {
  const found: XmlElement[] = [];
  collect(element, name, found);
  return found;
}

function collect(element: XmlElement, name: string, found: XmlElement[]): void {
  if (element.name === name) found.push(element);
  for (const inside of element.children) collect(inside, name, found);
}
