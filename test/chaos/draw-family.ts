/**
 * A family for a schedule: routes and interfaces in its first gateway, and neighbors in the interfaces. Children are asked for before their parent, with
 * it, or after it. They are changed and deleted while the parent is changed, too, and sometimes the whole family is deleted at once.
 */
import { randomOf } from './random.ts';
import type { Random } from './random.ts';
import type { WorkloadAction, WorkloadChange, Workload, WorkloadChild } from './workload.ts';

/** Only schedules from this seed on have families. Of the schedules with askings, a third have families. */
export const FAMILY_SEEDS = 1_000_000;

const MOST_CHILDREN = 6;

export interface FamilyTimes {
  /** What takes a minute on a network, in ms of the harness. */
  readonly minuteMs: number;
  /** Nothing new is asked for any more after this time. */
  readonly latestMs: number;
}

const CHANGE_OF = { static_route: 'next hop', vpn_interface: 'peer', bgp_neighbor: 'description' } as const;

export function withFamily<S extends { readonly seed: number; readonly workload: Workload }>(
  schedule: S,
  times: FamilyTimes,
): S {
  const { seed, workload } = schedule;
  const { minuteMs } = times;
  if (seed < FAMILY_SEEDS) return schedule;
  const random = randomOf(seed).fork('family');
  const flaws = randomOf(seed).fork('flaws of a family');
  const gateways = workload.gateways.map((one, index) =>
    index === 0 ? { ...one, kind: 'vpn_gateway' as const, flaw: random.chance(0.8) ? null : one.flaw } : one,
  );
  const children: WorkloadChild[] = [];
  for (let number = random.whole(1, MOST_CHILDREN); number > 0; number -= 1) {
    const interfaces = children.flatMap(({ kind }, index) =>
      kind === 'vpn_interface' ? [gateways.length + index] : [],
    );
    children.push(
      interfaces.length > 0 && random.chance(0.5)
        ? { kind: 'bgp_neighbor', number, within: random.pick(interfaces) }
        : { kind: random.pick(['static_route', 'vpn_interface', 'vpn_interface']), number, within: 0 },
    );
  }
  const born = workload.actions.find((one) => one.kind === 'create' && one.gateway === 0)?.at ?? 0;
  const indices = children.map((_, index) => gateways.length + index);
  const actions = indices.map((gateway): WorkloadAction => {
    const at = Math.max(0, born + random.whole(-1, 3) * random.whole(0, minuteMs));
    return { at, kind: 'create', gateway };
  });
  // The parent is superseded, while its children wait for it.
  if (random.chance(0.3))
    actions.push({
      at: born + random.whole(Math.round(minuteMs / 120), Math.round(minuteMs / 3)),
      kind: 'new version',
      gateway: 0,
    });
  const changes = [
    ...(workload.changes ?? []),
    ...indices.flatMap((gateway, index) =>
      changesOf(random, gateway, children[index] as WorkloadChild, times),
    ),
    ...indices.flatMap((gateway, index) => flawOf(flaws, gateway, children[index] as WorkloadChild, times)),
    ...(random.chance(0.35) ? deletionOfAll(random, [0, ...indices], times) : []),
  ];
  const byTime = (one: { readonly at: number }, other: { readonly at: number }) => one.at - other.at;
  const all: Workload = {
    gateways,
    children,
    actions: [...workload.actions, ...actions].sort(byTime),
    changes: changes.sort(byTime),
  };
  return { ...schedule, workload: all };
}

function changesOf(
  random: Random,
  gateway: number,
  { kind }: WorkloadChild,
  { latestMs }: FamilyTimes,
): readonly WorkloadChange[] {
  return Array.from({ length: random.whole(0, 3) }, () => ({
    at: random.whole(0, latestMs),
    kind: 'change' as const,
    gateway,
    of: random.chance(0.3) ? ('deletion' as const) : CHANGE_OF[kind],
    insists: random.chance(0.7),
    fails: false,
  }));
}

/** The flaw of some interfaces: the routers' check refuses them, even if nothing goes wrong. */
function flawOf(
  random: Random,
  gateway: number,
  { kind }: WorkloadChild,
  { latestMs }: FamilyTimes,
): readonly WorkloadChange[] {
  if (kind !== 'vpn_interface' || !random.chance(0.3)) return [];
  const at = random.whole(0, latestMs);
  return [{ at, kind: 'change', gateway, of: 'policy missing', insists: random.chance(0.7), fails: true }];
}

/** Deletes the parent and all its children, almost at once and in any order. */
function deletionOfAll(
  random: Random,
  gateways: readonly number[],
  { minuteMs, latestMs }: FamilyTimes,
): readonly WorkloadChange[] {
  const at = random.whole(minuteMs, latestMs);
  return gateways.map((gateway) => ({
    at: at + random.whole(0, Math.round(minuteMs / 60)),
    kind: 'change',
    gateway,
    of: 'deletion',
    insists: true,
    fails: false,
  }));
}
