import { excludedCharacter, XmlError, type XmlElement } from './xml-element.ts';

/** Deeper than any reply; a message that goes on and on must not fill the memory with open elements. */
const maxDepth = 100;
/** More elements and attributes than any reply has (4,000 VRRP groups are 40,000): each takes far more memory than its few octets. */
const maxNodes = 250_000;
/** Names that mean something else to JavaScript's own objects. */
const trapNames: readonly string[] = ['__proto__', 'constructor', 'prototype'];

const nameStart = 'A-Za-z_\\u00C0-\\uFFFD';
const namePart = `[${nameStart}][${nameStart}0-9.\\u00B7-]*`;
const namePattern = `${namePart}(?::${namePart})?`;
const startTag = new RegExp(`<(${namePattern})`, 'y');
const attribute = new RegExp(`\\s+(${namePattern})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const startTagEnd = /\s*(\/?)>/y;
const endTag = new RegExp(`</(${namePattern})\\s*>`, 'y');

interface OpenElement {
  readonly qualifiedName: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads a document with one root element.
 *
 * @throws {XmlError} if it is not well-formed, or has a DOCTYPE.
 */
export function readXml(text: string): XmlElement {
  return new Reader(text.trim().replaceAll(/\r\n?/g, '\n')).document();
}

/** One pass from the first character to the last. */
class Reader {
  readonly #source: string;
  readonly #open: OpenElement[] = [];
  #at = 0;
  #nodes = 0;
  #root: XmlElement | undefined;

  constructor(source: string) {
    this.#source = source;
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
    const next = this.#source.indexOf('<', this.#at);
    const end = next === -1 ? this.#source.length : next;
    if (end === this.#at) return;
    const text = this.#source.slice(this.#at, end);
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.text += unescape(text);
    else if (text.trim() !== '') throw this.#wrong('an element');
    this.#at = end;
  }

  #markup(): void {
    const next = this.#source[this.#at + 1];
    if (next === '/') return this.#end();
    if (next !== '!' && next !== '?') return this.#start();
    if (this.#source.startsWith('<!--', this.#at)) return void this.#upTo('<!--', '-->');
    if (this.#source.startsWith('<?', this.#at)) return void this.#upTo('<?', '?>');
    if (this.#source.startsWith('<![CDATA[', this.#at)) {
      const parent = this.#open.at(-1);
      if (parent === undefined) throw this.#wrong('an element');
      parent.text += this.#upTo('<![CDATA[', ']]>');
      return;
    }
    this.#start();
  }

  #start(): void {
    if (this.#root !== undefined || this.#open.length === maxDepth) throw this.#wrong('no further element');
    const [, qualifiedName = ''] = this.#match(startTag, 'a tag');
    if (trapNames.includes(localName(qualifiedName))) throw this.#wrong('another name');
    this.#count();
    // Most tags end here.
    if (this.#source[this.#at] === '>') {
      this.#at += 1;
      this.#open.push({ qualifiedName, attributes: {}, children: [], text: '' });
      return;
    }
    const attributes: Record<string, string> = {};
    const seen = new Set<string>();
    for (let found = this.#try(attribute); found !== null; found = this.#try(attribute)) {
      const [, name = '', quoted, apostrophed] = found;
      if (seen.has(name) || trapNames.includes(localName(name))) throw this.#wrong('another attribute');
      seen.add(name);
      this.#count();
      if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
      attributes[localName(name)] = unescape(quoted ?? apostrophed ?? '');
    }
    const [, slash] = this.#match(startTagEnd, 'an attribute or the end of the tag');
    const element = { qualifiedName, attributes, children: [], text: '' };
    if (slash === '') this.#open.push(element);
    else this.#close(element);
  }

  #count(): void {
    this.#nodes += 1;
    if (this.#nodes > maxNodes) throw this.#wrong(`at most ${maxNodes} elements and attributes`);
  }

  #end(): void {
    const from = this.#at;
    const element = this.#open.at(-1);
    const name = element?.qualifiedName ?? '';
    const behind = from + 2 + name.length;
    if (element !== undefined && this.#source[behind] === '>' && this.#source.startsWith(name, from + 2)) {
      this.#at = behind + 1;
      this.#open.pop();
      return this.#close(element);
    }
    const expected = element === undefined ? 'no end tag' : `</${element.qualifiedName}>`;
    const [, found] = this.#match(endTag, expected);
    if (element === undefined || found !== name) throw this.#wrong(expected, from);
    this.#open.pop();
    this.#close(element);
  }

  #close({ qualifiedName, attributes, children, text }: OpenElement): void {
    const element = { name: localName(qualifiedName), attributes, children, text: text.trim() };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }

  /** What stands between the two; goes on behind them. */
  #upTo(begin: string, end: string): string {
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

  /** Says where, and nothing of what stands there: it may be a secret. */
  #wrong(expected: string, at = this.#at): XmlError {
    const before = this.#source.slice(0, at).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    return new XmlError(`expected well-formed XML: ${expected} in line ${before.length}, column ${column}`);
  }
}

function localName(qualifiedName: string): string {
  return qualifiedName.slice(qualifiedName.indexOf(':') + 1);
}

const predefined: ReadonlyMap<string, string> = new Map(
  Object.entries({ lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' }),
);

/** XML 1.0 §4.1 and §4.6: character references and the five predefined entities; nothing else exists without a DOCTYPE. */
function unescape(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;]{0,12});?/g, (reference, name: string) => {
    const number = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(name);
    const value =
      number === null
        ? predefined.get(name)
        : character(Number.parseInt(number[1] ?? number[2] ?? '', number[1] === undefined ? 10 : 16));
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
