/**
 * The small language that a kind's templates are written in, a subset of Handlebars: `{{name}}` (one Junos word), `{{text name}}` (a longer
 * one), `{{configuration name}}` (complete statements), `{{#if name}}` and `{{#unless name}}` with `{{else}}`. Nothing else is accepted: no
 * paths, no other helpers, no partials. Handlebars only parses the text. This module walks the parsed tree and writes the result, so that a
 * template from etcd is never compiled into a program, and sees nothing but parameters.
 */
import Handlebars from 'handlebars';
import { shown } from '../junos/syntax-error.ts';
import { messageOf } from './errors.ts';
import { configurationText, nameWord, textWord } from './word.ts';

/** Thrown when a template's text is not of this language. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
}

export type Values = ReadonlyMap<string, unknown>;

/** Writes the value of an expression, or a placeholder in its place that shows the template's shape. */
export type Writer = Readonly<Record<Helper, (parameter: string, value: unknown) => string>>;

/** `joined`: a name with other text right beside it, as in `{{a}}.{{b}}`. The value must not need quotes. */
type Helper = 'name' | 'joined' | 'text' | 'configuration';

export const values: Writer = {
  name: (parameter, value) => nameWord(parameter, value),
  joined: (parameter, value) => nameWord(parameter, value, 'joined'),
  text: textWord,
  configuration: configurationText,
};

/** Writes placeholders: words that are not keywords of Junos's hierarchy. */
export const placeholders: Writer = {
  name: (parameter) => `x_${parameter}`,
  joined: (parameter) => `x_${parameter}`,
  text: (parameter) => `x_${parameter}`,
  configuration: () => '',
};

export interface Template {
  /** Every parameter that the template mentions. */
  readonly mentions: ReadonlySet<string>;
  /** The text for these values, which must include every parameter in `mentions`. Throws `ParameterError`. */
  readonly render: (values: Values, writer: Writer) => string;
}

type Part =
  | { readonly kind: 'content'; readonly text: string }
  | { readonly kind: 'expression'; readonly helper: Helper; readonly parameter: string }
  | {
      readonly kind: 'choice';
      readonly parameter: string;
      readonly when: readonly Part[];
      readonly otherwise: readonly Part[];
    };

/** Longest template, in UTF-16 units: Handlebars takes time with the square of how deep blocks are nested. */
export const maximumTemplate = 64 * 1024;
/** Deepest nesting of blocks. */
export const maximumNesting = 32;

const identifier = /^[a-z][a-z0-9_]*$/;

/** Compiles a template. Throws {@link TemplateSyntaxError}. */
export function compileTemplate(source: string): Template {
  if (source.length > maximumTemplate)
    throw new TemplateSyntaxError(`expected at most ${maximumTemplate} characters, got ${source.length}`);
  let program: hbs.AST.Program;
  try {
    program = Handlebars.parse(source);
  } catch (cause) {
    throw new TemplateSyntaxError(shown(messageOf(cause).split('\n', 1).join(''), 200), { cause });
  }
  const mentions = new Set<string>();
  const parts = readProgram(program, mentions, 0);
  return { mentions, render: (given, writer) => write(parts, given, writer) };
}

function write(parts: readonly Part[], given: Values, writer: Writer): string {
  return parts
    .map((part) => {
      if (part.kind === 'content') return part.text;
      const value = given.get(part.parameter);
      if (part.kind === 'expression') return writer[part.helper](part.parameter, value);
      return write(
        value === null || value === undefined || value === '' ? part.otherwise : part.when,
        given,
        writer,
      );
    })
    .join('');
}

function readProgram(program: hbs.AST.Program | undefined, mentions: Set<string>, depth: number): Part[] {
  const outermost = depth === 0;
  const nodes = (program?.body ?? []).filter(({ type }) => type !== 'CommentStatement');
  return nodes.map((node, at) => {
    if (isContent(node)) return content(node);
    const textBefore = neighbour(nodes[at - 1], outermost).at(-1) ?? '';
    const textAfter = neighbour(nodes[at + 1], outermost).charAt(0);
    if (isBlock(node)) {
      if (depth === maximumNesting) throw refused(node, `more than ${maximumNesting} blocks in each other`);
      return choice(node, mentions, depth + 1);
    }
    if (!isMustache(node)) throw refused(node, `a ${node.type}`);
    const joined = !/[\s{[]/.test(textBefore) || !/[\s;{}\]]/.test(textAfter);
    return expression(node, mentions, joined);
  });
}

/** The text beside an expression. Beside a block it can't be known, and counts as joined. */
const neighbour = (node: hbs.AST.Statement | undefined, outermost: boolean): string =>
  node === undefined ? (outermost ? '\n' : '?') : isContent(node) ? node.value : '?';

/** Quotes must close within one piece of text, so that no expression can stand inside them. */
function content(node: hbs.AST.ContentStatement): Part {
  if ((node.value.match(/"/g) ?? []).length % 2 !== 0) throw refused(node, 'an expression inside quotes');
  return { kind: 'content', text: node.value };
}

function choice(node: hbs.AST.BlockStatement, mentions: Set<string>, depth: number): Part {
  const { original } = node.path;
  const [parameter, ...more] = node.params.map((param) => nameOf(param, node));
  if (
    (original !== 'if' && original !== 'unless') ||
    parameter === undefined ||
    more.length > 0 ||
    hasHash(node)
  ) {
    throw refused(node, `the block ${shown(original)}`);
  }
  mentions.add(parameter);
  const [program, inverse] = [
    readProgram(node.program, mentions, depth),
    readProgram(node.inverse, mentions, depth),
  ];
  const [when, otherwise] = original === 'if' ? [program, inverse] : [inverse, program];
  return { kind: 'choice', parameter, when, otherwise };
}

function expression(node: hbs.AST.MustacheStatement, mentions: Set<string>, joined: boolean): Part {
  const [first, second, ...more] = [node.path, ...node.params].map((path) => nameOf(path, node));
  if (first === undefined || more.length > 0 || hasHash(node))
    throw refused(node, 'an expression with several arguments');
  if (!node.escaped) throw refused(node, 'an expression in three braces');
  mentions.add(second ?? first);
  if (second === undefined)
    return { kind: 'expression', helper: joined ? 'joined' : 'name', parameter: first };
  if (first !== 'text' && first !== 'configuration') throw refused(node, `the helper ${shown(first)}`);
  if (joined) throw refused(node, `{{${first} …}} joined to other text`);
  return { kind: 'expression', helper: first, parameter: second };
}

function nameOf(node: hbs.AST.Expression, at: hbs.AST.Node): string {
  const path = node as hbs.AST.PathExpression;
  if (
    path.type !== 'PathExpression' ||
    path.data ||
    path.depth !== 0 ||
    path.parts.length !== 1 ||
    !identifier.test(path.original)
  ) {
    throw refused(
      at,
      `${'original' in node ? shown(String(node.original), 40) : node.type} for a parameter's name`,
    );
  }
  return path.original;
}

const hasHash = (node: { hash?: hbs.AST.Hash }): boolean => (node.hash?.pairs.length ?? 0) > 0;
const isContent = (node: hbs.AST.Statement): node is hbs.AST.ContentStatement =>
  node.type === 'ContentStatement';
const isBlock = (node: hbs.AST.Statement): node is hbs.AST.BlockStatement => node.type === 'BlockStatement';
const isMustache = (node: hbs.AST.Statement): node is hbs.AST.MustacheStatement =>
  node.type === 'MustacheStatement';

const refused = ({ loc }: hbs.AST.Node, what: string): TemplateSyntaxError =>
  new TemplateSyntaxError(
    `line ${loc.start.line}: expected {{name}}, {{text name}}, {{configuration name}}, {{#if name}} or {{#unless name}}, got ${what}`,
  );
