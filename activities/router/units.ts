/**
 * The configuration of logical interfaces that decides about their VRRP, with what they inherit from configuration groups or without. It is read for
 * that alone: octets that are not UTF-8 anywhere else in it, as in an inherited description, keep nobody off the router.
 */
import { distinct } from '../../gateway/lists.ts';
import type { Path, Statement } from '../../junos/tree.ts';
import { ALL_GROUPS, followedUnits, forAllGroups, groupsOf, unitPath } from '../../junos/vrrp.ts';
import { REPLACEMENT } from '../../netconf/bad-octets.ts';
import type { Operation, Outcome } from '../../netconf/operation.ts';
import { getConfiguration } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { readStanzas, unreadableIn } from './running.ts';
import type { RunningConfiguration, Unreadable } from './running.ts';

/** The `committed` one is what the router runs. */
export type Database = 'candidate' | 'committed';

/** Statements from the top of the hierarchy: all that decides about the VRRP of a unit. Or which stanza of these can't be read. */
export type Unit =
  | { readonly kind: 'read'; readonly tree: readonly Statement[] }
  | ({ readonly kind: 'unreadable' } & Unreadable);

/** By the name of the interface: `ae0.1025`. */
export type Units = ReadonlyMap<string, Unit>;

/** The effective configuration. Throws what the session throws. */
export async function readUnits(
  netconf: Session,
  names: readonly string[],
  database: Database,
): Promise<Units> {
  if (names.length === 0) return new Map();
  const [printed] = await netconf.pipeline([unitsOf(names, database)]);
  return unitsIn(netconf, names, database, printed);
}

/** Asks for these units in one text, which `unitsIn` reads. `inherit`: with what is inherited. */
export function unitsOf(names: readonly string[], database: Database, inherit = true): Operation<string> {
  return asking(database, inherit)(stanzasOf(names));
}

/**
 * Reads the text with all these units. Their VRRP groups may follow groups of other units: the router is asked for those units, too. `text`: `undefined`
 * if there are no units. Throws any error of a request that does not concern its text.
 */
export async function unitsIn(
  netconf: Session,
  names: readonly string[],
  database: Database,
  text: Outcome<string> | undefined,
  inherit = true,
): Promise<Units> {
  if (text === undefined) return new Map();
  const own = await readStanzas(netconf, text, stanzasOf(names), asking(database, inherit));
  const followedBy = (name: string) => (inherit ? followedUnits(own.tree, name) : []);
  const followed = distinct(names.flatMap(followedBy)).filter((name) => !names.includes(name));
  const all = followed.length === 0 ? own : together(own, await readFollowed(netconf, followed, database));
  return new Map(
    names.map((name): [string, Unit] => {
      const unread = unreadableFor(all, name, followedBy(name));
      return [
        name,
        unread === undefined ? { kind: 'read', tree: all.tree } : { kind: 'unreadable', ...unread },
      ];
    }),
  );
}

const stanzasOf = (names: readonly string[]): readonly Path[] => [...names.map(unitPath), ALL_GROUPS];

function asking(database: Database, inherit: boolean) {
  return (paths: readonly Path[]) => getConfiguration({ paths, database, inherit, mayBeDamaged: true });
}

async function readFollowed(
  netconf: Session,
  names: readonly string[],
  database: Database,
): Promise<RunningConfiguration> {
  const ask = asking(database, true);
  const [printed] = await netconf.pipeline([ask(names.map(unitPath))]);
  return readStanzas(netconf, printed, names.map(unitPath), ask);
}

function together(one: RunningConfiguration, other: RunningConfiguration): RunningConfiguration {
  return {
    tree: [...one.tree, ...other.tree],
    unreadable: (path) => one.unreadable(path) ?? other.unreadable(path),
  };
}

/** Why the VRRP of a unit is not known. What holds for all groups matters only where there is a group. */
function unreadableFor(
  all: RunningConfiguration,
  name: string,
  followed: readonly string[],
): Unreadable | undefined {
  const units = [name, ...followed].map((unit) => ({
    path: unitPath(unit),
    statements: groupsOf(all.tree, unit).map(({ statement }) => statement),
  }));
  const isConcerned = units.some(({ statements }) => statements.length > 0);
  const read = [...units, ...(isConcerned ? [{ path: ALL_GROUPS, statements: forAllGroups(all.tree) }] : [])];
  const damages = read.flatMap(({ path, statements }) =>
    statements
      .filter(isDamaged)
      .map(({ words }) => ({ path, why: `${words.slice(0, 2).join(' ')}: ${DAMAGE}` })),
  );
  const paths = read.map(({ path }) => path);
  return unreadableIn(all, paths) ?? damages[0];
}

const DAMAGE = 'expected text in UTF-8, with the characters that XML allows, got other octets';

function isDamaged({ words, list = [], children = [] }: Statement): boolean {
  return [...words, ...list].some((word) => word.includes(REPLACEMENT)) || children.some(isDamaged);
}
