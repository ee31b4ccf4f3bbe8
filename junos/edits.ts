/** Updates a gateway in place: the set commands between two of its texts, beside what others have in the same stanzas. */
import { differenceOf, find, type Texts } from './difference.ts';
import { movesOf, type Insert } from './order.ts';
import { within } from './select.ts';
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
  const anew = new Set([...missing, ...misplaced].map(keyOf));
  const added = statements.filter(
    (path) => anew.has(keyOf(path)) || unsure.some((leaf) => within(path, leaf)),
  );
  const arranged = arrange
    .flatMap((line) => parseSet(line))
    .filter((command): command is Insert => command.verb === 'insert')
    .filter(({ path }) => find(difference.standing, path) === undefined);
  const inactive = difference.tagged.filter(({ tag }) => tag === 'inactive');
  return [
    ...[...surplus, ...misplaced].map((path) => printSet({ verb: 'delete', path })),
    ...added.map((path) => printSet({ verb: 'set', path })),
    ...inactive.map(({ path }) => printSet({ verb: 'activate', path })),
    ...[...arranged, ...difference.orders.flatMap((order) => movesOf(order, arranged))].map(printSet),
  ];
}

const keyOf = (path: Path): string => JSON.stringify(path);
