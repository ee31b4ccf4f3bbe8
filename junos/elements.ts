/**
 * Paths and trees as Junos's XML has them, where list entries are elements with a `<name>`: `interfaces ae0` is
 * `<interfaces><interface><name>ae0</name>`. Unknown words are a guess: an element if they could be one, else the name of the one before.
 */
import { emptyModel, step, type Node } from './model.ts';
import type { Path } from './tree.ts';

/** One level of a path as elements: the element, for a list entry its name (all of them in `names`, by element), for a leaf its value. */
export interface ElementStep {
  readonly element: string;
  readonly name?: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly value?: string;
}

const xmlName = /^[A-Za-z_][\w.-]*$/;

/** The elements that a path leads through, for a subtree filter: `unit 1025` is `{ element: 'unit', name: '1025' }`. */
export function toElements(path: Path): ElementStep[] {
  const steps: ElementStep[] = [];
  let at = emptyModel();
  for (const word of path) {
    at = step(at, word);
    const last = steps.pop();
    steps.push(...(last === undefined ? elementSteps(at) : continued(last, at)));
  }
  return steps;
}

function elementSteps(node: Node): ElementStep[] {
  if (node.role === 'entry')
    return [{ element: node.parent?.schema?.entry?.element ?? 'name', name: node.word }];
  if (node.role === 'unknown' && !xmlName.test(node.word))
    return [{ element: 'undocumented', name: node.word }];
  return [{ element: elementOf(node) }];
}

/** A name or a value belongs to the step before; anything else begins one. */
function continued(last: ElementStep, node: Node): ElementStep[] {
  const { role, schema, word, parent } = node;
  const listed = parent?.role === 'list' || parent?.role === 'name';
  if (role === 'name' || (role === 'entry' && listed)) {
    const key = schema?.keys[Object.keys(last.names ?? {}).length] ?? 'name';
    return [{ ...last, name: last.name ?? word, names: { ...last.names, [key]: word } }];
  }
  const inner = schema?.keys[0];
  if (role === 'datum')
    return inner === undefined ? [{ ...last, value: word }] : [last, { element: inner, value: word }];
  const anonymous = role === 'unknown' && !xmlName.test(word);
  if (anonymous && last.name === undefined && last.value === undefined) return [{ ...last, name: word }];
  return [last, ...elementSteps(node)];
}

const elementOf = (node: Node): string => node.schema?.element ?? node.word;
