/** What a seed demands of the system: gateways, and people who interfere. Both worlds carry out the same. */
import type { VersionChange, Place } from './changes.ts';
import type { Random } from './random.ts';

/** The pairs on three routers. They overlap, and A and B are a pair in either role. */
export const PAIRS = [
  ['A', 'B'],
  ['B', 'A'],
  ['B', 'C'],
] as const;
export const ROUTERS = ['A', 'B', 'C'] as const;
export type RouterName = (typeof ROUTERS)[number];

/** Why a gateway can't be created. */
export type Flaw =
  /** What it would own exists already. */
  | 'conflict'
  /** The router's check refuses it. */
  | 'check refuses'
  /** Its VRRP group never leaves init. */
  | 'vrrp down'
  /** Its VRRP groups on the two routers don't hear each other, so both become master. */
  | 'vrrp isolated'
  /** A value in its records that is no value for a configuration. */
  | 'hostile value';

export interface WorkloadGateway {
  readonly kind: 'vpn_gateway' | 'internet_gateway';
  /** VLAN, addresses and names come from this number. No two gateways have the same. */
  readonly number: number;
  /** Primary and secondary. */
  readonly pair: readonly [RouterName, RouterName];
  readonly flaw: Flaw | null;
  /** The length of its `vrf_config` in octets. Absent: it has none. */
  readonly vrfConfigOctets?: number;
}

/** A gateway's workflow, or its pair's, begins anew from before one of its tasks. */
export interface Reset {
  readonly whose: 'saga' | 'pair';
  /** How much of it stays, from 0 up to, but not including, 1. */
  readonly share: number;
}

export function drawReset(random: Random): Reset {
  return { whose: random.pick(['saga', 'pair']), share: random.pick([0, 0.25, 0.5, 0.75, 0.9, 0.99]) };
}

/** `at` in ms after the beginning; `gateway` is an index into the workload's gateways. */
export type WorkloadAction = { readonly at: number } & (
  | { readonly kind: 'create'; readonly gateway: number }
  /** The creation is started once more, while it runs or after it has ended. */
  | { readonly kind: 'start again'; readonly gateway: number }
  | { readonly kind: 'cancel'; readonly gateway: number }
  | { readonly kind: 'terminate'; readonly gateway: number }
  /** The record comes again with the next version, otherwise as it was. Then the gateway is asked for. */
  | { readonly kind: 'new version'; readonly gateway: number }
  | { readonly kind: 'remove record'; readonly gateway: number }
  | ({ readonly kind: 'reset'; readonly gateway: number } & Reset)
  /** `by`: the command, or an update of a pair's workflow. */
  | {
      readonly kind: 'hold';
      readonly router: RouterName;
      readonly ms: number;
      readonly by: 'command' | 'update';
    }
  /** An operator locks the candidate of the router for `ms`. */
  | { readonly kind: 'operator locks'; readonly router: RouterName; readonly ms: number }
  /** Leaves an edit in the shared candidate for `ms`. */
  | { readonly kind: 'operator edits'; readonly router: RouterName; readonly ms: number }
  | { readonly kind: 'operator commits'; readonly router: RouterName }
  | { readonly kind: 'operator checks'; readonly router: RouterName }
  /** A confirmed commit of his own: confirmed after `ms`, or left to fall back. */
  | {
      readonly kind: 'operator tries';
      readonly router: RouterName;
      readonly ms: number;
      readonly confirms: Confirms;
    }
);

/** What becomes of a gateway once it was requested. */
export type WorkloadChange = { readonly at: number; readonly gateway: number } &
  /**
   * The next version is written, and whatever the configuration asks for is started. `insists`: it is started again and again, until it has ended.
   * `fails`: the change can't be made even if nothing goes wrong, so what stood stays.
   */
  (
    | {
        readonly kind: 'change';
        readonly of: VersionChange;
        readonly insists: boolean;
        readonly fails: boolean;
      }
    /** Somebody removes the record of a gateway that is marked for deletion, and may not have been deleted yet. */
    | { readonly kind: 'marked record removed' }
    /** A statement of an operator's own in a stanza of a gateway that stands. */
    | { readonly kind: 'operator adds'; readonly router: RouterName; readonly place: Place }
  );

/** How an operator ends a confirmed commit of his own. If he confirms it by a check, it is still the newest commit in the history afterwards. */
export type Confirms = 'by commit' | 'by check' | 'not';

/** A gateway that lies in another one, on the same routers. */
export interface WorkloadChild {
  readonly kind: 'static_route' | 'vpn_interface' | 'bgp_neighbor';
  /** Its number within its parent. Destination and addresses come from it. */
  readonly number: number;
  /** Index of its parent: a gateway, or an interface earlier in the list of children. */
  readonly within: number;
}

export interface Workload {
  readonly gateways: readonly WorkloadGateway[];
  /** In actions and changes, the indices of children follow those of the gateways. Absent: there are no children. */
  readonly children?: readonly WorkloadChild[];
  /** In order of time. */
  readonly actions: readonly WorkloadAction[];
  /** In order of time. Absent: nothing is changed. */
  readonly changes?: readonly WorkloadChange[];
}

export interface WorkloadOptions {
  readonly gateways: readonly [from: number, to: number];
  /** How many things people do beside creating. */
  readonly people: readonly [from: number, to: number];
  /** All that people do begins within this time, in ms. */
  readonly spanMs: number;
}

const FLAWS: readonly Flaw[] = ['conflict', 'check refuses', 'vrrp down', 'hostile value'];

export function drawWorkload(random: Random, { gateways: count, people, spanMs }: WorkloadOptions): Workload {
  const isolated = random.fork('vrrp isolated');
  const gateways = Array.from({ length: random.whole(...count) }, (_, number): WorkloadGateway => ({
    kind: random.pick(['vpn_gateway', 'internet_gateway']),
    number,
    pair: random.pick(PAIRS),
    flaw: random.chance(0.25) ? random.pick(FLAWS) : isolated.chance(0.08) ? 'vrrp isolated' : null,
  }));
  const some = () => random.whole(0, gateways.length - 1);
  const at = () => random.whole(0, spanMs);
  const ms = () => random.whole(spanMs / 20, spanMs / 2);
  const router = () => random.pick(ROUTERS);
  const draws: readonly (() => WorkloadAction)[] = [
    () => ({ at: at(), kind: 'start again', gateway: some() }),
    () => ({ at: at(), kind: 'cancel', gateway: some() }),
    () => ({ at: at(), kind: 'terminate', gateway: some() }),
    () => ({ at: at(), kind: 'new version', gateway: some() }),
    () => ({ at: at(), kind: 'remove record', gateway: some() }),
    () => ({ at: at(), kind: 'reset', gateway: some(), ...drawReset(random) }),
    () => ({
      at: at(),
      kind: 'hold',
      router: router(),
      ms: ms(),
      by: random.chance(0.5) ? 'update' : 'command',
    }),
    () => ({ at: at(), kind: 'operator locks', router: router(), ms: ms() }),
    () => ({ at: at(), kind: 'operator edits', router: router(), ms: ms() }),
    () => ({ at: at(), kind: 'operator commits', router: router() }),
    () => ({ at: at(), kind: 'operator checks', router: router() }),
    () => ({ at: at(), kind: 'operator tries', router: router(), ms: ms(), confirms: drawConfirms(random) }),
  ];
  const creations = gateways.map((_, gateway): WorkloadAction => ({ at: at(), kind: 'create', gateway }));
  const others = Array.from({ length: random.whole(...people) }, () => random.pick(draws)());
  return { gateways, actions: [...creations, ...others].sort((one, other) => one.at - other.at) };
}

function drawConfirms(random: Random): Confirms {
  const share = random.next();
  return share < 0.25 ? 'by check' : share < 0.5 ? 'by commit' : 'not';
}

/**
 * In every tenth schedule somebody confirms a commit by a check on a router whose mark "rollback pending" stays for ever: alone, the draws
 * above bring the two together too seldom.
 */
export function drawStaleMark(
  random: Random,
  spanMs: number,
): Extract<WorkloadAction, { kind: 'operator tries' }>[] {
  if (!random.chance(0.1)) return [];
  const [at, ms] = [random.whole(0, spanMs), random.whole(0, spanMs / 20)];
  return [{ at, kind: 'operator tries', router: random.pick(ROUTERS), ms, confirms: 'by check' }];
}

/** A workload with more to do. */
export function withActions({ actions, ...rest }: Workload, more: readonly WorkloadAction[]): Workload {
  return { ...rest, actions: [...actions, ...more].sort((one, other) => one.at - other.at) };
}

/** The workload without interference and without flaws. With it every gateway has to be created. */
export function calmed({ gateways, actions }: Workload): Workload {
  return {
    gateways: gateways.map((gateway) => ({ ...gateway, flaw: null })),
    actions: actions.filter(({ kind }) => kind === 'create' || kind === 'start again'),
  };
}
