/**
 * Turns values into configuration text. Each function returns exactly one Junos word or a list of complete statements, or throws
 * `ParameterError`. So a value can never end the statement that it stands in.
 */
import { addressOf, isIpv4, isIpv6, isPrefix } from '../gateway/ip-address.ts';
import { parse } from '../junos/parse.ts';
import { print, quoteWord } from '../junos/print.ts';
import { JunosSyntaxError, shown } from '../junos/syntax-error.ts';
import type { Statement } from '../junos/tree.ts';
import { described, ParameterError } from './errors.ts';

/** Longest name: Junos refuses longer filter, policy and instance names on some releases. */
export const maximumName = 63;
/** Longest description of an interface. */
export const maximumText = 255;
/** Longest free configuration text of one parameter. */
export const maximumConfiguration = 64 * 1024;

const nameRule = /^[A-Za-z0-9_.:/@+=,%-]+(?: [A-Za-z0-9_.:/@+=,%-]+)*$/;
const forbidden = /[\t\n\r"{};\\#]/;
const comment = /\/\*|\*\/|\/\//;

/** Where a value is written: `alone`, where it may be quoted, or `joined` to other characters, where it must not need quotes. */
export type WordPosition = 'alone' | 'joined';

/** A name or number: letters, digits and `_.:/@+=,%-`, single blanks between. */
export function nameWord(parameter: string, value: unknown, place: WordPosition = 'alone'): string {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  const expected = `a name of 1 to ${maximumName} letters, digits or _.:/@+=,%-`;
  if (typeof text !== 'string') throw new ParameterError(parameter, expected, described(value));
  if (text.length > maximumName) {
    throw new ParameterError(parameter, expected, `${described(text)} (${text.length} characters)`);
  }
  if (!nameRule.test(text) || comment.test(text))
    throw new ParameterError(parameter, expected, described(value));
  const word = quoteWord(text);
  if (place === 'joined' && word !== text) {
    throw new ParameterError(
      parameter,
      'a name that needs no quotes, as it is joined to other text',
      described(value),
    );
  }
  return word;
}

/** One line of printable ASCII without quotes, braces, semicolons, backslashes and comment marks. In quotes if it needs them. */
export function textWord(parameter: string, value: unknown): string {
  const expected = `one line of 1 to ${maximumText} printable ASCII characters without quotes, braces, semicolons, backslashes and comment marks`;
  if (typeof value !== 'string' || value === '')
    throw new ParameterError(parameter, expected, described(value));
  if (value.length > maximumText) {
    throw new ParameterError(parameter, expected, `${described(value)} (${value.length} characters)`);
  }
  if (beyondAscii(value) !== undefined || forbidden.test(value) || comment.test(value))
    throw new ParameterError(parameter, expected, described(value));
  return quoteWord(value);
}

/** An address without its prefix length. */
export function addressWord(parameter: string, value: unknown): string {
  const address = typeof value === 'string' ? addressOf(value) : '';
  const isWhole = address === value || (typeof value === 'string' && isPrefix(value));
  if (isWhole && (isIpv4(address) || isIpv6(address))) return address;
  throw new ParameterError(
    parameter,
    'an IPv4 or IPv6 address in its shortest form, with or without its length',
    described(value),
  );
}

/** An address with its prefix length. Without one it is a host's, as routers print it: `192.0.2.1/32`. */
export function prefixWord(parameter: string, value: unknown): string {
  const address = addressWord(parameter, value);
  if (address !== value) return String(value);
  return `${address}/${isIpv4(address) ? 32 : 128}`;
}

/** A secret, as it is: one word. No message shows it. */
export function secretWord(parameter: string, value: unknown): string {
  try {
    textWord(parameter, value);
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    throw new ParameterError(
      parameter,
      error.expected,
      `${typeof value === 'string' ? 'a string' : 'a value'} (hidden)`,
    );
  }
  return String(value);
}

/** Free configuration text: parsed on its own and printed again, so that its braces are balanced. Empty or `null`: no text. */
export function configurationText(parameter: string, value: unknown): string {
  if (value === null || value === '') return '';
  const expected = `Junos configuration text of at most ${maximumConfiguration} ASCII characters, well-formed on its own and without tags`;
  if (typeof value !== 'string') throw new ParameterError(parameter, expected, described(value));
  if (value.length > maximumConfiguration) {
    throw new ParameterError(parameter, expected, `${value.length} characters`);
  }
  const foreign = beyondAscii(value);
  if (foreign !== undefined) throw new ParameterError(parameter, expected, shown(foreign));
  let statements: Statement[];
  try {
    statements = parse(value);
  } catch (error) {
    if (!(error instanceof JunosSyntaxError)) throw error;
    // The word that stands there may be a key. So neither the message nor the cause of the error has it.
    const { line, column } = error;
    throw new ParameterError(
      parameter,
      expected,
      `another text in line ${line}, column ${column}, where ${error.expected} is expected`,
    );
  }
  const tag = firstTag(statements);
  if (tag !== undefined) throw new ParameterError(parameter, expected, `the tag ${tag}:`);
  return print(statements);
}

/**
 * The first character that a router may not print as it was sent. Beyond ASCII, routers print references, one for each character or one for each octet of
 * UTF-8. Such references could not be told from somebody else's change.
 */
export function beyondAscii(text: string): string | undefined {
  return /[^\t\n\r -~]/u.exec(text)?.[0];
}

/** The first tag anywhere in a tree. Merged text must have none, so that it deletes, replaces and deactivates nothing. */
export function firstTag(statements: readonly Statement[]): string | undefined {
  for (const { tag, children } of statements) {
    const found = tag ?? (children === undefined ? undefined : firstTag(children));
    if (found !== undefined) return found;
  }
  return undefined;
}
