/**
 * XML as NETCONF peers speak it: one small tree, read strictly and written safely.
 *
 * 1. Elements and attributes are known by local name: prefixes and version-dated namespaces differ from router to router.
 * 2. What is not well-formed is refused as a whole; so is a DOCTYPE, and with it every entity but XML's own.
 * 3. Text is trimmed: operational leaves arrive as `<name>\nge-0/0/0\n</name>`.
 */

import { excludedCharacter, XmlError, type XmlElement } from './xml-element.ts';

export { child, descendants, textAt, XmlError, type XmlElement } from './xml-element.ts';
export { readXml } from './xml-reader.ts';

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
  const bad = excludedCharacter.exec(text);
  if (bad !== null)
    throw new XmlError(`expected text that XML can hold, got ${codePoint(bad[0])} at ${bad.index}`);
  return text.replace(/[&<>"\r]/g, (character) => escapes[character] ?? character);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
