/** The configuration of logical interfaces, with what they inherit from configuration groups or without. */
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Statement } from '../../junos/tree.ts';
import { unitPath } from '../../junos/vrrp.ts';
import { unwrap } from '../../netconf/operation.ts';
import { getConfiguration } from '../../netconf/operations.ts';
import type { Operation } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { readRunning } from './presences.ts';

type Database = 'candidate' | 'committed';

/** From the top of the hierarchy, by the name of the interface: `ae0.1025`. The error says why it can't be read. */
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
  return getConfiguration({ paths: names.map((name) => unitPath(name)), database, inherit });
}

/** Reads the text with all these units. If it can't be read, the router is asked for each of them alone. */
export async function unitsIn(
  netconf: Session,
  names: readonly string[],
  database: Database,
  text: string,
  inherit = true,
): Promise<Units> {
  const tree = readRunning(text);
  if (names.length === 1 || !(tree instanceof JunosSyntaxError))
    return new Map(names.map((name) => [name, tree]));
  const texts = await netconf.pipeline(names.map((name) => unitsOf([name], database, inherit)));
  return new Map(
    names.map((name, index) => [name, readRunning(unwrap(texts[index] as (typeof texts)[number]))]),
  );
}
