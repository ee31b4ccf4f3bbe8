/**
 * Paths and trees as Junos's XML has them, where list entries are elements with a `<name>`: `interfaces ae0` is
 * `<interfaces><interface><name>ae0</name>`. Unknown words are a guess: an element if they could be one, else the name of the one before.
 */
import { build, emptyModel, isVoid, mark, pathOf, step, type Node } from './model.ts';
import { childByElement } from './schema.ts';
import { inside } from './statements.ts';
import type { Path, Statement } from './tree.ts';

/** An element of the configuration: with text (a leaf, a name) or with children. */
export interface Element {
  readonly element: string;
  readonly text?: string;
  readonly children?: readonly Element[];
  /** The attribute `inactive="inactive"`. */
  readonly inactive?: true;
}

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

/** The whole tree as elements, names first in each entry. */
export const toElementTree = (tree: readonly Statement[]): Element[] => contents(build(tree));

const contents = (node: Node): Element[] =>
  [...node.children.values()].flatMap((child) => elements(child, []));

const elementOf = (node: Node): string => node.schema?.element ?? node.word;
const inactive = (node: Node): Pick<Element, 'inactive'> =>
  node.tag === 'inactive' ? { inactive: true } : {};

function elements(node: Node, names: readonly Node[]): Element[] {
  const { role, schema, children, word, parent } = node;
  const kids = [...children.values()];
  switch (role) {
    case 'container':
      return isVoid(node) ? [] : [{ element: elementOf(node), ...inactive(node), children: contents(node) }];
    case 'list':
    case 'name':
      return kids.length === 0
        ? [{ element: elementOf(node) }]
        : kids.flatMap((kid) => elements(kid, [...names, node]));
    case 'entry': {
      const keyed = [...names.slice(1), node].map((named, at) => ({
        element: schema?.keys[at] ?? 'name',
        text: named.word,
      }));
      const element =
        names[0] === undefined ? (parent?.schema?.entry?.element ?? 'name') : elementOf(names[0]);
      return [{ element, ...inactive(node), children: [...keyed, ...contents(node)] }];
    }
    case 'value':
    case 'values': {
      const inner = schema?.keys[0];
      if (kids.length === 0) return [{ element: elementOf(node) }];
      return kids.map((kid) => ({
        element: elementOf(node),
        ...inactive(node),
        ...inactive(kid),
        ...(inner === undefined ? { text: kid.word } : { children: [{ element: inner, text: kid.word }] }),
      }));
    }
    case 'flag':
    case 'datum':
      return [{ element: word, ...inactive(node) }];
    default:
      return guessed(node);
  }
}

/** `foo bar;` is `<foo>bar</foo>`, `foo 5 { … }` is `<foo><name>5</name>…`; only the fallback does this. */
function guessed(node: Node): Element[] {
  const kids = [...node.children.values()];
  if (!xmlName.test(node.word)) {
    return [{ element: 'undocumented', children: [{ element: 'name', text: node.word }, ...contents(node)] }];
  }
  if (kids.length === 0) return [{ element: node.word, ...inactive(node) }];
  return kids.map((kid): Element => {
    if (kid.children.size === 0) return { element: node.word, ...inactive(node), text: kid.word };
    const children = xmlName.test(kid.word)
      ? guessed(kid)
      : [{ element: 'name', text: kid.word }, ...contents(kid)];
    return { element: node.word, ...inactive(node), children };
  });
}

/** The path that steps name; the inverse of {@link toElements}. */
export function fromElements(steps: readonly ElementStep[]): string[] {
  let at = emptyModel();
  for (const { element, name, names, value } of steps) {
    const children = Object.entries(names ?? (name === undefined ? {} : { name })).map(([key, text]) => ({
      element: key,
      text,
    }));
    at = absorb(at, { element, children, ...(value === undefined ? {} : { text: value }) });
  }
  return pathOf(at);
}

/** Elements (the content of `<configuration>`) as a tree in Junos's grouping. */
export function fromElementTree(tree: readonly Element[]): Statement[] {
  const model = emptyModel();
  for (const element of tree) absorb(model, element);
  return inside(model, 'junos');
}

/** Merges an element into `parent`, returns the node that its content stands in. */
function absorb(parent: Node, { element, text, children = [], inactive }: Element): Node {
  const { schema } = parent;
  const known =
    parent.role === 'container' || parent.role === 'entry' ? childByElement(schema, element) : undefined;
  const entry = known === undefined && schema?.entry?.element === element;
  const keys = entry ? ['name'] : known === undefined ? ['name'] : known[1].keys;
  const named = keys.map((key) => children.find((child) => child.element === key)?.text);
  const words = [...named, text].filter((word) => word !== undefined);
  const start =
    entry || parent.schema?.keys.includes(element) || element === 'undocumented'
      ? parent
      : step(parent, known?.[0] ?? element);
  const at = words.reduce(step, start);
  if (inactive === true) mark(at, 'inactive');
  for (const child of children)
    if (child.text === undefined || !keys.includes(child.element)) absorb(at, child);
  return at;
}
