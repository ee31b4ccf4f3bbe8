/**
 * Junos configuration text as a tree: statements made of words, nested by braces. The other files in `junos/` read into this tree or
 * write from it. This file is short because all of them import it.
 */

/** What may stand in front of a statement, with a colon. Junos obeys `replace:` only in loads with `action="replace"`. */
export type Tag = 'inactive' | 'active' | 'replace' | 'delete' | 'protect';

/**
 * A statement, in one of three forms: a leaf `description vpn_gw;`, with neither `list` nor `children`; a list `apply-groups [ A B ];`; or a
 * block `unit 1025 { … }`, with `children`.
 */
export interface Statement {
  /** Keyword, keys and values, without quotes: `['unit', '1025']`, `['description', 'vpn gw']`. Never empty. */
  readonly words: readonly string[];
  readonly tag?: Tag;
  readonly list?: readonly string[];
  readonly children?: readonly Statement[];
}

/** A place in the configuration as words from the top: `['interfaces', 'ae0', 'unit', '1025']`. */
export type Path = readonly string[];

/** Deepest nesting of blocks that is read. Real configurations stay below 20. */
export const maximumDepth = 64;

/** Most words from the top of the configuration to the end of a statement, as each is a level of the model. Real ones stay below 40. */
export const maximumWords = 256;

/** The same for what a router printed. Nobody writes more by hand, and the model of so long a statement still fits on the stack. */
export const maximumWordsOfRouter = 512;
