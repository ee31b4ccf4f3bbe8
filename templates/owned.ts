/** What a gateway owns: single statements, and the units that its routing instances take. */
import type { NodeRole } from '../junos/model.ts';
import { concealPath } from '../junos/placeholders.ts';
import { shown } from '../junos/syntax-error.ts';
import type { Path } from '../junos/tree.ts';
import { ParameterError } from './errors.ts';
import { maximumName } from './word.ts';

/** Throws unless `name` is a unit that the gateway owns. The name is one parameter, the unit's interface and VLAN are others: they must agree. */
export function assertOwnUnit(name: string, owns: readonly Path[]): void {
  const units = owns
    .filter(([container, , keyword]) => container === 'interfaces' && keyword === 'unit')
    .map(([, physical, , unit]) => `${physical}.${unit}`);
  if (!units.includes(name)) {
    throw new ParameterError(
      'logical interface',
      `one of this gateway's own units, ${units.join(' or ')}`,
      shown(name, maximumName),
    );
  }
}

/** Whether the path leads to one statement: an entry of a list, an entry of a leaf-list, or a leaf without its value. */
export function isStatement(roles: readonly NodeRole[]): boolean {
  const [before, last] = roles.slice(-2);
  if (last === 'value') return before === 'leaf-list';
  return last === 'entry' || last === 'leaf' || last === 'empty-leaf' || last === 'unknown';
}

/** A path for a message, without keys: free text that a record brings may have some. */
export const spoken = (path: Path): string => `'${concealPath(path, () => '(hidden)').join(' ')}'`;
