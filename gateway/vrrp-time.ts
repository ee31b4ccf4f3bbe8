/** How long VRRP and BGP may take, how long a trial lasts then, and what must not become worse meanwhile. */

/** How long VRRP takes for a batch, by the timers of its routers. */
export interface VrrpTime {
  /** How long until MASTER, in ms, if no other router is master before. `null`: no member has VRRP. */
  readonly masterMs: number | null;
  /** How long the members of the batch may take until they are seen working, in ms. The batch waits for the slowest member, so all have this time. */
  readonly limitMs: number;
  /**
   * How long another router may wait, in ms, before it takes over from a primary that is master. So long the roles that are promised may be shown, and
   * change then. Absent: no router may.
   */
  readonly holdMs?: number;
  /**
   * The VRRP groups of others, as they were before the commit, in units whose VRRP an update changes, by router id. Afterwards they must not be worse.
   * Absent: there are none.
   */
  readonly others?: Readonly<Record<string, readonly OtherGroup[]>>;
}

/** What is read of VRRP before a commit. After the commit nobody can read it any more. */
export interface VrrpBefore {
  /** As in `VrrpTime`. Absent: no router may take over. */
  readonly holdMs?: number;
  /** The VRRP groups of others on one router. Absent: there are none. */
  readonly others?: readonly OtherGroup[];
}

/** A VRRP group that the gateway does not own: of a child, or of people. */
export interface OtherGroup {
  /** `ae0.1025` */
  readonly unit: string;
  /** The address that it is configured at, and its name: `192.0.2.2/24 vrrp-group 10`. */
  readonly group: string;
  /** `MASTER`, `BACKUP`, `INIT`, … */
  readonly state: string;
}

/** How long `timerMs` of a router's timer lasts, in ms, if the router's minutes last `minuteMs`. */
export function lastingMs(timerMs: number, minuteMs: number): number {
  return Math.ceil((timerMs * minuteMs) / 60_000);
}

/**
 * The limit of a change whose VRRP needs `neededMs` by its timers: a quarter more, for links that come up and for busy routers, and two looks,
 * because MASTER and BACKUP are noticed at the next one.
 */
export function vrrpLimitOf(
  {
    vrrpIntervalMs,
    vrrpLimitMs,
    vrrpMaxMs,
  }: { readonly vrrpIntervalMs: number; readonly vrrpLimitMs: number; readonly vrrpMaxMs: number },
  neededMs: number,
): number {
  const wanted = Math.ceil(neededMs * 1.25) + 2 * vrrpIntervalMs;
  return Math.min(vrrpMaxMs, Math.max(vrrpLimitMs, wanted));
}

/** How long a change may take, in ms, if it waits for BGP sessions as well as for VRRP. `limitMs`: the limit for VRRP. */
export function bgpLimitOf(
  { bgpLimitMs, vrrpMaxMs }: { readonly bgpLimitMs: number; readonly vrrpMaxMs: number },
  limitMs: number,
): number {
  return Math.max(limitMs, Math.min(bgpLimitMs, vrrpMaxMs));
}

/** After how many of the router's minutes a trial falls back, if VRRP may take `limitMs`. */
export function trialMinutes(
  {
    confirmMinutes,
    minuteMs,
    vrrpLimitMs,
  }: { readonly confirmMinutes: number; readonly minuteMs: number; readonly vrrpLimitMs: number },
  limitMs: number,
): number {
  return confirmMinutes + Math.ceil(Math.max(0, limitMs - vrrpLimitMs) / minuteMs);
}
