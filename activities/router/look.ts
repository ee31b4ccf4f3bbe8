/** What one look at a router, under our lock, has shown of the changes that it was for. */
import { ownedBy } from '../../gateway/change.ts';
import type { Path } from '../../junos/tree.ts';
import { endByHistory, readCommitHistory } from './commit-history.ts';
import type { CommitState } from './commit-history.ts';
import type { Seen } from './lock.ts';
import type { GatewayChange } from './presence.ts';
import { readPresences, readRunning } from './presences.ts';
import type { Presences, Running } from './presences.ts';
import type { RouterSession } from './router-sessions.ts';

export interface Look extends CommitState {
  readonly presence: Presences;
  /** What the router carries in the stanzas of all changes. */
  readonly running: Running;
}

/** The stanzas to look at. */
export function pathsOf(changes: readonly GatewayChange[]): readonly Path[] {
  return changes.flatMap(({ change }) => ownedBy(change));
}

/** Reads what was seen. `aheadMs`: by how much the router’s clock is ahead of ours, where that matters. */
export async function lookOf(
  { netconf, reader, record }: RouterSession,
  changes: readonly GatewayChange[],
  aheadMs: number | undefined,
  { now, running: text, entries }: Seen,
): Promise<Look> {
  const running = readRunning(text);
  const state = readCommitHistory(netconf, entries, reader, { now, aheadMs });
  const presence = await readPresences(netconf, changes, running, (change) =>
    endByHistory(state, record, change),
  );
  return { ...state, presence, running };
}
