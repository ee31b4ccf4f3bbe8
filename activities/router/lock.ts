/** Taking a router's candidate, and looking at it in the same write. */
import { FAILURES } from '../../gateway/failures.ts';
import {
  commitInformation,
  compareWithRunning,
  getConfiguration,
  killSession,
  lock,
  unlock,
} from '../../netconf/operations.ts';
import type { CommitEntry, LockHolder } from '../../netconf/operations.ts';
import { unwrap } from '../../netconf/outcome.ts';
import type { Path } from '../../junos/tree.ts';
import { NotNowError } from '../refused.ts';
import type { RouterSession } from './router-sessions.ts';

export interface LookResult {
  readonly running: string;
  /** What the candidate would change. */
  readonly edits: string;
  readonly history: readonly CommitEntry[];
}

/** Asked for no path at all, a router gives its whole configuration. */
const HARDLY_ANYTHING: readonly Path[] = [['system', 'host-name']];

/** What a look asks for. */
export function lookAt(paths: readonly Path[]) {
  return [
    getConfiguration({ paths: paths.length === 0 ? HARDLY_ANYTHING : paths, database: 'committed' }),
    compareWithRunning(),
    commitInformation(),
  ] as const;
}

/**
 * Takes the lock. A session of an attempt that was given up, and still has it, is ended: only one whose id this turn recorded. Where this
 * session has it itself, and was told otherwise before, it is ended too, and with it what it may have left in the candidate
 * (RFC 6241 §7.5: `lock-denied` names the holder).
 * Throws a `NotNowError` that names the holder, or says that somebody's edits are in the candidate.
 */
export async function lockAndLook(side: RouterSession, paths: readonly Path[]): Promise<LookResult> {
  for (let tries = 1; ; tries += 1) {
    const [locked, running, edits, history] = await side.session.pipeline([lock(), ...lookAt(paths)]);
    const outcome = unwrap(locked);
    if (outcome.kind === 'denied' && tries === 1 && isOurDead(side, outcome.holder)) {
      // Refused when it has ended by itself meanwhile.
      await side.session.pipeline([killSession(outcome.holder.sessionId ?? '')]);
      continue;
    }
    if (outcome.kind === 'denied') {
      const { sessionId, description } = outcome.holder;
      if (sessionId === side.session.sessionId)
        side.session.destroy('it has the lock, and was told otherwise');
      throw busy(side, lasting(description));
    }
    if (outcome.kind === 'modified') throw busy(side, outcome.message);
    try {
      const seen = { running: unwrap(running), edits: unwrap(edits), history: unwrap(history) };
      if (seen.edits.trim() !== '') throw busy(side, "the candidate holds somebody's unfinished edits");
      return seen;
    } catch (error) {
      await unlockRouter(side);
      throw error;
    }
  }
}

/** As the router says it, but for how long the holder has been idle: that is news at every look. */
function lasting(description: string): string {
  return description.replace(/,? idle \S+/, '');
}

export function busy({ name }: RouterSession, why: string): NotNowError {
  return new NotNowError(FAILURES.RouterBusy, `${name}: ${why.slice(0, 200)}`);
}

/** T5. */
export function foreign(side: RouterSession, whose: string): NotNowError {
  return busy(side, `a confirmed commit by ${whose} is pending`);
}

/** Never throws: a session that can't unlock is ended, which makes the router do it. */
export async function unlockRouter({ session }: RouterSession): Promise<void> {
  const [unlocked] = await session.pipeline([unlock()]);
  if (unlocked.kind === 'failed') session.destroy('the lock could not be given back');
}

/** Process ids come again after a restart: the login has to be ours too, where the router tells it. */
function isOurDead({ session, username, record }: RouterSession, { sessionId, description }: LockHolder): boolean {
  if (sessionId === undefined || sessionId === session.sessionId) return false;
  const holder = /locked by:? *(\S+)/i.exec(description)?.[1];
  const recorded = record.reservation?.sessions.includes(sessionId) ?? false;
  return recorded && (holder === undefined || holder === username);
}
