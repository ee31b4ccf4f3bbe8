import { badOctet } from './bad-octets.ts';
import { damagedText, rawWildcard, readCharacters, readText } from './damaged-text.ts';
import type { ReadText } from './damaged-text.ts';
import { endOf } from './unclosed-routing-engine.ts';
import { unescapeXml, XmlError, type XmlElement } from './xml.ts';
import { attribute, elementOf, endTag, startTag, startTagEnd, type StartTag } from './xml-tags.ts';
import { isBlank, isNameCode, isNameStartCode, isTrap, localName } from './xml-tags.ts';

/** How deep elements may be nested: deeper than in any reply. Without a limit, a message could fill the memory with open elements. */
const maxDepth = 100;
/** How many elements and attributes a message may have: more than any reply (4,000 VRRP groups are 40,000). Each takes much memory. */
const maxNodes = 250_000;

interface OpenElement extends StartTag {
  readonly children: XmlElement[];
  text: string;
  isDamaged: boolean;
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
  /** Without references, and in UTF-8. */
  readonly #isPlain: boolean;
  readonly #open: OpenElement[] = [];
  #at = 0;
  #nodes = 0;
  #root: XmlElement | undefined;

  constructor(source: string) {
    this.#source = source;
    this.#isPlain = !source.includes('&') && !source.includes(badOctet);
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
    this.#append(parent, this.#read(this.#source.slice(this.#at, end)));
    this.#at = end;
  }

  #skipBlanks(): void {
    while (isBlank(this.#source.charCodeAt(this.#at))) this.#at += 1;
  }

  #markup(): void {
    const next = this.#source[this.#at + 1];
    if (next === '/') return this.#end();
    const parent = this.#open[this.#open.length - 1];
    if (next === '*' && parent !== undefined && this.#source.startsWith(rawWildcard, this.#at)) {
      this.#at += rawWildcard.length;
      return this.#append(parent, damagedText);
    }
    if (next !== '!' && next !== '?') return this.#start();
    if (this.#source.startsWith('<!--', this.#at)) return void this.#between('<!--', '-->');
    if (this.#source.startsWith('<?', this.#at)) return void this.#between('<?', '?>');
    if (this.#source.startsWith('<![CDATA[', this.#at)) {
      if (parent === undefined) throw this.#wrong('an element');
      return this.#append(parent, readCharacters(this.#between('<![CDATA[', ']]>')));
    }
    this.#start();
  }

  #append(parent: OpenElement, { text, isDamaged }: ReadText): void {
    parent.text += text;
    parent.isDamaged ||= isDamaged;
  }

  #start(): void {
    if (this.#root !== undefined || this.#open.length === maxDepth) throw this.#wrong('no further element');
    const tag = this.#startTag();
    if (tag === undefined || this.#textAndEnd(tag)) return;
    this.#open.push({ ...tag, children: [], text: '', isDamaged: false });
  }

  /** Reads a start tag. `undefined` if the tag was a whole element, such as `<ok/>`: then the element is added. */
  #startTag(): StartTag | undefined {
    const from = this.#at;
    const plain = this.#plainName();
    const qualifiedName = plain ?? this.#match(startTag, 'a tag')[1] ?? '';
    const name = plain ?? localName(qualifiedName);
    if (isTrap(name)) throw this.#wrong('another name');
    this.#count();
    if (this.#source[this.#at] === '>' && plain !== undefined) {
      this.#at += 1;
      return { qualifiedName, name, attributes: noAttributes };
    }
    const attributes = this.#attributes();
    const [, slash] = this.#match(startTagEnd, 'an attribute or the end of the tag');
    if (!this.#isPlain && this.#source.slice(from, this.#at).includes(badOctet))
      throw this.#wrong('UTF-8', from);
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
  #textAndEnd(tag: StartTag): boolean {
    const from = this.#at;
    const end = this.#source.indexOf('<', from);
    if (end === -1 || !this.#plainEnd(end, tag.qualifiedName)) return false;
    this.#add(elementOf(tag, noChildren, this.#read(this.#source.slice(from, end))));
    return true;
  }

  #end(): void {
    const from = this.#at;
    const element = this.#open.pop();
    const expected = element === undefined ? 'no end tag' : `</${element.qualifiedName}>`;
    if (element === undefined || !this.#plainEnd(from, element.qualifiedName)) {
      const [, qualifiedName] = this.#match(endTag, expected);
      if (element === undefined) throw this.#wrong(expected, from);
      if (qualifiedName !== element.qualifiedName) {
        const end = endOf(element.name, element.children);
        if (end === undefined) throw this.#wrong(expected, from);
        for (const one of [elementOf(element, end.inside, element), ...end.behind]) this.#add(one);
        // The same end tag again, for the element around.
        this.#at = from;
        return this.#end();
      }
    }
    this.#add(elementOf(element, element.children, element));
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

  #read(text: string): ReadText {
    return this.#isPlain ? { text, isDamaged: false } : readText(text);
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
