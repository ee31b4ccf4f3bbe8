/** The configuration of logical interfaces, with what they inherit from configuration groups or without. */
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Statement } from '../../junos/tree.ts';
import { ALL_GROUPS, followedUnits, unitPath } from '../../junos/vrrp.ts';
import { unwrap } from '../../netconf/operation.ts';
import { getConfiguration } from '../../netconf/operations.ts';
import type { Operation } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { readRunning } from './presences.ts';

type Database = 'candidate' | 'committed';

/**
 * From the top of the hierarchy, by the name of the interface: `ae0.1025`, with all that decides about its VRRP. The error says why it can't
 * be read.
 */
export type Units = ReadonlyMap<string, readonly Statement[] | JunosSyntaxError>;

/** The effective configuration. Throws what the session throws. */
export async function readUnits(
  netconf: Session,
  names: readonly string[],
  database: Database,
): Promise<Units> {
  if (names.length === 0) return new Map();
  return unitsIn(netconf, names, database, await netconf.request(unitsOf(names, database)));
}

/** Asks for these units in one text, which `unitsIn` reads. `inherit`: with what is inherited. */
export function unitsOf(names: readonly string[], database: Database, inherit = true): Operation<string> {
  const paths = [...names.map((name) => unitPath(name)), ALL_GROUPS];
  return getConfiguration({ paths, database, inherit });
}

/**
 * Reads the text with all these units. If it can't be read, the router is asked for each of them alone. One more request is for units whose
 * VRRP groups these units' groups follow.
 */
export async function unitsIn(
  netconf: Session,
  names: readonly string[],
  database: Database,
  text: string,
  inherit = true,
): Promise<Units> {
  const tree = readRunning(text);
  if (!(tree instanceof JunosSyntaxError)) {
    const whole = inherit ? await withFollowed(netconf, names, database, tree) : tree;
    return new Map(names.map((name) => [name, whole]));
  }
  if (names.length === 1) return new Map(names.map((name) => [name, tree]));
  const texts = await netconf.pipeline(names.map((name) => unitsOf([name], database, inherit)));
  return new Map(
    names.map((name, index) => [name, readRunning(unwrap(texts[index] as (typeof texts)[number]))]),
  );
}

async function withFollowed(
  netconf: Session,
  names: readonly string[],
  database: Database,
  tree: readonly Statement[],
): Promise<readonly Statement[] | JunosSyntaxError> {
  const followed = names.flatMap((name) => followedUnits(tree, name)).filter((name) => !names.includes(name));
  if (followed.length === 0) return tree;
  const more = readRunning(await netconf.request(unitsOf([...new Set(followed)], database)));
  return more instanceof JunosSyntaxError ? more : [...tree, ...more];
}
