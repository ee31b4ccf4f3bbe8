/** Looks at one router until it does what the gateway's configuration promises, or until the time limit has passed. */
import { activityInfo, heartbeat } from '@temporalio/activity';
import type { Info } from '@temporalio/activity';
import { oneLine } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { PollInput } from '../../gateway/outcomes.ts';
import type { Observation } from '../../gateway/plan.ts';
import { LOST_LOOKS_MS } from '../../gateway/policies.ts';
import { bgpLimitOf } from '../../gateway/vrrp-time.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { Snapshot } from '../../etcd/snapshot.ts';
import { AuthenticationError, NetconfError } from '../../netconf/errors.ts';
import { classified, isRejectedHostKey } from '../classify.ts';
import type { Dependencies } from '../dependencies.ts';
import { heartbeating } from '../heartbeat.ts';
import { comparedWith } from '../router/other-groups.ts';
import { nextLook } from '../router/shared-looks.ts';
import { serverClock } from '../server-clock.ts';
import { serviceOf, waitsForBgp, wantedBy } from '../router/service.ts';
import { RefusedError } from '../refused.ts';
import { BackupEvidence, MasterEvidence } from './evidence.ts';
import type { Lookout, TimedService } from './evidence.ts';
import { refusalOf } from './not-owned.ts';
import { targetOf } from '../router/router-target.ts';

type End = NonNullable<PollInput['end']>;

/** What a heartbeat says to people, and to the attempt after this one. */
interface PollProgress {
  /** How many looks this attempt has made. */
  readonly looks: number;
  /** What was not as promised at the last look. */
  readonly seen?: string;
  /** When the last look ended, by Temporal's clock, in ms since the epoch. Before the first one: when the polling was scheduled. */
  readonly lookedAt: number;
  /** For how long nobody has looked so far, because workers died, in ms. */
  readonly lostMs: number;
  /** For how long looks have shown the right roles without a break (`BackupEvidence`), in ms. */
  readonly rightMs: number;
}

/** Resolves to what was seen. Fails with `NotConverged` if the router is not as promised in time. */
export function polling(deps: Dependencies) {
  return (input: PollInput): Promise<Observation> => {
    const info = activityInfo();
    let progress = progressBefore(info);
    const { lostMs, rightMs } = progress;
    const tell = (next: PollProgress): void => heartbeat((progress = next));
    return heartbeating(
      () => classified(() => poll(deps, input, { from: info.scheduledTimestampMs, lostMs, rightMs, tell })),
      () => progress,
    );
  };
}

/** Where this attempt begins. What passed since the last look that Temporal knows of is lost time. */
function progressBefore({
  scheduledTimestampMs,
  currentAttemptScheduledTimestampMs,
  heartbeatDetails,
}: Info): PollProgress {
  // A worker of an earlier version may have told less.
  const told = heartbeatDetails as Partial<PollProgress> | undefined;
  const { lookedAt = scheduledTimestampMs, lostMs = 0, rightMs = 0 } = told ?? {};
  const lost = lostMs + Math.max(0, currentAttemptScheduledTimestampMs - lookedAt);
  return {
    looks: 0,
    lookedAt: currentAttemptScheduledTimestampMs,
    lostMs: Math.min(lost, LOST_LOOKS_MS),
    rightMs,
  };
}

export interface PollAttempt {
  /** The time limit counts from then, by Temporal's clock, in ms since the epoch. */
  readonly from: number;
  /** For how long nobody has looked since then, in ms. The limit is later by that. */
  readonly lostMs: number;
  /** For how long earlier attempts have seen the right roles, in ms. */
  readonly rightMs: number;
  readonly tell: (progress: PollProgress) => void;
}

export async function poll(
  deps: Dependencies,
  { gateway, role, router, end = 'after', limitMs, holdMs = 0, others = {} }: PollInput,
  { from, lostMs, rightMs, tell }: PollAttempt,
): Promise<Observation> {
  const records = { snapshot: deps.store.snapshot(), readAt: performance.now() };
  const [record] = await Promise.all([deps.store.planRecord(gateway), targetOf(records.snapshot, router)]);
  if (record === undefined || record.routers[role].id !== router)
    throw refusalOf({ kind: record === undefined ? 'gone' : 'void' }, gateway);
  const { vrrpIntervalMs } = record.limits;
  const now = serverClock(activityInfo());
  const limit = limitOf(deps, record, { role, end, limitMs });
  const until = from + limit + lostMs;
  const own = await lookoutOn(deps, records, record, { role, end, others });
  const times = { now: () => performance.now(), minuteMs: deps.policy.minuteMs };
  const evidence =
    role === 'primary'
      ? new MasterEvidence(own, times)
      : new BackupEvidence(own, await lookoutOn(deps, records, record, { role: 'primary', end, others }), {
          ...times,
          holdMs,
          rightMs,
        });
  for (let looks = 1; ; looks += 1) {
    const seen = await evidence.look();
    if (!('missing' in seen)) return { role, router: own.name, at: new Date(now()).toISOString(), ...seen };
    tell({ looks, seen: seen.missing, lookedAt: now(), lostMs, rightMs: evidence.rightMs });
    if (now() + vrrpIntervalMs > until) {
      throw new RefusedError(
        FAILURES.NotConverged,
        `${own.name} (${role}): ${seen.missing} after ${Math.round(limit / 1000)} s`,
      );
    }
  }
}

function limitOf(
  { policy }: Dependencies,
  { limits, routers }: PlanRecord,
  { role, end, limitMs = limits.vrrpLimitMs }: Pick<PollInput, 'role' | 'limitMs'> & { readonly end: End },
): number {
  const standing = routers[role][end];
  if (standing === null || !waitsForBgp(standing)) return limitMs;
  return bgpLimitOf({ ...policy, ...limits }, limitMs);
}

/** Records of etcd, and when they were read, in ms of the process's monotonic clock. */
interface TimedRecords {
  readonly snapshot: Pick<Snapshot, 'read'>;
  readonly readAt: number;
}

async function lookoutOn(
  { routers }: Dependencies,
  { snapshot, readAt }: TimedRecords,
  record: PlanRecord,
  { role, end, others }: Required<Pick<PollInput, 'role' | 'end' | 'others'>>,
): Promise<Lookout> {
  const { id, [end]: standing } = record.routers[role];
  if (standing === null)
    throw new RefusedError(FAILURES.Internal, `expected something to see at the end "${end}", got nothing`);
  const { name, target } = await targetOf(snapshot, id);
  const wanted = wantedBy(standing);
  const before = (others[id] ?? []).filter(({ unit }) => wanted.interfaces.includes(unit));
  const everyMs = record.limits.vrrpIntervalMs;
  const look = async (dueMs?: number): Promise<TimedService> => {
    const asked = performance.now();
    try {
      const { shown, begunAt } = await nextLook(routers, { target, readAt }, wanted, { everyMs, dueMs });
      return { ...serviceOf(shown, standing), ...comparedWith(shown, role, before), begunAt };
    } catch (error) {
      // These errors end the attempt at once. Each further look would try the refused login again, which could lock the account, and a host key does
      // not mend itself.
      if (error instanceof AuthenticationError || isRejectedHostKey(error)) throw error;
      if (error instanceof NetconfError)
        return { missing: oneLine(error.message), groups: [], words: {}, begunAt: asked };
      throw error;
    }
  };
  return { name, look };
}
