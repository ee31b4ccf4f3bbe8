import { emptyModel, ensureChild } from '../../junos/model.ts';
import { statementsInside } from '../../junos/statements.ts';
import type { Path, Statement } from '../../junos/tree.ts';

/** What `set` of this path makes: of `interfaces ae0 unit 5` it is `interfaces { ae0 { unit 5; } }`. */
export function nest(path: Path): Statement[] {
  const model = emptyModel();
  path.reduce(ensureChild, model);
  return statementsInside(model, 'junos');
}
