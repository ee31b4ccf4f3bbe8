/** The timers of a unit's VRRP groups, and what they mean for the time that a master takes (RFC 5798 §6.1). All times are in ms. */
import type { Path, Statement } from './tree.ts';

/** The timers of one VRRP group, with Junos's defaults where the configuration is silent. */
export interface VrrpTimers {
  /** `vrrp-group 10`, `vrrp-inet6-group 10`. */
  readonly name: string;
  readonly group: number;
  /** The interface's address at which the group is configured, with its prefix length. */
  readonly address: string;
  /** Empty: none is configured. Such a group does not run. */
  readonly virtualAddresses: readonly string[];
  /** The time between two advertisements: `fast-interval`, `inet6-advertise-interval`, or `advertise-interval` in seconds. */
  readonly intervalMs: number;
  /** How many advertisements in a row a backup misses before it becomes master. Where group and router both have one, the larger one. */
  readonly threshold: number;
  readonly priority: number;
  /** Whether the group takes over from a master of a lower priority; `holdMs`: how long it waits before it does. */
  readonly preempts: boolean;
  readonly holdMs: number;
  /** Whether the priority follows other interfaces or routes. What they cost is not counted. */
  readonly isTracked: boolean;
  /**
   * `startup-silent-period` of the router, 4 s by default. Within this time after its interface came up, a backup that hears no master begins to wait anew.
   */
  readonly silentMs: number;
  /** Whether the router runs version 3 (`version-3`). */
  readonly isVersion3: boolean;
  /**
   * The group that this one follows (`vrrp-inherit-from`), `vrrp-group 1 on ae0.100`. Name, number and addresses are this group's own; everything else above
   * is that of the group that it follows.
   */
  readonly follows?: string;
  /** Why the timers are not known: those above are the group's own, and don't count. */
  readonly unknown?: string;
}

/** The statements that hold for all groups of a router. */
export const ALL_GROUPS: Path = ['protocols', 'vrrp'];

const KEYWORDS: readonly string[] = ['vrrp-group', 'vrrp-inet6-group'];
const SECOND_MS = 1_000;
/** Juniper, "startup-silent-period": the default. */
const SILENT_MS = 4 * SECOND_MS;

/**
 * The VRRP groups of a unit. `tree`: the effective configuration from the top of the hierarchy, with what is inherited from configuration groups; it must
 * have `ALL_GROUPS`, the unit, and the units of `followedUnits`. `name`: `ae0.1025`. A group that two addresses have in common is listed twice.
 */
export function vrrpTimers(tree: readonly Statement[], name: string): readonly VrrpTimers[] {
  const all = inside(tree, ALL_GROUPS);
  return groupsOf(tree, name).map(({ statement, address }) => {
    const own = timersOf(statement, address, all);
    const followed = followedBy(statement, name);
    if (followed === undefined) return own;
    const [keyword = ''] = statement.words;
    const follows = `${keyword} ${followed.group} on ${followed.unit}`;
    const active = groupsOf(tree, followed.unit).find(
      ({ statement: { words } }) => words[0] === keyword && words[1] === followed.group,
    );
    const unknown = (why: string): VrrpTimers => ({
      ...own,
      unknown: `inherits from ${follows}, which ${why}`,
    });
    if (active === undefined) return unknown('is not there');
    if (followedBy(active.statement, followed.unit) !== undefined)
      return unknown('inherits from another group itself');
    const { name: ownName, group, address: ownAddress, virtualAddresses } = own;
    return {
      ...timersOf(active.statement, active.address, all),
      name: ownName,
      group,
      address: ownAddress,
      virtualAddresses,
      follows,
    };
  });
}

/** The units of the groups that this unit's groups follow. */
export function followedUnits(tree: readonly Statement[], name: string): readonly string[] {
  return groupsOf(tree, name).flatMap(({ statement }) => followedBy(statement, name)?.unit ?? []);
}

/** The statements that hold for all groups of a router and tell their timers. */
export function forAllGroups(tree: readonly Statement[]): readonly Statement[] {
  return inside(tree, ALL_GROUPS).filter(({ children }) => children === undefined);
}

/** The path of a logical interface: `ae0.1025` is `interfaces ae0 unit 1025`. */
export function unitPath(name: string): Path {
  const [physical, unit] = name.split('.');
  return ['interfaces', physical ?? name, ...(unit === undefined ? [] : ['unit', unit])];
}

/**
 * The longest time in which a backup that hears no master stays a backup: the master-down interval, as many times as it begins anew within the silent period
 * after its interface came up.
 */
export function masterDownMs(timers: VrrpTimers): number {
  return intervalsOf(timers) * onceMs(timers);
}

/**
 * The master-down interval. In version 2 the skew is counted in seconds, in version 3 in intervals (RFC 3768 §6.1, RFC 5798 §6.1). A router
 * without `version-3` may run either for IPv6: the longer of the two is taken.
 */
function onceMs({ intervalMs, threshold, priority, isVersion3 }: VrrpTimers): number {
  const unitMs = isVersion3 ? intervalMs : Math.max(intervalMs, SECOND_MS);
  return threshold * intervalMs + ((256 - priority) / 256) * unitMs;
}

function intervalsOf(timers: VrrpTimers): number {
  return Math.max(1, Math.ceil(timers.silentMs / onceMs(timers)));
}

/** The longest time until a group of the highest priority is master, also where another router was master first. */
export function untilMasterMs(timers: VrrpTimers): number {
  return masterDownMs(timers) + (timers.preempts ? timers.holdMs : 0);
}

/** `untilMasterMs` in words: `vrrp-group 10: 3 advertisements of 10 s + skew 6.1 s + hold-time 180 s = 216.1 s`. */
export function untilMasterText(timers: VrrpTimers): string {
  const { name, intervalMs, threshold, preempts, holdMs, silentMs, isTracked, follows, unknown } = timers;
  if (unknown !== undefined) return `${name}: not known, because it ${unknown}`;
  const advertisements = threshold * intervalMs;
  const once = `${threshold} advertisements of ${seconds(intervalMs)} + skew ${seconds(onceMs(timers) - advertisements)}`;
  const intervals = intervalsOf(timers);
  const down =
    intervals === 1 ? once : `${intervals} × (${once}) for startup-silent-period ${seconds(silentMs)}`;
  const hold = preempts && holdMs > 0 ? ` + hold-time ${seconds(holdMs)}` : '';
  const note = isTracked ? ', tracking not counted' : '';
  const of = follows === undefined ? '' : ` (follows ${follows})`;
  return `${name}${of}: ${down}${hold} = ${seconds(untilMasterMs(timers))}${note}`;
}

/** `36.1 s` */
function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

/** The statements of all VRRP groups of a unit, each with the address at which it stands. */
export function groupsOf(
  tree: readonly Statement[],
  name: string,
): readonly { readonly statement: Statement; readonly address: string }[] {
  return entries(inside(tree, unitPath(name)), 'family').flatMap((family) =>
    entries(family.children ?? [], 'address').flatMap(({ words, children = [] }) =>
      children
        .filter((one) => isActive(one) && KEYWORDS.includes(one.words[0] ?? ''))
        .map((statement) => ({ statement, address: words[1] ?? '' })),
    ),
  );
}

/** The group that a group follows; `undefined`: none. By default it has the same number, and is on the same unit. */
function followedBy(
  { words, children = [] }: Statement,
  name: string,
): { readonly group: string; readonly unit: string } | undefined {
  const inherit = entries(children, 'vrrp-inherit-from');
  if (inherit.length === 0) return undefined;
  const wordOf = (keyword: string) => {
    const leaves = [...inherit, ...inherit.flatMap((one) => entries(one.children ?? [], keyword))];
    return leaves.flatMap((leaf) => wordAfter(leaf, keyword) ?? [])[0];
  };
  return { group: wordOf('active-group') ?? words[1] ?? '', unit: wordOf('active-interface') ?? name };
}

/** `all`: what stands below `ALL_GROUPS`. */
function timersOf(
  { words, children = [] }: Statement,
  address: string,
  all: readonly Statement[],
): VrrpTimers {
  const [keyword = '', number = ''] = words;
  const preempt = entries(children, 'preempt')[0];
  const isInet6 = keyword === 'vrrp-inet6-group';
  const advertised = isInet6
    ? numberAt(children, 'inet6-advertise-interval')
    : times(numberAt(children, 'advertise-interval'), SECOND_MS);
  const thresholds = [
    numberAt(children, 'advertisements-threshold') ?? [],
    numberAt(all, 'global-advertisements-threshold') ?? [],
  ].flat();
  const hold = numberAt(preempt?.children ?? [], 'hold-time') ?? numberAfter(preempt, 'hold-time');
  return {
    name: `${keyword} ${number}`,
    group: Number(number),
    address,
    virtualAddresses: entries(children, isInet6 ? 'virtual-inet6-address' : 'virtual-address').flatMap(
      (statement) => [...statement.words.slice(1), ...(statement.list ?? [])],
    ),
    intervalMs: numberAt(children, 'fast-interval') ?? advertised ?? SECOND_MS,
    threshold: thresholds.length === 0 ? 3 : Math.max(...thresholds),
    priority: numberAt(children, 'priority') ?? 100,
    preempts: entries(children, 'no-preempt').length === 0,
    holdMs: times(hold, SECOND_MS) ?? 0,
    isTracked: entries(children, 'track').length > 0,
    silentMs: times(numberAt(all, 'startup-silent-period'), SECOND_MS) ?? SILENT_MS,
    isVersion3: entries(all, 'version-3').length > 0,
  };
}

function times(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

/** The number of a leaf `fast-interval 10000`; `undefined` if there is none, or no number. */
function numberAt(statements: readonly Statement[], keyword: string): number | undefined {
  return numberAfter(entries(statements, keyword)[0], keyword);
}

/** The number behind a word of a statement: `preempt hold-time 180` has 180 behind `hold-time`. */
function numberAfter(statement: Statement | undefined, keyword: string): number | undefined {
  const value = Number(wordAfter(statement, keyword) ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

function wordAfter(statement: Statement | undefined, keyword: string): string | undefined {
  const index = statement?.words.indexOf(keyword) ?? -1;
  return index === -1 ? undefined : statement?.words[index + 1];
}

function entries(statements: readonly Statement[], keyword: string): readonly Statement[] {
  return statements.filter((statement) => isActive(statement) && statement.words[0] === keyword);
}

const isActive = ({ tag }: Statement): boolean => tag !== 'inactive' && tag !== 'delete';

/** What stands below a path. A statement may have one word of it or several. */
function inside(statements: readonly Statement[], path: Path): readonly Statement[] {
  if (path.length === 0) return statements;
  return statements.flatMap((statement) => {
    const { words, children } = statement;
    const fits = words.length <= path.length && words.every((word, index) => word === path[index]);
    return fits && isActive(statement) && children ? inside(children, path.slice(words.length)) : [];
  });
}
