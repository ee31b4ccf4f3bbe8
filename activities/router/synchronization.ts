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

/** What the router has told in this session. */
interface Engines {
  /** `undefined`: the router doesn't tell. */
  readonly names: readonly string[] | undefined;
  /** The router's configuration synchronizes every commit. */
  readonly isByItself: boolean;
}

/** Whether `<synchronize/>` goes along with checks and commits, and the engines that it has to reach, if that is known. */
export type Synchronization =
  { readonly goesAlong: false } | { readonly goesAlong: true; readonly engines: readonly string[] };

const SYNCHRONIZE: Path = ['system', 'commit', 'synchronize'];
const told = new WeakMap<Session, Engines>();

/** Reads the commit history. Along with the first history in a session, the router is asked for its engines. */
export async function readFirstHistory(
  session: RouterSession,
): Promise<{ readonly entries: CommitHistory; readonly synchronization: Synchronization }> {
  const { netconf, id, reader } = session;
  const policy = synchronizeOf(reader.policy, id);
  const known = told.get(netconf);
  if (policy === 'never' || known !== undefined) {
    const entries = await netconf.request(commitInformation());
    return { entries, synchronization: synchronizationOf(policy, known) };
  }
  const [entries, engines] = await netconf.pipeline([commitInformation(), routingEngines()]);
  const names = unwrap(engines);
  const asked = { names, isByItself: hasTwo(names) && (await synchronizesByItself(netconf)) };
  told.set(netconf, asked);
  return { entries: unwrap(entries), synchronization: synchronizationOf(policy, asked) };
}

/** To be called when the router has refused what was synchronized: it is asked again for its engines, because one may have failed. */
export function forgetEngines({ netconf }: RouterSession): void {
  told.delete(netconf);
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
  session: RouterSession,
  synchronization: Synchronization,
  what: 'check' | 'commit',
  { engines: reached = [] }: Done,
): void {
  if (!synchronization.goesAlong) return;
  const { engines } = synchronization;
  // The engines are counted and not compared, because some routers name an engine otherwise in this reply: `member0-re0`, `node1`.
  if (reached.length >= engines.length) return;
  forgetEngines(session);
  const got = reached.length === 0 ? 'none' : reached.join(' and ');
  const why = `expected the ${what} to succeed on the routing engines ${engines.join(' and ')}, got ${got}`;
  throw new RefusedError(FAILURES.RouterRefused, `${session.name}: ${why}`);
}

function synchronizationOf(
  policy: ReturnType<typeof synchronizeOf>,
  { names = [], isByItself }: Engines = { names: [], isByItself: false },
): Synchronization {
  const goesAlong = policy === 'always' || (policy === 'auto' && hasTwo(names) && !isByItself);
  return goesAlong ? { goesAlong, engines: hasTwo(names) ? names : [] } : { goesAlong };
}

function hasTwo(names: readonly string[] | undefined): boolean {
  return names !== undefined && names.length > 1;
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
