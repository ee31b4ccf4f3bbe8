/**
 * Paths as they are in Junos's XML, where the entry of a list is an element with its keys inside: `interfaces ae0` is
 * `<interfaces><interface><name>ae0</name>`. Words that the schema doesn't know are guessed: a word that can be the name of an XML element is
 * an element; any other word is the key of the element in front of it.
 */
import { emptyModel, ensureChild, type Node } from './model.ts';
import type { Path } from './tree.ts';

/**
 * One element of a path. The entry of a list has its first key as `name`, and all its keys by element as `names`; an entry without a keyword
 * has only `name`. A leaf has its value.
 */
export interface ElementStep {
  readonly element: string;
  readonly name?: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly value?: string;
}

const xmlName = /^[A-Za-z_][\w.-]*$/;

/** The elements that a path leads through: `unit 1025` is `{ element: 'unit', name: '1025', names: { name: '1025' } }`. */
export function toElements(path: Path): ElementStep[] {
  const steps: ElementStep[] = [];
  let at = emptyModel();
  for (const word of path) {
    at = ensureChild(at, word);
    const last = steps.pop();
    steps.push(...(last === undefined ? elementSteps(at) : extended(last, at)));
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

/** A key or a value belongs to the last step; any other word begins a new one. */
function extended(last: ElementStep, node: Node): ElementStep[] {
  const { role, schema, word, parent } = node;
  const listed = parent?.role === 'list' || parent?.role === 'key';
  if (role === 'key' || (role === 'entry' && listed)) {
    const key = schema?.keys[Object.keys(last.names ?? {}).length] ?? 'name';
    return [{ ...last, name: last.name ?? word, names: { ...last.names, [key]: word } }];
  }
  const inner = schema?.keys[0];
  if (role === 'value')
    return inner === undefined ? [{ ...last, value: word }] : [last, { element: inner, value: word }];
  const anonymous = role === 'unknown' && !xmlName.test(word);
  if (anonymous && last.name === undefined && last.value === undefined) return [{ ...last, name: word }];
  return [last, ...elementSteps(node)];
}

const elementOf = (node: Node): string => node.schema?.element ?? node.word;
