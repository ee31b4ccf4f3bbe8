/** A model as statements. */
import { isVoid, ordersChildren, type Node } from './model.ts';
import type { Statement } from './tree.ts';

/** `sorted`: one form for each meaning, sorted where the order means nothing. `junos`: in the order of the model, grouped as Junos prints it. */
type Style = 'sorted' | 'junos';

/** The statements inside of a node. */
export function statementsInside(node: Node, style: Style): Statement[] {
  return ordered(node, style).flatMap((child) => statementsOf(child, style));
}

/** The statements that stand for a node itself. `before`: words in front of its own. */
export function statementsOf(node: Node, style: Style, before: readonly string[] = []): Statement[] {
  const words = [...before, node.word];
  switch (node.role) {
    case 'container':
      return isVoid(node) ? [] : container(node, style, words);
    case 'list':
    case 'key':
      if (node.children.size === 0) return [tagged(node, { words })];
      if (style === 'junos' && node.schema?.grouped === true && node.role === 'list')
        return [block(node, style, words)];
      return ordered(node, style).flatMap((child) => statementsOf(child, style, words));
    case 'leaf':
    case 'leaf-list':
      return [tagged(node, leaf(node, style, words))];
    default:
      return style === 'junos' ? lines(node, words) : [block(node, style, words)];
  }
}

/**
 * For a word that is unknown to the schema. A statement that stood on one line with a tag stays on one line, because nobody knows which of its words the tag
 * is of.
 */
function lines(node: Node, words: readonly string[]): Statement[] {
  if (node.lineTag === undefined || node.tag !== undefined || node.children.size === 0)
    return [block(node, 'junos', [...words])];
  return ordered(node, 'junos').flatMap((child) => lines(child, [...words, child.word]));
}

function container(node: Node, style: Style, words: string[]): Statement[] {
  const inline = style === 'junos' && node.tag === undefined ? node.schema?.inline : 'never';
  if (inline === 'always' && node.children.size > 0) {
    return ordered(node, style).flatMap((child) => statementsOf(child, style, words));
  }
  const children = statementsInside(node, style);
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
  const values = ordered(node, style);
  const odd = values.find(({ children, tag }) => children.size > 0 || tag !== undefined);
  if (odd !== undefined) return { words, children: values.flatMap((value) => statementsOf(value, style)) };
  const list = values.map(({ word }) => word);
  const bare = style === 'junos' && list.length === 1;
  if (node.role === 'leaf' || list.length === 0 || bare) return { words: [...words, ...list] };
  return { words, list };
}

function block(node: Node, style: Style, words: string[]): Statement {
  const children = statementsInside(node, style);
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
