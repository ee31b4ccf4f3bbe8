import { longestMessage, shown } from './shown.ts';

/** One small tree for what is read and what is written, and the ways to find things in it. */
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

  constructor(message: string) {
    super(shown(message, longestMessage));
  }
}

/** Everything outside of XML 1.0 §2.2's Char. */
export const excludedCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

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
  const found: XmlElement[] = [];
  collect(element, name, found);
  return found;
}

function collect(element: XmlElement, name: string, found: XmlElement[]): void {
  if (element.name === name) found.push(element);
  for (const inside of element.children) collect(inside, name, found);
}
