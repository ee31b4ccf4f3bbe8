/**
 * What people ask for beside changes, in some schedules: another attempt at a version that has failed (`--again`), and a deletion although a router is
 * away, which that router then owes (`--owe`). This file also draws what may go wrong meanwhile.
 */
import { createdFirst } from '../chaos/draw-changes.ts';
import { randomOf } from '../chaos/random.ts';
import type { Random } from '../chaos/random.ts';
import type { WorkloadChange, RouterName, Workload } from '../chaos/workload.ts';
import type { Effect, Fault, StrikePlan } from './faults.ts';

/** Only schedules from this seed on have askings. */
export const ASKING_SEEDS = 2_000_000;

const MINUTE_MS = 60_000;
/** After this time, in ms, most gateways stand, if they are created first. */
const QUIET_MS = 5 * MINUTE_MS;

/** `at`: in ms after the beginning. `gateway`: an index, as in a workload's actions. `without`: the router that is to owe the deletion. */
export type Asking = { readonly at: number; readonly gateway: number } & (
  | { readonly kind: 'again'; readonly without?: RouterName }
  /** The next version is marked for deletion, and that deletion is asked for. `insists`: it is asked for again until it has ended. */
  | { readonly kind: 'delete without'; readonly without: RouterName; readonly insists: boolean }
);

interface ScheduleWithAskings {
  readonly seed: number;
  readonly workload: Workload;
  readonly faults: readonly Fault[];
  readonly strikes: StrikePlan | null;
  readonly askings: readonly Asking[];
  readonly quietMs: number;
}

export function withAskings<S extends ScheduleWithAskings>(schedule: S): S {
  const { seed, faults, strikes } = schedule;
  if (seed < ASKING_SEEDS) return schedule;
  const random = randomOf(seed).fork('askings');
  const isFirst = schedule.quietMs > 0 || random.chance(0.8);
  const quietMs = isFirst ? QUIET_MS : 0;
  const workload =
    isFirst && schedule.quietMs === 0 ? createdFirst(schedule.workload, quietMs) : schedule.workload;
  const drawn = Array.from({ length: random.whole(1, 2) }, () => draw(random, workload, quietMs));
  const askings = drawn.flatMap((one) => one.askings);
  return {
    ...schedule,
    quietMs,
    workload: {
      ...workload,
      changes: (workload.changes ?? []).filter((one) => !staysInTheWay(one, askings)),
    },
    askings,
    faults: [...faults, ...drawn.flatMap((one) => one.faults)],
    strikes: strikes && {
      ...strikes,
      activities: [...strikes.activities, 'oweDeletion', 'awaitOwedDeletion'],
    },
  };
}

/**
 * Whether a change would keep a run from coming to rest: what an operator has put into a gateway's stanzas stays, and so a deletion that is owed there
 * stays owed.
 */
function staysInTheWay({ kind, gateway }: WorkloadChange, askings: readonly Asking[]): boolean {
  return kind === 'operator adds' && askings.some((one) => one.gateway === gateway);
}

interface Drawn {
  readonly askings: readonly Asking[];
  readonly faults: readonly Fault[];
}

function draw(random: Random, workload: Workload, quietMs: number): Drawn {
  const { gateways, children = [] } = workload;
  const gateway = random.whole(0, gateways.length + children.length - 1);
  const at = quietMs + random.whole(0, 8 * MINUTE_MS);
  const later = () => at + random.whole(MINUTE_MS, 12 * MINUTE_MS);
  const again = (): Asking => ({ at: later(), kind: 'again', gateway });
  if (random.chance(0.3)) return { askings: [again(), again()], faults: [] };
  const pair = pairOf(workload, gateway);
  const without = random.pick(pair);
  const first = pair[0] === without ? pair[1] : pair[0];
  const during = random.pick(['start awaitOwedDeletion', 'end oweDeletion', 'start pay', 'end pay']);
  const middle = (effect: Effect): Fault => ({ when: { kind: 'point', point: during, nth: 1 }, effect });
  const away = { kind: 'away', router: without, ms: random.whole(1, 24) * MINUTE_MS } as const;
  const leaves = { kind: 'time', at: Math.max(0, at - quietMs - 2_000) } as const;
  return {
    askings: [
      { at, kind: 'delete without', gateway, without, insists: random.chance(0.8) },
      ...(random.chance(0.4) ? [again()] : []),
      ...(random.chance(0.4) ? [{ ...again(), without } as const] : []),
    ],
    faults: [
      ...(random.chance(0.8) ? [{ when: leaves, effect: away }] : []),
      ...(random.chance(0.6) ? [middle(hindrance(random, gateway, first))] : []),
    ],
  };
}

/** What gets in the way of the router that is to make the deletion at once, or of the saga. */
function hindrance(random: Random, gateway: number, router: RouterName): Effect {
  const rule = { rpc: 'commit-configuration', step: 'activate', moment: 'before' } as const;
  const refuses = { ...rule, times: random.pick([1, 3, 40]), outcome: { kind: 'refuse' } } as const;
  const away = { kind: 'away', router, ms: random.whole(1, 24) * MINUTE_MS } as const;
  const effects: readonly Effect[] = [
    away,
    away,
    away,
    { kind: 'router does', router, rule: refuses },
    { kind: 'cut', worker: 'whoever', router, noticed: random.chance(0.5) },
    { kind: 'restart', router, ms: MINUTE_MS },
    { kind: 'saga', does: random.pick(['terminate', 'terminate and start', 'cancel']), gateway },
    { kind: 'people', does: 'new version', gateway },
    { kind: 'reset', whose: random.pick(['saga', 'pair']), share: random.pick([0, 0.5, 0.9]), gateway },
  ];
  return random.pick(effects);
}

/** The routers of a gateway. A child is on the routers of its parent. */
function pairOf({ gateways, children = [] }: Workload, index: number): readonly [RouterName, RouterName] {
  const gateway = gateways[index];
  if (gateway !== undefined) return gateway.pair;
  const parent = children[index - gateways.length]?.within ?? 0;
  return pairOf({ gateways, children, actions: [] }, parent);
}
