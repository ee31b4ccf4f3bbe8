/** The configuration of logical interfaces, with what they inherit from configuration groups or without. */
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Statement } from '../../junos/tree.ts';
import { ALL_GROUPS, followedUnits, unitPath } from '../../junos/vrrp.ts';
import { unwrap } from '../../netconf/operation.ts';
import { getConfiguration } from '../../netconf/operations.ts';
import type { Outcome } from '../../netconf/operation.ts';
import type { Operation } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { readRunning } from './presences.ts';

/** The `committed` one is what the router runs. */
export type Database = 'candidate' | 'committed';

/**
 * Statements from the top of the hierarchy, by the name of the interface (`ae0.1025`): all that decides about its VRRP. The error says why they can't
 * be read.
 */
export type Units = ReadonlyMap<string, Unit>;

type Unit = readonly Statement[] | JunosSyntaxError;

/** The same, or for one of them the error of its request. */
export type UnitOutcomes = ReadonlyMap<string, Outcome<Unit>>;

/** The effective configuration. Throws what the session throws. */
export async function readUnits(
  netconf: Session,
  names: readonly string[],
  database: Database,
): Promise<Units> {
  if (names.length === 0) return new Map();
  const [printed] = await netconf.pipeline([unitsOf(names, database)]);
  const found = await unitsIn(netconf, names, database, printed);
  return new Map([...found].map(([name, unit]) => [name, unwrap(unit)]));
}

/** Asks for these units in one text, which `unitsIn` reads. `inherit`: with what is inherited. */
export function unitsOf(names: readonly string[], database: Database, inherit = true): Operation<string> {
  const paths = [...names.map((name) => unitPath(name)), ALL_GROUPS];
  return getConfiguration({ paths, database, inherit });
}

/**
 * Reads the text with all these units. Their VRRP groups may follow groups of other units: the router is asked for those units, too. If either text
 * can't be read, or is refused, the router is asked for each unit alone. `text`: `undefined` if there are no units.
 */
export async function unitsIn(
  netconf: Session,
  names: readonly string[],
  database: Database,
  text: Outcome<string> | undefined,
  inherit = true,
): Promise<UnitOutcomes> {
  if (text === undefined) return new Map();
  const whole = async (some: readonly string[], printed: Outcome<string>): Promise<Outcome<Unit>> => {
    const read = outcomeOf(printed);
    if (read.kind === 'failed' || !inherit || read.value instanceof JunosSyntaxError) return read;
    return withFollowed(netconf, some, database, read.value);
  };
  const all = await whole(names, text);
  const isRead = all.kind === 'done' && !(all.value instanceof JunosSyntaxError);
  if (isRead || names.length === 1) return new Map(names.map((name) => [name, all]));
  const texts = await netconf.pipeline(names.map((name) => unitsOf([name], database, inherit)));
  const alone = names.map(
    async (name, index) => [name, await whole([name], texts[index] as Outcome<string>)] as const,
  );
  return new Map(await Promise.all(alone));
}

async function withFollowed(
  netconf: Session,
  names: readonly string[],
  database: Database,
  tree: readonly Statement[],
): Promise<Outcome<Unit>> {
  const followed = names.flatMap((name) => followedUnits(tree, name)).filter((name) => !names.includes(name));
  if (followed.length === 0) return { kind: 'done', value: tree };
  const [text] = await netconf.pipeline([unitsOf([...new Set(followed)], database)]);
  const more = outcomeOf(text);
  if (more.kind === 'failed' || more.value instanceof JunosSyntaxError) return more;
  return { kind: 'done', value: [...tree, ...more.value] };
}

function outcomeOf(printed: Outcome<string>): Outcome<Unit> {
  try {
    return { kind: 'done', value: readRunning(printed) };
  } catch (error) {
    return { kind: 'failed', error };
  }
}
