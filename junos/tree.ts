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
