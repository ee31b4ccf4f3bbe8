/** Says what a router carries of a text, beside what others have in the same stanzas. */
import { differenceOf, find, inside, type Difference } from './difference.ts';
import { nodeAt } from './model.ts';
import { movesOf } from './order.ts';
import { within } from './select.ts';
import type { Path, Statement } from './tree.ts';

/** What a router carries of a text. */
export type Held =
  /** Every statement of the text, as written, and nothing of `without`. `scrambled`: what the router has in place of the text's secrets. */
  | { readonly kind: 'whole'; readonly scrambled: readonly Path[] }
  /** No statement of the text, and none of its leaves with another value. Containers in which only others have statements don't count. */
  | { readonly kind: 'none' }
  /** Every stanza of the text is there, but this statement is missing, has a tag, another value or another place, or is one of `without`. */
  | { readonly kind: 'changed'; readonly path: Path }
  /** Some stanzas of the text are missing as a whole. */
  | { readonly kind: 'partial'; readonly found: Path; readonly missing: Path };

export interface HeldOptions {
  readonly text: readonly Statement[];
  /** Other texts of the gateway. What `text` has as well doesn't count. */
  readonly without: readonly Statement[];
  /** The stanzas of all these texts. */
  readonly owns: readonly Path[];
}

/** If `text` is empty, the answer is `whole` or `changed`. */
export function heldOf(standing: readonly Statement[], { text, without, owns }: HeldOptions): Held {
  const difference = differenceOf(standing, { target: text, base: without, owns });
  const { statements, missing, misplaced, tagged, surplus, orders, scrambled } = difference;
  const moves = orders.flatMap((order) => movesOf(order, []));
  const [path] = [...missing, ...misplaced, ...[...tagged, ...moves].map((one) => one.path), ...surplus];
  if (path === undefined) return { kind: 'whole', scrambled };
  if (statements.length > 0 && !statements.some((statement) => isTraced(statement, difference)))
    return { kind: 'none' };
  const stanzas = owns.filter((owner) => statements.some((statement) => within(statement, owner)));
  const isThere = (stanza: Path): boolean => find(difference.standing, stanza) !== undefined;
  const lost = stanzas.find((stanza) => !isThere(stanza));
  const found = stanzas.find(isThere);
  return lost === undefined || found === undefined
    ? { kind: 'changed', path }
    : { kind: 'partial', found, missing: lost };
}

/** Whether a statement stands, or its leaf with another value. An entry that has become a container of others is no trace of the text. */
function isTraced(statement: Path, { standing }: Difference): boolean {
  const node = find(standing, statement);
  const isOurs = node?.role === 'value' || node?.lineTag !== undefined;
  if (node !== undefined && (isOurs || inside(node).length === 0)) return true;
  return statement.some((_, index) => nodeAt(standing, statement.slice(0, index))?.role === 'leaf');
}
