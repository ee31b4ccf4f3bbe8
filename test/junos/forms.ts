/** Forms of a tree that only tests look at. */
import { buildModel, nodeAt } from '../../junos/model.ts';
import { statementsInside } from '../../junos/statements.ts';
import type { Path, Statement } from '../../junos/tree.ts';

/** The form that `same` compares: merged, one node per statement, sorted except where the order is the operator's. */
export const canonical = (tree: readonly Statement[]): Statement[] =>
  statementsInside(buildModel(tree), 'sorted');

/** Merged and grouped as Junos prints it, in the order given: `family inet { … }`, `then accept;`, `export A;`. */
export const layout = (tree: readonly Statement[]): Statement[] =>
  statementsInside(buildModel(tree), 'junos');

/** Whether anything stands at `path`. */
export const exists = (tree: readonly Statement[], path: Path): boolean =>
  nodeAt(buildModel(tree), path) !== undefined;
