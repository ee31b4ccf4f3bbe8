/** Updates a gateway in place: the set commands between two of its texts, beside what others have in the same stanzas. */
import { differenceOf, find, inside, type Difference, type Texts } from './difference.ts';
import { movesOf, type Insert } from './order.ts';
import { pathKey, within } from './select.ts';
import { parseSet, printSet } from './set.ts';
import type { Path, Statement } from './tree.ts';

export interface EditOptions extends Texts {
  /** What the router prints inside the stanzas. */
  readonly standing: readonly Statement[];
  /** `insert` commands that give new entries of the target their place among entries of others. */
  readonly arrange?: readonly string[];
}

/**
 * Set commands, one on each line, that bring a router from `standing` to a configuration that holds all of `target`, nothing of `base` that `target`
 * lacks, and everything else as it was: deletions, then additions, then order. Each command has an effect, so a router warns of none.
 * Containers that have become empty go, too, at or below an owned stanza. Throws `JunosSyntaxError` for a line of `arrange`.
 *
 * @example
 * edits({ base: parse('… description a;'), target: parse('… description b;'), standing: base, owns: [['interfaces', 'ae0', 'unit', '5']] });
 * // ['set interfaces ae0 unit 5 description b']
 */
export function edits({ standing, arrange = [], ...texts }: EditOptions): readonly string[] {
  const difference = differenceOf(standing, texts);
  const { statements, missing, surplus, misplaced, unsure } = difference;
  const anew = new Set([...missing, ...misplaced].map(pathKey));
  const added = statements.filter(
    (path) => anew.has(pathKey(path)) || unsure.some((leaf) => within(path, leaf)),
  );
  const arranged = arrange
    .flatMap((line) => parseSet(line))
    .filter((command): command is Insert => command.verb === 'insert')
    .filter(({ path }) => find(difference.standing, path) === undefined);
  const inactive = difference.tagged
    .filter(({ tag }) => tag === 'inactive')
    .map(({ path }) => ({ path, goes: goesWith(path, difference) }));
  const gone = [
    ...surplus,
    ...misplaced,
    ...inactive.flatMap(({ goes }) => (goes === undefined ? [] : [goes])),
  ];
  return [
    ...gone.map((path) => printSet({ verb: 'delete', path })),
    ...added.flatMap((path) => (mayStayInactive(path, difference) ? anewFor(path) : [set(path)])),
    ...inactive.map(({ path, goes }) => printSet({ verb: goes === undefined ? 'activate' : 'set', path })),
    ...[...arranged, ...difference.orders.flatMap((order) => movesOf(order, arranged))].map(printSet),
  ];
}

const set = (path: Path): string => printSet({ verb: 'set', path });

/**
 * Sets a statement anew, without the tag that may be on its leaf. If the statement is a leaf, the first command replaces the other value, the second one
 * removes the leaf with its tag, and the third one sets the leaf again.
 */
function anewFor(path: Path): readonly string[] {
  return [set(path), printSet({ verb: 'delete', path }), set(path)];
}

/**
 * The path to be deleted in order to set an inactive statement anew. Only for a statement that is unknown to the schema: its last word may be a value, and
 * Junos activates a leaf only by a path without the value. `undefined`: the statement is activated instead, because its words are known, or because others
 * have words behind it.
 */
function goesWith(path: Path, { standing, scrambled }: Difference): Path | undefined {
  const found = find(standing, path);
  if (found?.role !== 'unknown' || inside(found).length > 0) return undefined;
  if (!scrambled.some((secret) => pathKey(secret) === pathKey(path))) return path;
  // The router stores the secret in a form of its own, and does not find it by the secret. So the leaf is deleted without its value.
  const leaf = path.slice(0, -1);
  const holder = find(standing, leaf);
  return holder?.role === 'unknown' && inside(holder).length === 1 ? leaf : undefined;
}

/**
 * Whether a statement that is missing may be a leaf that stands with another value, and is inactive. If a statement is unknown to the schema, nobody knows
 * that.
 */
function mayStayInactive(path: Path, { standing }: Difference): boolean {
  return path.some((_, length) => find(standing, path.slice(0, length))?.lineTag === 'inactive');
}
