/** Paths as the subtree filter of Junos's `<get-configuration>`: what they share is said once. */
import { toElements, type ElementStep } from '../junos/elements.ts';
import type { Path } from '../junos/tree.ts';
import { xml, type XmlElement } from './xml.ts';

interface FilterNode {
  readonly step: ElementStep;
  readonly children: Map<string, FilterNode>;
  /** A path ends here: everything below is wanted, so longer paths add nothing. */
  whole: boolean;
}

/**
 * `<configuration>` that selects the given paths.
 *
 * @example
 * writeXml(configurationFilter([['interfaces', 'ae0', 'unit', '5']]))
 * // <configuration><interfaces><interface><name>ae0</name><unit><name>5</name></unit></interface></interfaces></configuration>
 */
export function configurationFilter(paths: readonly Path[]): XmlElement {
  const top: FilterNode = { step: { element: 'configuration' }, children: new Map(), whole: false };
  for (const path of paths) add(top, toElements(path));
  return write(top);
}

function add(top: FilterNode, steps: readonly ElementStep[]): void {
  let at = top;
  for (const step of steps) {
    const key = JSON.stringify([step.element, step.names ?? step.name ?? null, step.value ?? null]);
    const next = at.children.get(key) ?? { step, children: new Map<string, FilterNode>(), whole: false };
    at.children.set(key, next);
    at = next;
  }
  at.whole = true;
}

function write({ step, children, whole }: FilterNode): XmlElement {
  if (step.value !== undefined) return xml(step.element, step.value);
  const names = step.names ?? (step.name === undefined ? {} : { name: step.name });
  const keys = Object.entries(names).map(([element, name]) => xml(element, name));
  return xml(step.element, [...keys, ...(whole ? [] : [...children.values()].map(write))]);
}
