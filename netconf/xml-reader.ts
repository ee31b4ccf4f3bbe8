import { unescapeXml, XmlError, type XmlElement } from './xml.ts';

/** How deep elements may be nested: deeper than in any reply. Without a limit, a message could fill the memory with open elements. */
const maxDepth = 100;
/** How many elements and attributes a message may have: more than any reply (4,000 VRRP groups are 40,000). Each takes much memory. */
const maxNodes = 250_000;

const nameStart = 'A-Za-z_\\u00C0-\\uFFFD';
const namePart = `[${nameStart}][${nameStart}0-9.\\u00B7-]*`;
const namePattern = `${namePart}(?::${namePart})?`;
const startTag = new RegExp(`<(${namePattern})`, 'y');
const attribute = new RegExp(`\\s+(${namePattern})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const startTagEnd = /\s*(\/?)>/y;
const endTag = new RegExp(`</(${namePattern})\\s*>`, 'y');

interface StartTag {
  readonly qualifiedName: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

interface OpenElement extends StartTag {
  readonly children: XmlElement[];
  text: string;
}

/** Shared by all elements without attributes. */
const noAttributes: XmlElement['attributes'] = {};
const noChildren: XmlElement['children'] = [];

/**
 * Reads a document with one root element.
 *
 * @throws {XmlError} if it is not well-formed, or has a DOCTYPE.
 */
export function readXml(text: string): XmlElement {
  const trimmed = text.trim();
  return new Reader(trimmed.includes('\r') ? trimmed.replaceAll(/\r\n?/g, '\n') : trimmed).document();
}

/**
 * One pass from the first character to the last. Nearly all of a reply is `<name>text</name>`, with a name in ASCII and without a prefix.
 * Such elements are read without a regular expression.
 */
class Reader {
  readonly #source: string;
  readonly #hasReferences: boolean;
  readonly #open: OpenElement[] = [];
  #at = 0;
  #nodes = 0;
  #root: XmlElement | undefined;

  constructor(source: string) {
    this.#source = source;
    this.#hasReferences = source.includes('&');
  }

  document(): XmlElement {
    while (this.#at < this.#source.length) {
      this.#text();
      if (this.#at < this.#source.length) this.#markup();
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) throw this.#wrong(`</${unclosed.qualifiedName}>`);
    if (this.#root === undefined) throw this.#wrong('an element');
    return this.#root;
  }

  #text(): void {
    const parent = this.#open[this.#open.length - 1];
    // Text is trimmed: blanks in front of it need not be kept.
    if (parent === undefined || parent.text === '') this.#skipBlanks();
    const next = this.#source.indexOf('<', this.#at);
    const end = next === -1 ? this.#source.length : next;
    if (end === this.#at) return;
    if (parent === undefined) throw this.#wrong('an element');
    parent.text += this.#unescaped(this.#source.slice(this.#at, end));
    this.#at = end;
  }

  #skipBlanks(): void {
    while (isBlank(this.#source.charCodeAt(this.#at))) this.#at += 1;
  }

  #markup(): void {
    const next = this.#source[this.#at + 1];
    if (next === '/') return this.#end();
    if (next !== '!' && next !== '?') return this.#start();
    if (this.#source.startsWith('<!--', this.#at)) return void this.#between('<!--', '-->');
    if (this.#source.startsWith('<?', this.#at)) return void this.#between('<?', '?>');
    if (this.#source.startsWith('<![CDATA[', this.#at)) {
      const parent = this.#open.at(-1);
      if (parent === undefined) throw this.#wrong('an element');
      parent.text += this.#between('<![CDATA[', ']]>');
      return;
    }
    this.#start();
  }

  #start(): void {
    if (this.#root !== undefined || this.#open.length === maxDepth) throw this.#wrong('no further element');
    const tag = this.#startTag();
    if (tag === undefined || this.#textAndEnd(tag)) return;
    const { qualifiedName, name, attributes } = tag;
    this.#open.push({ qualifiedName, name, attributes, children: [], text: '' });
  }

  /** Reads a start tag. `undefined` if the tag was a whole element, such as `<ok/>`: then the element is added. */
  #startTag(): StartTag | undefined {
    const plain = this.#plainName();
    const qualifiedName = plain ?? this.#match(startTag, 'a tag')[1] ?? '';
    const name = plain ?? localName(qualifiedName);
    if (isTrap(name)) throw this.#wrong('another name');
    this.#count();
    if (this.#source[this.#at] === '>') {
      this.#at += 1;
      return { qualifiedName, name, attributes: noAttributes };
    }
    const attributes = this.#attributes();
    const [, slash] = this.#match(startTagEnd, 'an attribute or the end of the tag');
    if (slash === '') return { qualifiedName, name, attributes };
    this.#add({ name, attributes, children: noChildren, text: '' });
    return undefined;
  }

  /** The name of a tag, if it is in ASCII and has no prefix. */
  #plainName(): string | undefined {
    const source = this.#source;
    const from = this.#at + 1;
    let end = from;
    while (isNameCode(source.charCodeAt(end))) end += 1;
    const next = source[end];
    if (next !== '>' && next !== ' ' && next !== '/') return undefined;
    if (!isNameStartCode(source.charCodeAt(from))) return undefined;
    this.#at = end;
    return source.slice(from, end);
  }

  #attributes(): Readonly<Record<string, string>> {
    const attributes: Record<string, string> = {};
    let seen: Set<string> | undefined;
    for (let found = this.#try(attribute); found !== null; found = this.#try(attribute)) {
      const [, qualifiedName = '', quoted, apostrophed] = found;
      const name = localName(qualifiedName);
      if (seen?.has(qualifiedName) === true || isTrap(name)) throw this.#wrong('another attribute');
      this.#count();
      if (qualifiedName !== 'xmlns' && !qualifiedName.startsWith('xmlns:'))
        attributes[name] = unescapeXml(quoted ?? apostrophed ?? '');
      if (this.#source[this.#at] === '>') break;
      seen ??= new Set();
      seen.add(qualifiedName);
    }
    return attributes;
  }

  #count(): void {
    this.#nodes += 1;
    if (this.#nodes > maxNodes) throw this.#wrong(`at most ${maxNodes} elements and attributes`);
  }

  /** Reads the rest of an element that holds text alone, and adds the element. `false`: it has another form, and nothing was read. */
  #textAndEnd({ qualifiedName, name, attributes }: StartTag): boolean {
    const from = this.#at;
    const end = this.#source.indexOf('<', from);
    if (end === -1 || !this.#plainEnd(end, qualifiedName)) return false;
    const text = this.#unescaped(this.#source.slice(from, end)).trim();
    this.#add({ name, attributes, children: noChildren, text });
    return true;
  }

  #end(): void {
    const from = this.#at;
    const element = this.#open.pop();
    const expected = element === undefined ? 'no end tag' : `</${element.qualifiedName}>`;
    if (element === undefined || !this.#plainEnd(from, element.qualifiedName)) {
      const [, qualifiedName] = this.#match(endTag, expected);
      if (element === undefined || qualifiedName !== element.qualifiedName) throw this.#wrong(expected, from);
    }
    const { name, attributes, children, text } = element;
    this.#add({ name, attributes, children, text: text.trim() });
  }

  /** Skips the end tag of that name, if it stands at `from` without a blank in it. `false`: it does not, and nothing was skipped. */
  #plainEnd(from: number, qualifiedName: string): boolean {
    const behind = from + 2 + qualifiedName.length;
    if (this.#source[from + 1] !== '/' || this.#source[behind] !== '>') return false;
    if (!this.#source.startsWith(qualifiedName, from + 2)) return false;
    this.#at = behind + 1;
    return true;
  }

  #add(element: XmlElement): void {
    const parent = this.#open[this.#open.length - 1];
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }

  #unescaped(text: string): string {
    return this.#hasReferences ? unescapeXml(text) : text;
  }

  /** The text between the two marks. Skips both marks. */
  #between(begin: string, end: string): string {
    const from = this.#at + begin.length;
    const to = this.#source.indexOf(end, from);
    if (to === -1) throw this.#wrong(`${end} behind ${begin}`);
    this.#at = to + end.length;
    return this.#source.slice(from, to);
  }

  #match(pattern: RegExp, expected: string): RegExpExecArray {
    const found = this.#try(pattern);
    if (found === null) throw this.#wrong(expected);
    return found;
  }

  #try(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }

  /** Names the place, but quotes no text from there: it may be a secret. */
  #wrong(expected: string, at = this.#at): XmlError {
    const before = this.#source.slice(0, at).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    return new XmlError(`expected well-formed XML: ${expected} in line ${before.length}, column ${column}`);
  }
}

function localName(qualifiedName: string): string {
  return qualifiedName.slice(qualifiedName.indexOf(':') + 1);
}

/** Names that mean something else to JavaScript's own objects. */
function isTrap(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}

const isBlank = (code: number) => code === 0x20 || code === 0x0a || code === 0x09;

function isNameStartCode(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

function isNameCode(code: number): boolean {
  return isNameStartCode(code) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e;
}
