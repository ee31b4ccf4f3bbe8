/** Tags of XML: their form, their names, names that can't be used, and the element that a start tag becomes. */
import type { ReadText } from './damaged-text.ts';
import type { XmlElement } from './xml.ts';

export interface StartTag {
  readonly qualifiedName: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const nameStart = 'A-Za-z_\\u00C0-\\uFFFD';
const namePart = `[${nameStart}][${nameStart}0-9.\\u00B7-]*`;
const namePattern = `${namePart}(?::${namePart})?`;
export const startTag = new RegExp(`<(${namePattern})`, 'y');
export const attribute = new RegExp(`\\s+(${namePattern})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
export const startTagEnd = /\s*(\/?)>/y;
export const endTag = new RegExp(`</(${namePattern})\\s*>`, 'y');

/** Without its prefix. */
export function localName(qualifiedName: string): string {
  return qualifiedName.slice(qualifiedName.indexOf(':') + 1);
}

/** Names that mean something else to JavaScript's own objects. */
export function isTrap(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype';
}

export const isBlank = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x09;

export function isNameStartCode(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

export function isNameCode(code: number): boolean {
  return isNameStartCode(code) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e;
}

export function elementOf(
  { name, attributes }: StartTag,
  children: readonly XmlElement[],
  { text, isDamaged }: ReadText,
): XmlElement {
  const element = { name, attributes, children, text: text.trim() };
  return isDamaged ? { ...element, isDamaged } : element;
}
