/** Forms of a tree that only tests look at. */
import { build, descend } from '../../junos/model.ts';
import { inside } from '../../junos/statements.ts';
import type { Path, Statement } from '../../junos/tree.ts';

/** The form that `same` compares: merged, one node per statement, sorted except where the order is the operator's. */
export const canonical = (tree: readonly Statement[]): Statement[] => inside(build(tree), 'sorted');

/** Merged and grouped as Junos prints it, in the order given: `family inet { … }`, `then accept;`, `export A;`. */
export const layout = (tree: readonly Statement[]): Statement[] => inside(build(tree), 'junos');

/** Whether anything stands at `path`. */
export const exists = (tree: readonly Statement[], path: Path): boolean =>
  descend(build(tree), path) !== undefined;
