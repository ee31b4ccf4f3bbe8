/** Checks and commits that are synchronized with the backup routing engine, and how the router answers them. */

import { hasFlag, inside } from '../config/config.ts';
import type { Dialect } from '../dialect.ts';
import type { Call } from '../model.ts';
import { RefusedError, resultErrorXml, syntaxError, warning } from '../rpc-error.ts';
import { child, leaf, wrap } from '../xml.ts';

/** Whether a check or commit reaches the backup. `none`: it need not. `failed`: it should, but there is no backup, or the backup is away. */
export type Synchronization = 'none' | 'done' | 'failed';

/** A check or commit is synchronized by request, or by `system commit synchronize`. Throws a RefusedError if the router refuses the request. */
export function synchronizationOf({ router, operation }: Call): Synchronization {
  const { engines, options } = router;
  const isRequested = child(operation, 'synchronize') !== undefined;
  if (isRequested && options.routingEngines === 1 && options.synchronizeAlone === 'refuses')
    throw new RefusedError(syntaxError('synchronize'));
  if (!isRequested && !hasFlag(inside(router.effective(), 'system', 'commit'), 'synchronize')) return 'none';
  return engines.hasBackup ? 'done' : 'failed';
}

/** The result for the master, and for the backup if it was reached. */
export function success(
  { router }: Call,
  synchronization: Synchronization,
  dialect: Dialect,
  inner: string,
): string {
  const { master } = router.engines;
  const backup = 1 - master;
  const slots = synchronization === 'done' ? [master, backup] : [master];
  const warned = synchronization === 'failed' ? warnings(backup, dialect) : [];
  if (dialect.routingEngine === 'open')
    return [...warned, ...slots.map((slot) => openRoutingEngine(slot, inner)), '<ok/>'].join('\n');
  const closed = slots.map((slot) => wrap('routing-engine', `${leaf('name', `re${slot}`)}\n${inner}`));
  return wrap('commit-results', [...warned, ...closed].join('\n'));
}

export function openRoutingEngine(slot: number, inner: string): string {
  return `<routing-engine>\n${leaf('name', `re${slot}`)}\n${inner}`;
}

/** The warnings that a vMX with one routing engine prints if its configuration has `system commit synchronize`. */
function warnings(slot: number, dialect: Dialect): readonly string[] {
  return [`Could not connect to re${slot} : No route to host`, 'Cannot connect to other RE, ignoring it'].map(
    (message) => resultErrorXml(warning(message), dialect),
  );
}
