/** Reads one XML document into elements. No DTD, no external anything, a bounded depth. */

import type { XmlElement } from './xml.ts';

/** Thrown when a document is not well-formed, or holds what a NETCONF message must not (a DOCTYPE). */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  /** Characters from the start. */
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(`${message} at character ${offset}`);
    this.offset = offset;
  }
}

const MAX_DEPTH = 256;
const NAME = /[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/y;
const ATTRIBUTE = /\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

interface Open {
  readonly name: string;
  readonly qualified: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const local = (qualified: string): string => qualified.slice(qualified.indexOf(':') + 1);

function resolve(text: string, offset: number): string {
  return text.replace(/&([^;&\s]*;?)/g, (_all, body: string) => {
    const entity = body.endsWith(';') ? body.slice(0, -1) : undefined;
    const known = entity === undefined ? undefined : ENTITIES[entity];
    if (known !== undefined) return known;
    const numeric = entity === undefined ? null : /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(entity);
    const code = numeric
      ? Number.parseInt(numeric[1] ?? numeric[2] ?? '', numeric[1] === undefined ? 10 : 16)
      : NaN;
    if (!(code <= 0x10ffff)) throw new XmlError(`Unknown entity "&${body}"`, offset);
    return String.fromCodePoint(code);
  });
}

/** Parses a document: prolog and comments around one element. Throws XmlError. */
export function readXml(source: string): XmlElement {
  let at = 0;
  let root: XmlElement | undefined;
  const open: Open[] = [];
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const skipPast = (end: string, what: string): string => {
    const stop = source.indexOf(end, at);
    if (stop < 0) throw new XmlError(`Unfinished ${what}`, at);
    const inside = source.slice(at, stop);
    at = stop + end.length;
    return inside;
  };
  const addText = (text: string, offset: number): void => {
    const top = open.at(-1);
    if (top) top.text += text;
    else if (text.trim() !== '' && text.trim() !== '\uFEFF')
      throw new XmlError('Text outside of the document', offset);
  };
  const finish = (done: Open): void => {
    const element = {
      name: done.name,
      attributes: done.attributes,
      children: done.children,
      text: done.text,
    };
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
  };
  const startTag = (): void => {
    const start = at;
    const qualified = match(NAME)?.[0];
    if (qualified === undefined) throw new XmlError('Expected an element name', at);
    if (root) throw new XmlError('A second document element', start);
    if (open.length >= MAX_DEPTH) throw new XmlError('Elements nested too deeply', start);
    const attributes: Record<string, string> = {};
    for (let found = match(ATTRIBUTE); found; found = match(ATTRIBUTE)) {
      const name = found[1] ?? '';
      if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
      attributes[local(name)] = resolve(found[2] ?? found[3] ?? '', start);
    }
    match(/\s*/y);
    const element = { name: local(qualified), qualified, attributes, children: [], text: '' };
    if (source.startsWith('/>', at)) {
      at += 2;
      finish(element);
    } else if (source[at] === '>') {
      at += 1;
      open.push(element);
    } else throw new XmlError(`Malformed tag <${qualified}`, at);
  };
  const endTag = (): void => {
    const qualified = match(NAME)?.[0];
    match(/\s*/y);
    const top = open.pop();
    if (!top || top.qualified !== qualified || source[at] !== '>') {
      throw new XmlError(
        `Expected ${top ? `</${top.qualified}>` : 'no end tag'}, got </${qualified ?? ''}`,
        at,
      );
    }
    at += 1;
    finish(top);
  };
  while (at < source.length) {
    if (source.startsWith('<!--', at)) {
      at += 4;
      skipPast('-->', 'comment');
    } else if (source.startsWith('<![CDATA[', at)) {
      at += 9;
      addText(skipPast(']]>', 'CDATA section'), at);
    } else if (source.startsWith('<?', at)) {
      skipPast('?>', 'processing instruction');
    } else if (source.startsWith('<!', at)) {
      throw new XmlError('A document type declaration is not allowed', at);
    } else if (source.startsWith('</', at)) {
      at += 2;
      endTag();
    } else if (source[at] === '<') {
      at += 1;
      startTag();
    } else {
      const stop = source.indexOf('<', at);
      const text = source.slice(at, stop < 0 ? undefined : stop);
      addText(resolve(text, at), at);
      at += text.length;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed) throw new XmlError(`Element <${unclosed.qualified}> is not closed`, at);
  if (!root) throw new XmlError('No document element', at);
  return root;
}
