/** Writes templates for given values. Their language is described in `parse-template.ts`. */
import { mark } from '../junos/placeholders.ts';
import { described, ParameterError } from './errors.ts';
import { parseTemplate } from './parse-template.ts';
import type { Helper, ParsedTemplate, Part } from './parse-template.ts';
import { addressWord, configurationText, nameWord, prefixWord, secretWord, textWord } from './word.ts';

export type Values = ReadonlyMap<string, unknown>;

/** Writes the value of an expression, or a placeholder in its place that shows the template's shape. */
export type Writer = Readonly<Record<Helper, (parameter: string, value: unknown) => string>>;

export const values: Writer = {
  name: (parameter, value) => nameWord(parameter, value),
  joined: (parameter, value) => nameWord(parameter, value, 'joined'),
  text: textWord,
  configuration: configurationText,
  address: addressWord,
  prefix: prefixWord,
  secret: (parameter, value) => mark(secretWord(parameter, value)),
};

const placeholderOf = (parameter: string): string => `x_${parameter.replace(' ', '_')}`;

/** Writes placeholders: words that are not keywords of Junos's hierarchy. */
export const placeholders: Writer = {
  name: placeholderOf,
  joined: placeholderOf,
  text: placeholderOf,
  configuration: () => '',
  address: placeholderOf,
  prefix: placeholderOf,
  secret: placeholderOf,
};

export interface Template extends ParsedTemplate {
  /** The text for these values, which must include every parameter in `mentions`. Throws `ParameterError`. */
  readonly render: (values: Values, writer: Writer) => string;
}

/** Compiles a template. `isEntry`: it is for one entry of a list, `this`. Throws a `TemplateSyntaxError`. */
export function compileTemplate(source: string, isEntry = false): Template {
  const { mentions, parts } = parseTemplate(source, isEntry);
  return { mentions, parts, render: (given, writer) => write(parts, given, writer) };
}

function write(parts: readonly Part[], given: Values, writer: Writer): string {
  return parts
    .map((part) => {
      if (part.kind === 'content') return part.text;
      const value = given.get(part.parameter);
      if (part.kind === 'expression') return writer[part.helper](part.parameter, value);
      if (part.kind === 'list')
        return entriesOf(part.parameter, value)
          .map((entry) => write(part.each, new Map([...given, ['this', entry]]), writer))
          .join('');
      return write(isMet(part.is, value) ? part.when : part.otherwise, given, writer);
    })
    .join('');
}

function isMet(is: string | undefined, value: unknown): boolean {
  if (is !== undefined)
    return (typeof value === 'string' || typeof value === 'number') && String(value) === is;
  return !isEmpty(value) && !(Array.isArray(value) && value.length === 0);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}

/** The entries of a list parameter. No value: none. Throws a `ParameterError` for a value that is no list. */
export function entriesOf(parameter: string, value: unknown): readonly unknown[] {
  if (isEmpty(value)) return [];
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new ParameterError(parameter, 'a list', described(value));
}
