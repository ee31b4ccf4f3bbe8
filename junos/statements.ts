import { isVoid, ordersChildren, type Node } from './model.ts';
import type { Statement } from './tree.ts';

/** `sorted`: one shape for each meaning, sorted where order has none. `junos`: in the order given, grouped as Junos prints it. */
type Style = 'sorted' | 'junos';

/** The statements for what stands inside `node`. */
export function inside(node: Node, style: Style): Statement[] {
  return ordered(node, style).flatMap((child) => statements(child, style));
}

/** The statements for `node` itself; `before`: words that come first on its line. */
export function statements(node: Node, style: Style, before: readonly string[] = []): Statement[] {
  const words = [...before, node.word];
  switch (node.role) {
    case 'container':
      return isVoid(node) ? [] : container(node, style, words);
    case 'list':
    case 'name':
      if (node.children.size === 0) return [tagged(node, { words })];
      if (style === 'junos' && node.schema?.grouped === true && node.role === 'list')
        return [block(node, style, words)];
      return ordered(node, style).flatMap((child) => statements(child, style, words));
    case 'value':
    case 'values':
      return [tagged(node, leaf(node, style, words))];
    default:
      return [block(node, style, words)];
  }
}

function container(node: Node, style: Style, words: string[]): Statement[] {
  const inline = style === 'junos' && node.tag === undefined ? node.schema?.inline : 'never';
  if (inline === 'always' && node.children.size > 0) {
    return ordered(node, style).flatMap((child) => statements(child, style, words));
  }
  const children = inside(node, style);
  const [only, ...more] = children;
  if (
    inline === 'single' &&
    only !== undefined &&
    more.length === 0 &&
    only.children === undefined &&
    only.tag === undefined
  ) {
    return [{ ...only, words: [...words, ...only.words] }];
  }
  return [tagged(node, children.length === 0 ? { words } : { words, children })];
}

function leaf(node: Node, style: Style, words: string[]): Statement {
  const data = ordered(node, style);
  const odd = data.find((datum) => datum.children.size > 0 || datum.tag !== undefined);
  if (odd !== undefined) return { words, children: data.flatMap((datum) => statements(datum, style)) };
  const list = data.map((datum) => datum.word);
  // Without its brackets, the tag of a list of one would be read as its value's.
  const bare = style === 'junos' && list.length === 1 && node.tag === undefined;
  if (node.role === 'value' || list.length === 0 || bare) return { words: [...words, ...list] };
  return { words, list };
}

function block(node: Node, style: Style, words: string[]): Statement {
  const children = inside(node, style);
  return tagged(node, children.length === 0 ? { words } : { words, children });
}

const tagged = ({ tag }: Node, statement: Statement): Statement =>
  tag === undefined ? statement : { ...statement, tag };

const ordered = (node: Node, style: Style): Node[] => {
  const children = [...node.children.values()];
  return style === 'junos' || ordersChildren(node)
    ? children
    : children.sort((a, b) => (a.word < b.word ? -1 : 1));
};
