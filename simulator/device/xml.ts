/**
 * The XML that NETCONF needs: one document read into elements, and elements written as Junos lays them out.
 *
 * The client in `netconf/` has a reader of its own. The two share no code, so that neither is tested against itself. The
 * reader here is `saxes`, which refuses whatever is not well-formed. The writer is a few lines, because Junos's own line
 * breaks have to come out exactly and no library writes them.
 */

import { SaxesParser } from 'saxes';

export interface XmlElement {
  /** The local name, without a prefix. */
  readonly name: string;
  /** By local name, without namespace declarations. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All character data directly inside the element, with entities resolved. */
  readonly text: string;
}

/** An attribute as it is written in the source. */
export interface WrittenAttribute {
  /** With its prefix. */
  readonly name: string;
  /** The value in its quotes, with entities not resolved. */
  readonly quoted: string;
}

export interface XmlDocument {
  readonly root: XmlElement;
  /** The root element's attributes, namespace declarations included, in the order of the source. */
  readonly rootAttributes: readonly WrittenAttribute[];
}

/** Thrown when a document is not well-formed, or contains what a NETCONF message must not contain (a DOCTYPE). */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  /** Characters from the start of the document, without the white space before it. */
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(`${message} at character ${offset}`);
    this.offset = offset;
  }
}

/** Elements may be nested this deep; each level costs memory until the document ends. */
const MAX_DEPTH = 256;

interface OpenElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Throws an XmlError at the first mistake. Give an instance no more than six handlers: with a seventh, V8 keeps the parser's
 * properties in a dictionary, and parsing takes seven times as long.
 */
class StrictParser extends SaxesParser<{
  xmlns: true;
  position: false;
  resolvePrefix: (prefix: string) => string;
}> {
  constructor() {
    // Namespaces mean nothing to the router, so a prefix that is not declared is no mistake.
    super({ xmlns: true, position: false, resolvePrefix: (prefix) => `undeclared:${prefix}` });
  }

  override fail(message: string): never {
    throw new XmlError(message.replace(/\.$/, ''), this.position);
  }
}

/** Parses a document: one element, with a prolog, comments and white space around it. Throws XmlError. */
export function readXml(source: string): XmlElement {
  return readXmlDocument(source).root;
}

/** The same, with the root element's attributes as they are written. Throws XmlError. */
export function readXmlDocument(source: string): XmlDocument {
  // Some clients send a line break before the XML declaration, which XML itself forbids.
  const document = source.trimStart();
  const parser = new StrictParser();
  const open: OpenElement[] = [];
  const rootAttributes: WrittenAttribute[] = [];
  let root: XmlElement | undefined;

  const addText = (text: string): void => {
    const parent = open.at(-1);
    if (parent) parent.text += text;
  };
  parser.on('doctype', () => parser.fail('a document type declaration is not allowed'));
  parser.on('attribute', ({ name }) => {
    if (open.length > 0) return;
    // The parser has just read the closing quote.
    const end = parser.position;
    const start = document.lastIndexOf(document.charAt(end - 1), end - 2);
    rootAttributes.push({ name, quoted: document.slice(start, end) });
  });
  parser.on('opentag', ({ local, attributes }) => {
    if (open.length >= MAX_DEPTH) parser.fail('elements are nested too deeply');
    const own: Record<string, string> = {};
    for (const { name, prefix, local: localName, value } of Object.values(attributes))
      if (name !== 'xmlns' && prefix !== 'xmlns') own[localName] = value;
    open.push({ name: local, attributes: own, children: [], text: '' });
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    const parent = open.at(-1);
    if (parent && element) parent.children.push(element);
    else root = element;
  });
  parser.write(document).close();
  return { root: root ?? parser.fail('document must contain a root element'), rootAttributes };
}

/** The first child of that name. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((c) => c.name === name);
}

/** The trimmed text of the first child of that name; undefined when there is none. */
export function childText(element: XmlElement, name: string): string | undefined {
  return child(element, name)?.text.trim();
}

export function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** An element around text, which is escaped: `leaf('name', 'a<b')`. */
export function leaf(name: string, text: string | number): string {
  return `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** A leaf as Junos writes operational values: the text has a line of its own. */
export function paddedLeaf(name: string, text: string | number): string {
  return `<${name}>\n${escapeXml(String(text))}\n</${name}>`;
}

/** An element around markup, which is not escaped. `attributes` is markup too. */
export function wrap(name: string, inner: string, attributes = ''): string {
  const tag = attributes === '' ? name : `${name} ${attributes}`;
  return inner === '' ? `<${tag}/>` : `<${tag}>\n${inner}\n</${name}>`;
}
