/**
 * XML as NETCONF peers speak it: one small tree, read strictly and written safely.
 *
 * 1. Elements and attributes are known by local name: prefixes and version-dated namespaces differ from router to router.
 * 2. What is not well-formed is refused as a whole; so is a DOCTYPE, and with it every entity but XML's own.
 * 3. Text is trimmed: operational leaves arrive as `<name>\nge-0/0/0\n</name>`.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';

export interface XmlElement {
  /** Local name. */
  readonly name: string;
  /** By local name; namespace declarations are left out when read. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All text directly inside, trimmed. */
  readonly text: string;
}

/** Thrown when text is not the XML that was expected, or a value cannot be written as XML. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/**
 * Builds an element to be written: with text, with children, or empty.
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

/** @throws {XmlError} if a name is none or a text holds characters that XML 1.0 §2.2 excludes. */
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
  const bad = excluded.exec(text);
  if (bad !== null)
    throw new XmlError(`expected text that XML can hold, got ${codePoint(bad[0])} at ${bad.index}`);
  return text.replace(/[&<>"\r]/g, (character) => escapes[character] ?? character);
}

/** Everything outside of XML 1.0 §2.2's Char. */
const excluded = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

const textNode = '#text';
const cdataNode = '#cdata';
const attributesKey = ':@';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  cdataPropName: cdataNode,
});

/**
 * Reads a document with one root element.
 *
 * @throws {XmlError} if it is not well-formed, or has a DOCTYPE.
 */
export function readXml(text: string): XmlElement {
  const document = text.trim();
  if (/<!DOCTYPE/i.test(document)) throw new XmlError('expected no DOCTYPE, got one');
  const verdict = XMLValidator.validate(document);
  if (verdict !== true) {
    throw new XmlError(
      `expected well-formed XML, got an error in line ${verdict.err.line}, column ${verdict.err.col}: ${verdict.err.code}`,
    );
  }
  const roots = parse(document)
    .map(readNode)
    .filter((node) => typeof node !== 'string');
  const [root] = roots;
  if (root === undefined || roots.length !== 1)
    throw new XmlError(`expected one root element, got ${roots.length}`);
  return root;
}

type ParsedNode = Readonly<Record<string, unknown>>;

function parse(document: string): readonly ParsedNode[] {
  try {
    return parser.parse(document) as readonly ParsedNode[];
  } catch (cause) {
    throw new XmlError('expected well-formed XML, got what the parser refuses', { cause });
  }
}

function readNode(node: ParsedNode): XmlElement | string {
  const name = Object.keys(node).find((key) => key !== attributesKey) ?? '';
  const value = node[name];
  if (name === textNode) return unescape(String(value));
  const content = value as readonly ParsedNode[];
  if (name === cdataNode) return content.map((part) => String(part[textNode])).join('');
  const parts = content.map(readNode);
  return {
    name,
    attributes: readAttributes((node[attributesKey] ?? {}) as Readonly<Record<string, string>>),
    children: parts.filter((part) => typeof part !== 'string'),
    text: parts
      .filter((part) => typeof part === 'string')
      .join('')
      .trim(),
  };
}

function readAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name !== 'xmlns' && name !== '')
      .map(([name, value]) => [name, unescape(value)]),
  );
}

const predefined: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

/** XML 1.0 §4.1 and §4.6: character references and the five predefined entities; nothing else exists without a DOCTYPE. */
function unescape(text: string): string {
  return text.replace(/&([^;]{0,12});?/g, (reference, name: string) => {
    const number = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(name);
    const value =
      number === null
        ? predefined[name]
        : character(Number.parseInt(number[1] ?? number[2] ?? '', number[1] === undefined ? 10 : 16));
    if (value === undefined || !reference.endsWith(';'))
      throw new XmlError(
        `expected a predefined entity or a character reference, got ${JSON.stringify(reference)}`,
      );
    return value;
  });
}

function character(code: number): string | undefined {
  if (!(code <= 0x10ffff)) return undefined;
  const value = String.fromCodePoint(code);
  return excluded.test(value) ? undefined : value;
}

/** First child of that name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((candidate) => candidate.name === name);
}

/** Text at the end of a path of first children; `undefined` if there is no such element. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  return path.reduce(child, element)?.text;
}

/** All elements of that name at any depth, the element itself included, in document order. */
export function descendants(element: XmlElement, name: string): readonly XmlElement[] {
  const inside = element.children.flatMap((candidate) => descendants(candidate, name));
  return element.name === name ? [element, ...inside] : inside;
}
