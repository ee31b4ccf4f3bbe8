/** What becomes of gateways once they were requested: new versions, deletions, and statements of operators in their stanzas. */
import { CHANGES, PLACES } from './changes.ts';
import type { VersionChange } from './changes.ts';
import type { Random } from './random.ts';
import type { WorkloadChange, Workload } from './workload.ts';

const FAILING: readonly VersionChange[] = ['roles swapped', 'check refuses', 'hostile value'];

/** The share of the schedules in which gateways are changed. */
const CHANGED_SHARE = 1 / 3;
/**
 * The share of those in which all gateways are created first, and everything else happens afterwards. Otherwise few gateways would stand when they are
 * changed.
 */
const CREATED_FIRST_SHARE = 0.7;

export interface ChangesOptions {
  /** Within how many ms gateways are usually created if nothing goes wrong. */
  readonly quietMs: number;
  /** What takes a minute on a network, in ms of the harness. */
  readonly minuteMs: number;
  /** The latest changes come so many ms after the beginning. */
  readonly latestMs: number;
  /** Every change has to end as it should: operators put nothing in its way. */
  readonly isCalm: boolean;
}

export interface ChangedWorkload {
  readonly workload: Workload;
  /** Nothing goes wrong in this time from the beginning, in ms. */
  readonly quietMs: number;
}

/** In some schedules, adds to the workload what becomes of its gateways. */
export function withChanges(random: Random, workload: Workload, options: ChangesOptions): ChangedWorkload {
  if (!random.chance(CHANGED_SHARE)) return { workload, quietMs: 0 };
  const quietMs = random.chance(CREATED_FIRST_SHARE) ? options.quietMs : 0;
  const begun = quietMs === 0 ? workload : createdFirst(workload, quietMs);
  return { workload: { ...begun, changes: drawChanges(random, begun, { ...options, quietMs }) }, quietMs };
}

/** The workload without flaws. Gateways are created sooner, and whatever else people do comes `ms` later. */
export function createdFirst({ gateways, actions, ...rest }: Workload, ms: number): Workload {
  const later = actions.map((one) => ({ ...one, at: one.kind === 'create' ? one.at / 10 : one.at + ms }));
  return {
    ...rest,
    gateways: gateways.map((gateway) => ({ ...gateway, flaw: null })),
    actions: later.sort((one, other) => one.at - other.at),
  };
}

/** The first changes come `quietMs` after the beginning or soon after that. If `quietMs` is 0, they come soon after their gateways were requested. */
function drawChanges(
  random: Random,
  { gateways, actions }: Workload,
  { quietMs, minuteMs, latestMs, isCalm }: ChangesOptions,
): readonly WorkloadChange[] {
  const changes = gateways.flatMap(({ vrfConfigOctets, pair }, gateway): readonly WorkloadChange[] => {
    if (vrfConfigOctets !== undefined || random.chance(0.2)) return [];
    const requested = actions.find((one) => one.kind === 'create' && one.gateway === gateway)?.at ?? 0;
    const created = Math.max(requested, quietMs);
    const drawn: WorkloadChange[] = [];
    let fails = false;
    let at = created + random.pick([random.whole(0, minuteMs), random.whole(minuteMs, 10 * minuteMs)]);
    const versions = random.whole(1, 4);
    for (let nth = 1; nth <= versions && at <= latestMs; nth += 1) {
      if (!isCalm && random.chance(0.4)) {
        const place = random.pick(PLACES);
        const router = random.pick(pair);
        drawn.push({ at: at - random.whole(0, minuteMs), kind: 'operator adds', gateway, router, place });
      }
      const of = random.pick(random.chance(0.25) ? (['deletion'] as const) : CHANGES);
      if (of !== 'nothing') fails = FAILING.includes(of);
      drawn.push({ at, kind: 'change', gateway, of, insists: isCalm || random.chance(0.7), fails });
      if (of === 'deletion' && !isCalm && random.chance(0.3))
        drawn.push({ at: at + random.whole(0, minuteMs), kind: 'marked record removed', gateway });
      at += random.whole(minuteMs / 12, 8 * minuteMs);
    }
    return drawn.map((action) => ({ ...action, at: Math.max(action.at, created + 1) }));
  });
  return changes.sort((one, other) => one.at - other.at);
}
