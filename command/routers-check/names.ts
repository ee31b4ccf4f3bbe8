/** The names that a gateway's configuration refers to, and that the router must have. */
import type { RouterConfiguration } from '../../gateway/kind.ts';
import { parse } from '../../junos/parse.ts';
import { at, paths } from '../../junos/select.ts';
import type { Path } from '../../junos/tree.ts';
import { getConfiguration } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';

const PREFIX_LISTS = ['prefix-list', 'source-prefix-list', 'destination-prefix-list', 'prefix-list-filter'];
const POLICIES = ['import', 'export', 'instance-import', 'instance-export', 'vrf-import', 'vrf-export'];

/** The paths of all that the configuration refers to and does not bring along, each once. */
export function namesIn({ create, arrange }: RouterConfiguration): readonly Path[] {
  const tree = parse(create);
  const named = [...paths(tree).flatMap(referencesOf), ...arrange.flatMap(neighbourOf)];
  const once = [...new Map(named.map((path) => [path.join(' '), path])).values()];
  return once.filter((path) => at(tree, path) === undefined);
}

function referencesOf(path: Path): Path[] {
  return path.flatMap((word, index): Path[] => {
    const name = path[index + 1];
    if (index === 0 || name === undefined) return [];
    const isIn = (section: string) => path[0] === section;
    if (word === 'apply-groups') return [['groups', name]];
    if (PREFIX_LISTS.includes(word) && !(isIn('policy-options') && index === 1))
      return [['policy-options', 'prefix-list', name]];
    if (word === 'policer' && !(isIn('firewall') && index === 1)) return [['firewall', 'policer', name]];
    if (
      POLICIES.includes(word) &&
      (isIn('routing-instances') || isIn('protocols') || isIn('routing-options'))
    )
      return [['policy-options', 'policy-statement', name]];
    if (['input', 'output'].includes(word) && path[index - 1] === 'filter') {
      const family = path[path.indexOf('family') + 1] ?? 'inet';
      return [['firewall', 'family', family, 'filter', name]];
    }
    return [];
  });
}

/** The place next to which a line inserts: `insert … term A before term B` needs B. */
function neighbourOf(line: string): Path[] {
  const [, place, keyword, name] = /^insert (.+) (\S+) \S+ (?:before|after) \2 (\S+)$/.exec(line) ?? [];
  return place === undefined || keyword === undefined || name === undefined
    ? []
    : [[...place.split(' '), keyword, name]];
}

/**
 * The names that the router does not have. Inherited statements count as there. Configuration groups are asked for without inheritance, because a router
 * does not show them with it.
 */
export async function missingNames(session: Session, names: readonly Path[]): Promise<readonly Path[]> {
  const groups = names.filter(([section]) => section === 'groups');
  const others = names.filter((path) => !groups.includes(path));
  const missing = [await missingAt(session, groups, false), await missingAt(session, others, true)].flat();
  return names.filter((path) => missing.includes(path));
}

async function missingAt(
  session: Session,
  wanted: readonly Path[],
  inherit: boolean,
): Promise<readonly Path[]> {
  if (wanted.length === 0) return [];
  // What else stands beside the names is not looked at.
  const asked = getConfiguration({ paths: wanted, database: 'committed', inherit, mayBeDamaged: true });
  const text = await session.request(asked);
  const tree = parse(text, { by: 'router' });
  return wanted.filter((path) => at(tree, path) === undefined);
}
