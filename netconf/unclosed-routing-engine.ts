/**
 * Junos routers that consist of several chassis answer checks and commits without the end tag of `<routing-engine>`, and so do some releases
 * with `rfc-compliant`:
 *
 *     <rpc-reply><routing-engine><name>node1</name><commit-check-success/><ok/></rpc-reply>
 *
 * It is the only fault in the form of a reply that the reader mends, because a commit that was made must not count as a lost one.
 */
import type { XmlElement } from './xml.ts';

const NAME = 'routing-engine';
/** One of these must be there. */
const OUTCOMES = new Set(['commit-check-success', 'commit-success', 'rpc-error']);
/** With one of these begins what stands behind the element, and not in it. */
const BEHIND = new Set([NAME, 'ok']);

/** What belongs into an element that was left open, and what stands behind it. `undefined`: the element can't be mended. */
export function endOf(
  name: string,
  children: readonly XmlElement[],
): { readonly inside: readonly XmlElement[]; readonly behind: readonly XmlElement[] } | undefined {
  if (name !== NAME) return undefined;
  const next = children.findIndex((element) => BEHIND.has(element.name));
  const end = next === -1 ? children.length : next;
  const inside = children.slice(0, end);
  return inside.some((element) => OUTCOMES.has(element.name))
    ? { inside, behind: children.slice(end) }
    : undefined;
}
