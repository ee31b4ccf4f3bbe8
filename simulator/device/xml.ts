/**
 * The little of XML that NETCONF needs, written for the simulator alone: a client's reader must not be tested against
 * itself. Elements are known by their local name; text is kept as it came.
 */

export interface XmlElement {
  /** Without a prefix. */
  readonly name: string;
  /** By local name; namespace declarations are left out. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All character data directly inside, entities resolved. */
  readonly text: string;
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

/** A leaf as Junos writes operational values: on a line of its own. */
export function paddedLeaf(name: string, text: string | number): string {
  return `<${name}>\n${escapeXml(String(text))}\n</${name}>`;
}

/** An element around markup. */
export function wrap(name: string, inner: string, attributes = ''): string {
  const tag = attributes === '' ? name : `${name} ${attributes}`;
  return inner === '' ? `<${tag}/>` : `<${tag}>\n${inner}\n</${name}>`;
}
