/**
 * Whether a child's stanzas lie where its parents stand. A child is rendered from its parents' configurations. A parent's configuration may ask for another
 * place than the one where the parent stands: its newest version was not made yet, or could not be made.
 */
import { ROLES } from '../gateway/resource.ts';
import type { Relative } from './parents.ts';
import { standingOf } from './plan-record.ts';
import type { NewPlanRecord } from './plan-record.ts';

export interface Outside {
  readonly parent: Relative;
  readonly stanza: readonly string[];
  /** The version of the parent that stands. */
  readonly version: number;
}

/**
 * The first new stanza of the child that lies in none of its parents' stanzas, although a parent has a stanza of its sort, such as another routing instance;
 * and that parent. Only a parent that stands at another version than its configuration has counts here, because a child may also have stanzas apart from its
 * parents'. `undefined`: there is no such stanza.
 */
export function outsideOf(
  { routers }: Pick<NewPlanRecord, 'routers'>,
  parents: readonly Relative[],
): Outside | undefined {
  for (const { id, before, after } of Object.values(routers)) {
    const theirs = parents.flatMap((parent) => {
      const standing = standingOf(parent.record);
      const role = ROLES.find((one) => parent.record?.routers[one].id === id);
      if (standing === undefined || role === undefined) return [];
      const { version } = standing;
      return standing.configurations[role].owns.map((outer) => ({ parent, version, outer }));
    });
    const known = new Set((before?.owns ?? []).map((stanza) => stanza.join('\0')));
    for (const stanza of after?.owns ?? []) {
      if (known.has(stanza.join('\0')) || theirs.some(({ outer }) => liesIn(stanza, outer))) continue;
      const near = theirs.find(
        ({ parent, version, outer }) =>
          version !== parent.version && outer[0] === stanza[0] && outer.length < stanza.length,
      );
      if (near !== undefined) return { parent: near.parent, version: near.version, stanza };
    }
  }
  return undefined;
}

function liesIn(stanza: readonly string[], outer: readonly string[]): boolean {
  return stanza.length > outer.length && outer.every((word, index) => word === stanza[index]);
}
