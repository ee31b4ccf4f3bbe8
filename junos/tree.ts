/**
 * The shape of Junos configuration text: statements made of words, nested by braces.
 * Everything else in `junos/` parses into it or prints from it.
 */

/** A tag written before a statement; `replace:` is honoured by loads with `action="replace"` only. */
export type Tag = 'inactive' | 'active' | 'replace' | 'delete' | 'protect';

/**
 * One statement. Exactly one of three forms:
 * a leaf `description vpn_gw;` (neither `children` nor `list`),
 * a list `apply-groups [ A B ];` (`list`), or a block `unit 1025 { … }` (`children`).
 */
export interface Statement {
  /** Keyword and names, unquoted: `['unit', '1025']`, `['description', 'vpn gw']`. Never empty. */
  readonly words: readonly string[];
  readonly tag?: Tag;
  readonly list?: readonly string[];
  readonly children?: readonly Statement[];
}

/** A place in the configuration as words from the top: `['interfaces', 'ae0', 'unit', '1025']`. */
export type Path = readonly string[];

/** Deepest nesting of blocks that is read; real configurations stay below 20. */
export const maximumDepth = 64;

/** Most words from the top of the configuration down to the end of a statement: each is a level of its own in the model. Real ones stay below 40. */
export const maximumWords = 256;
