import { parse } from '../../junos/parse.ts';
import { blocksOf, inside, listOf, type Config } from './config.ts';

/** A login class, as far as the router heeds it. */
export interface LoginClass {
  /** Flags: `configure`, `view`, `view-configuration`, `maintenance`, `all`. */
  readonly permissions: readonly string[];
  /** `allow-configuration-regexps`, each split into its words. */
  readonly allowConfiguration: readonly (readonly string[])[];
}

const HEEDED = ['permissions', 'allow-configuration-regexps'] as const;

/**
 * A class of `system login`, given as Junos text. Throws a `JunosSyntaxError`, or a `RangeError` if it isn't there or says something
 * that the router would not heed.
 *
 * @example
 * loginClass('system { login { class c { permissions [ view ]; } } }', 'c')
 */
export function loginClass(text: string, name: string): LoginClass {
  const config: Config = parse(text);
  const found = blocksOf(inside(config, 'system', 'login'), 'class').find(({ words }) => words[1] === name);
  if (!found) throw new RangeError(`Expected a login class ${name}, got none`);
  const statements = found.children ?? [];
  const unheeded = statements.find(({ words }) => !HEEDED.some((known) => known === words[0]));
  if (unheeded) throw new RangeError(`Expected ${HEEDED.join(' or ')}, got ${unheeded.words.join(' ')}`);
  const [permissions, patterns] = HEEDED.map((word) => listOf(statements, word));
  return {
    permissions: permissions ?? [],
    allowConfiguration: (patterns ?? []).map((pattern) => pattern.split(' ')),
  };
}
