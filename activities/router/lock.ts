/** The requests around a router's lock: take it together with a first look, and give it back. */
import { FAILURES } from '../../gateway/failures.ts';
import type { Path } from '../../junos/tree.ts';
import { RpcFailedError } from '../../netconf/errors.ts';
import { unwrap } from '../../netconf/operation.ts';
import {
  commitInformation,
  compareWithRunning,
  getConfiguration,
  killSession,
  lock,
  systemTime,
  unlock,
} from '../../netconf/operations.ts';
import type { Outcome } from '../../netconf/operation.ts';
import type { CommitHistory, LockHolder } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { NotNowError } from '../refused.ts';
import type { Taken } from '../refused.ts';
import type { RouterSession } from './router-sessions.ts';

export function busy({ id, name }: RouterSession, why: string, holder?: Taken['holder']): NotNowError {
  const taken = holder && { router: id, holder };
  return new NotNowError(FAILURES.RouterBusy, `${name}: ${why.slice(0, 200)}`, { taken });
}

export function foreignCommit(session: RouterSession, whose: string): NotNowError {
  return busy(session, `a confirmed commit by ${whose} is pending`, 'pending commit');
}

/** What a look has read. */
export interface LookReplies {
  /** When it was asked for, in ms since the epoch. */
  readonly now: number;
  readonly running: Outcome<string>;
  /** What the candidate would change. */
  readonly edits: string;
  readonly entries: CommitHistory;
}

/** A filter without any path would return the whole configuration. */
const ALMOST_NOTHING: readonly Path[] = [['system', 'host-name']];

/** Asks for what the router runs below these paths. */
export function runningAt(paths: readonly Path[]) {
  return getConfiguration({ paths: paths.length === 0 ? ALMOST_NOTHING : paths, database: 'committed' });
}

/** The requests of a look. */
export function lookAt(paths: readonly Path[]) {
  return [runningAt(paths), compareWithRunning(), commitInformation()] as const;
}

/**
 * Takes the lock and looks, in one write. If the lock is denied and its holder (RFC 6241 §7.5 names it) is a session of an earlier attempt
 * under this reservation, that session is killed, and the lock is tried once more. If the router names this very session as the holder,
 * this session is ended.
 */
export async function lockAndLook(session: RouterSession, paths: readonly Path[]): Promise<LookReplies> {
  const { netconf } = session;
  for (let tries = 1; ; tries += 1) {
    const now = Date.now();
    const [locked, running, edits, entries] = await netconf.pipeline([lock(), ...lookAt(paths)]);
    const outcome = unwrap(locked);
    if (outcome.kind === 'denied' && tries === 1 && isOfEarlierAttempt(session, outcome.holder)) {
      // The router refuses the kill if that session has ended meanwhile. That does no harm.
      await netconf.pipeline([killSession(outcome.holder.sessionId ?? '')]);
      continue;
    }
    if (outcome.kind === 'denied') {
      const { sessionId, description } = outcome.holder;
      if (sessionId === netconf.sessionId) netconf.destroy('the router denied it the lock that it has');
      // The holder's idle time differs at every look. Without it the reason stays the same, and is reported only once.
      throw busy(session, description.replace(/,? idle \S+/, ''), 'lock');
    }
    if (outcome.kind === 'modified') throw busy(session, outcome.message, 'edits');
    try {
      const seen = { now, running, edits: unwrap(edits), entries: unwrap(entries) };
      if (seen.edits.trim() !== '')
        throw busy(session, "the candidate holds somebody's unfinished edits", 'edits');
      return seen;
    } catch (error) {
      await unlockRouter(session);
      throw error;
    }
  }
}

/**
 * Session ids are process ids, which may be used again after a restart of the router. So if the router names the holder's login, it must be
 * ours, too.
 */
function isOfEarlierAttempt(
  { netconf, username, record }: RouterSession,
  { sessionId, description }: LockHolder,
): boolean {
  if (sessionId === undefined || sessionId === netconf.sessionId) return false;
  const holder = /locked by:? *(\S+)/i.exec(description)?.[1];
  const isRecorded = record.reservation?.sessions.includes(sessionId) ?? false;
  return isRecorded && (holder === undefined || holder === username);
}

/**
 * What was read behind a commit that was made. The router's refusal to tell it must not count as a refusal of the commit: the next attempt looks
 * again.
 */
export function behindCommit<T>(outcome: Outcome<T>): T {
  if (outcome.kind === 'failed' && outcome.error instanceof RpcFailedError)
    throw new NotNowError(FAILURES.RouterRefused, outcome.error.message, { cause: outcome.error });
  return unwrap(outcome);
}

/** Never throws: a session that can't unlock is ended, which makes the router unlock. */
export async function unlockRouter({ netconf }: RouterSession): Promise<void> {
  const [unlocked] = await netconf.pipeline([unlock()]);
  if (unlocked.kind === 'failed') netconf.destroy('the lock could not be given back');
}

/** By how much the router's clock is ahead of ours, in ms. `undefined`: the router does not tell its time, or not to us. */
export async function readAheadMs(netconf: Session): Promise<number | undefined> {
  try {
    const routerMs = await netconf.request(systemTime());
    return routerMs && routerMs - Date.now();
  } catch (error) {
    if (error instanceof RpcFailedError) return undefined;
    throw error;
  }
}
