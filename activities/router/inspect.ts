/** Looks at a router without its lock, and changes nothing. */
import type { GatewayVersion } from '../../gateway/resource.ts';
import type { Policy } from '../../gateway/policies.ts';
import { ownedBy } from '../../gateway/change.ts';
import { unwrap } from '../../netconf/operation.ts';
import { commitInformation } from '../../netconf/operations.ts';
import type { RouterTarget, SessionPool } from '../../netconf/pool.ts';
import type { RouterRecord } from '../../pair/router-record.ts';
import {
  commitHistoryReader,
  endByHistory,
  memoryOf,
  needsRouterClock,
  readCommitHistory,
} from './commit-history.ts';
import type { CommitState } from './commit-history.ts';
import { readAheadMs, runningAt } from './lock.ts';
import { readLogLine } from './log-line.ts';
import { presenceOf } from './presence.ts';
import type { GatewayChange, Presence } from './presence.ts';
import { presencesIn } from './presences.ts';
import { readStanzas } from './running.ts';

export interface Inspection extends CommitState {
  readonly presence: (change: GatewayChange) => Presence;
}

/**
 * Gateways that our log lines in the commit history have by their whole names, whatever those commits did to them: each once, with the version in the
 * newest of those lines.
 */
export async function gatewaysInHistory(
  pool: SessionPool,
  target: RouterTarget,
): Promise<readonly GatewayVersion[]> {
  return pool.withSession(target, async (session) => {
    const found = new Map<string, GatewayVersion>();
    for (const { log } of await session.request(commitInformation()))
      for (const gateway of readLogLine(log)?.gateways ?? []) {
        const word = `${gateway.resourceType}:${gateway.resourceId}`;
        if (!found.has(word)) found.set(word, gateway);
      }
    return [...found.values()];
  });
}

/** What the router carries of these changes, and what its commit history says. Throws the router's refusal if it shows no configuration at all. */
export async function inspect(
  pool: SessionPool,
  target: RouterTarget,
  record: RouterRecord,
  changes: readonly GatewayChange[],
  policy: Policy,
): Promise<Inspection> {
  return pool.withSession(target, async (session) => {
    const now = Date.now();
    const paths = changes.flatMap(({ change }) => ownedBy(change));
    const [printed, history] = await session.pipeline([runningAt(paths), commitInformation()]);
    const reader = commitHistoryReader(record.reservation?.id ?? '', record, policy, memoryOf(pool));
    const entries = unwrap(history);
    const aheadMs = needsRouterClock(entries, now) ? await readAheadMs(session) : undefined;
    const state = readCommitHistory(session, entries, reader, { now, aheadMs });
    const running = await readStanzas(session, printed, paths, runningAt);
    if (running.refusal !== undefined) throw running.refusal;
    const presences = presencesIn(running, changes, (change) => endByHistory(state, record, change));
    return { ...state, presence: (change) => presences.get(change) ?? presenceOf([], change) };
  });
}
