/**
 * The small language that a kind's templates are written in, a subset of Handlebars: `{{name}}` (one Junos word), `{{text name}}` (a longer
 * one), `{{configuration name}}` (complete statements), `{{address name}}` (without its prefix length), `{{prefix name}}` (with it),
 * `{{other name}}` (the other router's), `{{secret name}}` (a secret of the gateway's own record); `{{#if name}}` and `{{#unless name}}` with
 * `{{else}}`, `{{#is name "word"}}`, `{{#each name}}` with `{{this}}`. Nothing else is accepted: no paths, no other helpers, no partials.
 *
 * Handlebars only parses the text. This module turns the parsed tree into parts, and `template.ts` writes them. So a template from etcd is never compiled
 * into a program, and sees nothing but parameters.
 */
import Handlebars from 'handlebars';
import { messageOf } from '../gateway/display.ts';
import { shown } from '../junos/syntax-error.ts';

/** Thrown when a template's text is not of this language. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
}

/** `joined`: a name with other text right beside it, as in `{{a}}.{{b}}`. The value must not need quotes. */
export type Helper = 'name' | 'joined' | 'text' | 'configuration' | 'address' | 'prefix' | 'secret';

export type Part =
  | { readonly kind: 'content'; readonly text: string }
  | { readonly kind: 'expression'; readonly helper: Helper; readonly parameter: string }
  | {
      readonly kind: 'choice';
      readonly parameter: string;
      /** The value for which `when` is written. Absent: any value but an empty one. */
      readonly is?: string;
      readonly when: readonly Part[];
      readonly otherwise: readonly Part[];
    }
  | { readonly kind: 'list'; readonly parameter: string; readonly each: readonly Part[] };

/** A template, parsed. */
export interface ParsedTemplate {
  /** Every parameter that the template mentions. `other name`: the other router's value; `secret name`: the secret itself. */
  readonly mentions: ReadonlySet<string>;
  readonly parts: readonly Part[];
}

/** Longest template, in UTF-16 units. */
export const maximumTemplate = 64 * 1024;
/** Deepest nesting of blocks. */
export const maximumNesting = 32;
/** Most blocks, chained ones among them, and parentheses. However they are nested, Handlebars reads so many in some tenths of a second. */
const maximumOpened = 1_000;

const TOO_DEEP = `more than ${maximumNesting} blocks in each other`;

const identifier = /^[a-z][a-z0-9_]*$/;

/** Parses a template. `isEntry`: it is for one entry of a list, `this`. Throws {@link TemplateSyntaxError}. */
export function parseTemplate(source: string, isEntry: boolean): ParsedTemplate {
  if (source.length > maximumTemplate)
    throw new TemplateSyntaxError(`expected at most ${maximumTemplate} characters, got ${source.length}`);
  // The time that Handlebars takes grows with the square of how deep blocks are nested. It does so for expressions in parentheses, too.
  if (nestingOf(source) > maximumNesting) throw new TemplateSyntaxError(TOO_DEEP);
  const opened = source.match(/\{\{~?\s*(?:#|\^|else\s)|\(/g)?.length ?? 0;
  if (opened > maximumOpened)
    throw new TemplateSyntaxError(`expected at most ${maximumOpened} blocks and parentheses, got ${opened}`);
  let program: hbs.AST.Program;
  try {
    program = Handlebars.parse(source);
  } catch (cause) {
    throw new TemplateSyntaxError(shown(messageOf(cause).split('\n', 1).join(''), 200), { cause });
  }
  const mentions = new Set<string>();
  const parts = readProgram(program, { mentions, depth: 0, isEntry });
  return { mentions, parts };
}

/** How many blocks are open at once at most, by their tags. */
function nestingOf(source: string): number {
  let [open, most] = [0, 0];
  for (const [, mark] of source.matchAll(/\{\{~?([#/])/g)) {
    open += mark === '#' ? 1 : -1;
    most = Math.max(most, open);
  }
  return most;
}

interface ReadContext {
  readonly mentions: Set<string>;
  /** How many blocks are around. */
  readonly depth: number;
  /** Whether `this` is an entry of a list. */
  readonly isEntry: boolean;
}

function readProgram(program: hbs.AST.Program | undefined, reading: ReadContext): Part[] {
  const outermost = reading.depth === 0;
  const nodes = (program?.body ?? []).filter(({ type }) => type !== 'CommentStatement');
  return nodes.map((node, at) => {
    if (isContent(node)) return content(node);
    const textBefore = adjacentText(nodes[at - 1], outermost).at(-1) ?? '';
    const textAfter = adjacentText(nodes[at + 1], outermost).charAt(0);
    if (isBlock(node)) {
      if (reading.depth === maximumNesting) throw refused(node, TOO_DEEP);
      return block(node, { ...reading, depth: reading.depth + 1 });
    }
    if (!isMustache(node)) throw refused(node, `a ${node.type}`);
    const joined = !/[\s{[]/.test(textBefore) || !/[\s;{}\]]/.test(textAfter);
    return expression(node, reading, joined);
  });
}

/** The text beside an expression. Beside a block it can't be known, and counts as joined. */
const adjacentText = (node: hbs.AST.Statement | undefined, outermost: boolean): string =>
  node === undefined ? (outermost ? '\n' : '?') : isContent(node) ? node.value : '?';

/** Quotes must close within one piece of text, so that no expression can stand inside them. */
function content(node: hbs.AST.ContentStatement): Part {
  if ((node.value.match(/"/g) ?? []).length % 2 !== 0) throw refused(node, 'an expression inside quotes');
  return { kind: 'content', text: node.value };
}

function block(node: hbs.AST.BlockStatement, reading: ReadContext): Part {
  const { original } = node.path;
  const [first, second, ...more] = node.params;
  const names = [node.program, node.inverse].flatMap((program) => program?.blockParams ?? []);
  if (first === undefined || more.length + names.length > 0 || hasHash(node))
    throw refused(node, `the block ${shown(original)}`);
  const parameter = mentioned(nameOf(first, node), reading, node);
  if (original === 'each' && second === undefined) {
    if (parameter === 'this') throw refused(node, '{{#each this}}: lists hold no lists');
    if (node.inverse !== undefined) throw refused(node, 'an {{else}} of {{#each}}');
    return { kind: 'list', parameter, each: readProgram(node.program, { ...reading, isEntry: true }) };
  }
  const [program, inverse] = [readProgram(node.program, reading), readProgram(node.inverse, reading)];
  if (original === 'is' && second !== undefined && isText(second))
    return { kind: 'choice', parameter, is: second.value, when: program, otherwise: inverse };
  if ((original !== 'if' && original !== 'unless') || second !== undefined)
    throw refused(node, `the block ${shown(original)}`);
  const [when, otherwise] = original === 'if' ? [program, inverse] : [inverse, program];
  return { kind: 'choice', parameter, when, otherwise };
}

/** How an expression with a helper writes its value. `other` and `secret` also say which value is meant. */
const HELPERS = {
  text: 'text',
  configuration: 'configuration',
  address: 'address',
  prefix: 'prefix',
  secret: 'secret',
  other: 'name',
} as const satisfies Readonly<Record<string, Helper>>;
/** Helpers whose expressions may be joined to other text. */
const ofAnyPlace: readonly string[] = ['address', 'prefix', 'other'];

function expression(node: hbs.AST.MustacheStatement, reading: ReadContext, joined: boolean): Part {
  const [first, second, ...more] = [node.path, ...node.params].map((path) => nameOf(path, node));
  if (first === undefined || more.length > 0 || hasHash(node))
    throw refused(node, 'an expression with several arguments');
  if (!node.escaped) throw refused(node, 'an expression in three braces');
  const name = joined ? 'joined' : 'name';
  if (second === undefined)
    return { kind: 'expression', helper: name, parameter: mentioned(first, reading, node) };
  if (!Object.hasOwn(HELPERS, first)) throw refused(node, `the helper ${shown(first)}`);
  if (joined && !ofAnyPlace.includes(first)) throw refused(node, `{{${first} …}} joined to other text`);
  const helper = HELPERS[first as keyof typeof HELPERS];
  const isNamed = first === 'other' || first === 'secret';
  const parameter = mentioned(isNamed ? `${first} ${second}` : second, reading, node);
  return { kind: 'expression', helper: helper === 'name' ? name : helper, parameter };
}

/** Notes a parameter. `this` is none. */
function mentioned(parameter: string, { mentions, isEntry }: ReadContext, at: hbs.AST.Node): string {
  if (parameter.endsWith(' this')) throw refused(at, `{{${parameter}}}`);
  if (parameter !== 'this') mentions.add(parameter);
  else if (!isEntry) throw refused(at, "'this' outside {{#each}}");
  return parameter;
}

function nameOf(node: hbs.AST.Expression, at: hbs.AST.Node): string {
  const path = node as hbs.AST.PathExpression;
  if (
    path.type !== 'PathExpression' ||
    path.data ||
    path.depth !== 0 ||
    // Handlebars has no part for `this`.
    path.parts.length !== (path.original === 'this' ? 0 : 1) ||
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

const isText = (node: hbs.AST.Expression): node is hbs.AST.StringLiteral => node.type === 'StringLiteral';

const refused = ({ loc }: hbs.AST.Node, what: string): TemplateSyntaxError =>
  new TemplateSyntaxError(
    `line ${loc.start.line}: expected {{name}}, {{text name}}, {{configuration name}}, {{address name}}, {{prefix name}}, {{other name}}, {{secret name}}, {{#if name}}, {{#unless name}}, {{#is name "word"}} or {{#each name}}, got ${what}`,
  );
