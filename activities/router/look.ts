/** What one look at a router, under our lock, has shown of the changes that it was for. */
import { distinct } from '../../gateway/lists.ts';
import { ownedBy } from '../../gateway/change.ts';
import { within } from '../../junos/select.ts';
import type { Path } from '../../junos/tree.ts';
import { endByHistory, readCommitHistory } from './commit-history.ts';
import type { CommitState, PendingState, UnrecordedTrial } from './commit-history.ts';
import { claimedBy, claimedInside } from './family.ts';
import type { Claimed, Family } from './family.ts';
import { runningAt } from './lock.ts';
import type { LookReplies } from './lock.ts';
import type { GatewayChange } from './presence.ts';
import { presencesIn } from './presences.ts';
import type { Presences } from './presences.ts';
import type { RouterSession } from './router-sessions.ts';
import { readStanzas } from './running.ts';
import type { RunningConfiguration } from './running.ts';

/** What a router is looked at for. */
export interface Subject {
  readonly changes: readonly GatewayChange[];
  readonly family: Family;
  readonly claimed: readonly Claimed[];
  /** What others have claimed inside the stanzas of a change. */
  readonly claimedInside: (change: GatewayChange) => readonly Claimed[];
  /** The stanzas to look at: those of the changes and of their parents. */
  readonly stanzas: readonly Path[];
  /** The same, without those that lie inside another one. */
  readonly paths: readonly Path[];
}

export interface LockOptions {
  /** Throws if the pending commit must be left alone although it is ours. */
  readonly mayDisturb?: (session: RouterSession, pending: PendingState) => void;
  /** Whether the lock may be taken although this trial is pending. Default: no. */
  readonly mayTakeOver?: (trial: UnrecordedTrial) => boolean;
  /** Parents and children of these changes. Default: they have none. */
  readonly family?: Family;
}

export interface Look extends CommitState {
  readonly presence: Presences;
  /** What the router carries in the stanzas of all changes and of their parents. */
  readonly running: RunningConfiguration;
}

export function subjectOf(changes: readonly GatewayChange[], family: Family): Subject {
  const claimed = claimedBy(changes, family);
  const parents = new Set(changes.flatMap(({ gateway }) => family.parentsOf(gateway)));
  const owned = changes.flatMap(({ change }) => ownedBy(change));
  const stanzas = [...owned, ...[...parents].flatMap(({ standing }) => standing?.owns ?? [])];
  const known = new Map(changes.map((one) => [one, claimedInside(one, claimed)]));
  return {
    changes,
    family,
    claimed,
    claimedInside: (change) => known.get(change) ?? claimedInside(change, claimed),
    stanzas,
    paths: parents.size === 0 ? owned : outermost(stanzas),
  };
}

/** Each path once, and none that lies in another one. */
function outermost(paths: readonly Path[]): readonly Path[] {
  const found = distinct(paths);
  return found.filter((path) => !found.some((other) => other.length < path.length && within(path, other)));
}

/**
 * Reads what was seen. `aheadMs`: by how much the router's clock is ahead of ours, in ms, where that matters. Throws the router's refusal if it shows no
 * configuration at all.
 */
export async function lookOf(
  { netconf, reader, record }: RouterSession,
  { changes, claimedInside: othersIn, stanzas }: Subject,
  aheadMs: number | undefined,
  { now, running: printed, entries }: LookReplies,
): Promise<Look> {
  const running = await readStanzas(netconf, printed, stanzas, runningAt);
  if (running.refusal !== undefined) throw running.refusal;
  const state = readCommitHistory(netconf, entries, reader, { now, aheadMs });
  const presence = presencesIn(
    running,
    changes,
    (change) => endByHistory(state, record, change),
    (change) => othersIn(change).map(({ stanza }) => stanza),
  );
  return { ...state, presence, running };
}
