/** The path that steps of elements name: what `toElements` has to be undone by. */
import type { ElementStep } from '../../junos/elements.ts';
import { emptyModel, pathOf, ensureChild, type Node } from '../../junos/model.ts';
import { child, type SchemaNode } from '../../junos/schema.ts';

export function fromElements(steps: readonly ElementStep[]): string[] {
  return pathOf(steps.reduce(into, emptyModel()));
}

function into(parent: Node, { element, name, names, value }: ElementStep): Node {
  const { schema, role } = parent;
  const known = role === 'container' || role === 'entry' ? childByElement(schema, element) : undefined;
  // The element stands for no word of its own: an entry without a keyword, a value's inner element, a name that is no element's.
  const isWordless =
    (known === undefined && schema?.entry?.element === element) ||
    schema?.keys.includes(element) === true ||
    element === 'undocumented';
  const words = Object.values(names ?? (name === undefined ? {} : { name }));
  const start = isWordless ? parent : ensureChild(parent, known?.keyword ?? element);
  return [...words, ...(value === undefined ? [] : [value])].reduce(ensureChild, start);
}

function childByElement(
  parent: SchemaNode | undefined,
  element: string,
): { readonly keyword: string } | undefined {
  const direct = child(parent, element);
  if (direct !== undefined && (direct.element ?? element) === element) return { keyword: element };
  const found = Object.entries(parent?.children() ?? {}).find(([, node]) => node.element === element);
  return found === undefined ? undefined : { keyword: found[0] };
}
