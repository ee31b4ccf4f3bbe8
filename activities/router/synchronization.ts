/**
 * Whether checks and commits on a router are synchronized with its other routing engine. A router with two engines keeps two configurations. After a
 * switchover the other engine's configuration counts, and it lacks what was committed on one engine only.
 */
import { FAILURES } from '../../gateway/failures.ts';
import { synchronizeOf } from '../../gateway/policies.ts';
import { at } from '../../junos/select.ts';
import type { Path } from '../../junos/tree.ts';
import { ContentionError, RpcFailedError } from '../../netconf/errors.ts';
import { unwrap } from '../../netconf/operation.ts';
import type { Done } from '../../netconf/operation.ts';
import { commitInformation, getConfiguration, routingEngines } from '../../netconf/operations.ts';
import type { CommitHistory } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { RefusedError } from '../refused.ts';
import type { RouterSession } from './router-sessions.ts';
import { readText } from './running.ts';

/** Whether `<synchronize/>` goes along with checks and commits, and the engines that it has to reach, if that is known. */
export type Synchronization =
  { readonly goesAlong: false } | { readonly goesAlong: true; readonly engines: readonly string[] };

const SYNCHRONIZE: Path = ['system', 'commit', 'synchronize'];

/**
 * Reads the commit history. In the same write the router is asked for its engines, each time: a session may last for days, and meanwhile an engine may be
 * repaired, or fail.
 */
export async function readFirstHistory({
  netconf,
  id,
  reader,
}: RouterSession): Promise<{ readonly entries: CommitHistory; readonly synchronization: Synchronization }> {
  const policy = synchronizeOf(reader.policy, id);
  if (policy === 'never')
    return { entries: await netconf.request(commitInformation()), synchronization: { goesAlong: false } };
  const [entries, told] = await netconf.pipeline([commitInformation(), routingEngines()]);
  const names = unwrap(told) ?? [];
  const engines = names.length > 1 ? names : [];
  const goesAlong = policy === 'always' || (engines.length > 0 && !(await synchronizesByItself(netconf)));
  return { entries: unwrap(entries), synchronization: goesAlong ? { goesAlong, engines } : { goesAlong } };
}

/**
 * Whether a synchronized check or commit may have failed by the other engine alone: it has refused, or somebody has its configuration. The router's reply
 * does not always name the engine.
 */
export function mayBeTheOtherEngine(error: unknown): boolean {
  return error instanceof RpcFailedError || error instanceof ContentionError;
}

/** Throws a `RefusedError` if a synchronized check or commit has not reached every engine. */
export function assertOnEveryEngine(
  { name }: Pick<RouterSession, 'name'>,
  synchronization: Synchronization,
  what: 'check' | 'commit',
  { engines: reached = [] }: Done,
): void {
  if (!synchronization.goesAlong) return;
  const { engines } = synchronization;
  // The engines are counted and not compared, because some routers name an engine otherwise in this reply: `member0-re0`, `node1`.
  if (reached.length >= engines.length) return;
  const got = reached.length === 0 ? 'none' : reached.join(' and ');
  const why = `expected the ${what} to succeed on the routing engines ${engines.join(' and ')}, got ${got}`;
  throw new RefusedError(FAILURES.RouterRefused, `${name}: ${why}`);
}

/**
 * Whether the router's configuration synchronizes every commit. `false` also if the router refuses to show that, or if what it shows can't be read:
 * synchronizing twice does no harm.
 */
export async function synchronizesByItself(netconf: Session): Promise<boolean> {
  const shown = getConfiguration({ paths: [SYNCHRONIZE], database: 'committed', inherit: true });
  const [printed] = await netconf.pipeline([shown]);
  const text = readText(netconf, printed);
  return (
    text.kind === 'read' &&
    SYNCHRONIZE.every((_, index) => {
      const found = at(text.tree, SYNCHRONIZE.slice(0, index + 1));
      return found !== undefined && found.tag !== 'inactive';
    })
  );
}
