/** What a plan changes on a router, statement by statement, from both ends of the change alone: no router is asked. Pure. */
import type { Change } from '../gateway/change.ts';
import { ownedBy } from '../gateway/change.ts';
import type { RouterConfiguration } from '../gateway/kind.ts';
import { edits } from '../junos/edits.ts';
import { parse } from '../junos/parse.ts';
import { paths } from '../junos/select.ts';
import { printSet } from '../junos/set.ts';
import type { Path, Statement } from '../junos/tree.ts';

/** Statements as in set commands, without the `set`. */
export interface PlanDifference {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Commands that move a statement: it keeps its words and gets another place. */
  readonly moved: readonly string[];
  /** How many statements stay as they are. */
  readonly unchanged: number;
}

export function differenceOfEnds({ before, after }: Change): PlanDifference {
  const [base, target] = [treeOf(before), treeOf(after)];
  const [standing, wanted] = [base, target].map(
    (tree) => new Map(paths(tree).map((path) => [words(path), path])),
  );
  const added = [...(wanted?.keys() ?? [])].filter((text) => standing?.has(text) !== true);
  const removed = [...(standing?.keys() ?? [])].filter((text) => wanted?.has(text) !== true);
  const known = new Set([...added, ...removed]);
  const moved =
    before === null || after === null
      ? []
      : edits({
          base,
          target,
          standing: base,
          owns: ownedBy({ before, after }),
          arrange: after.arrange,
        }).filter((command) => isMove(command, known, wanted ?? new Map()));
  return { removed, added, moved, unchanged: (wanted?.size ?? 0) - added.length };
}

export function isEmpty({ removed, added, moved }: PlanDifference): boolean {
  return removed.length + added.length + moved.length === 0;
}

function treeOf(end: RouterConfiguration | null): readonly Statement[] {
  return end === null ? [] : parse(end.create);
}

const words = (path: Path): string => printSet({ verb: 'set', path }).replace(/^set /, '');

/** Whether a command moves a statement. To put a value of an ordered list behind others, it is deleted and set again: such a `set` is a move. */
function isMove(command: string, known: ReadonlySet<string>, wanted: ReadonlyMap<string, Path>): boolean {
  if (command.startsWith('insert ')) return true;
  const text = command.replace(/^set /, '');
  return command.startsWith('set ') && wanted.has(text) && !known.has(text);
}
