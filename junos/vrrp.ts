/** The timers of a unit's VRRP groups, and what they mean for the time that a master takes (RFC 5798 §6.1). All times are in ms. */
import type { Path, Statement } from './tree.ts';

/** The timers of one VRRP group, with Junos's defaults where the configuration is silent. */
export interface VrrpTimers {
  /** `vrrp-group 10`, `vrrp-inet6-group 10`. */
  readonly name: string;
  readonly group: number;
  /** The address that it is configured at, with its prefix length. */
  readonly address: string;
  /** Empty: none is configured. Such a group does not run. */
  readonly virtualAddresses: readonly string[];
  /** The time between two advertisements: `fast-interval`, `inet6-advertise-interval`, or `advertise-interval` in seconds. */
  readonly intervalMs: number;
  /** How many advertisements in a row a backup misses before it becomes master. */
  readonly threshold: number;
  readonly priority: number;
  /** Whether it takes over from a master of a lower priority, and how long it waits before. */
  readonly preempts: boolean;
  readonly holdMs: number;
  /** Whether the priority follows other interfaces or routes. What they cost is not counted. */
  readonly isTracked: boolean;
}

const KEYWORDS: readonly string[] = ['vrrp-group', 'vrrp-inet6-group'];
const SECOND_MS = 1_000;

/**
 * The VRRP groups of a unit, by its effective configuration: statements that are inherited from configuration groups must be in it, from
 * the top of the hierarchy. `name`: `ae0.1025`. A group that two addresses have in common is listed twice.
 */
export function vrrpTimers(tree: readonly Statement[], name: string): readonly VrrpTimers[] {
  const unit = inside(tree, unitPath(name));
  return entries(unit, 'family').flatMap((family) =>
    entries(family.children ?? [], 'address').flatMap((address) =>
      (address.children ?? []).flatMap((statement) =>
        isActive(statement) && KEYWORDS.includes(statement.words[0] ?? '')
          ? [timersOf(statement, address.words[1] ?? '')]
          : [],
      ),
    ),
  );
}

/** The path of a logical interface: `ae0.1025` is `interfaces ae0 unit 1025`. */
export function unitPath(name: string): Path {
  const [physical, unit] = name.split('.');
  return ['interfaces', physical ?? name, ...(unit === undefined ? [] : ['unit', unit])];
}

/**
 * The longest time in which a backup that hears no master stays a backup: the master-down interval. In version 2 the skew is counted in
 * seconds, in version 3 in intervals (RFC 3768 §6.1, RFC 5798 §6.1): the longer of the two is taken.
 */
export function masterDownMs({ intervalMs, threshold, priority }: VrrpTimers): number {
  return threshold * intervalMs + ((256 - priority) / 256) * Math.max(intervalMs, SECOND_MS);
}

/** The longest time until a group of the highest priority is master, also where another router was master first. */
export function untilMasterMs(timers: VrrpTimers): number {
  return masterDownMs(timers) + (timers.preempts ? timers.holdMs : 0);
}

/** `untilMasterMs` in words: `3 advertisements of 10 s + skew 6.1 s + hold-time 180 s = 216.1 s`. */
export function untilMasterText(timers: VrrpTimers): string {
  const { name, intervalMs, threshold, preempts, holdMs, isTracked } = timers;
  const advertisements = threshold * intervalMs;
  const hold = preempts && holdMs > 0 ? ` + hold-time ${seconds(holdMs)}` : '';
  const skew = seconds(masterDownMs(timers) - advertisements);
  const note = isTracked ? ', tracking not counted' : '';
  return `${name}: ${threshold} advertisements of ${seconds(intervalMs)} + skew ${skew}${hold} = ${seconds(untilMasterMs(timers))}${note}`;
}

/** `36.1 s` */
function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

function timersOf({ words, children = [] }: Statement, address: string): VrrpTimers {
  const [keyword = '', number = ''] = words;
  const preempt = entries(children, 'preempt')[0];
  const isInet6 = keyword === 'vrrp-inet6-group';
  const advertised = isInet6
    ? numberAt(children, 'inet6-advertise-interval')
    : times(numberAt(children, 'advertise-interval'), SECOND_MS);
  const hold = numberAt(preempt?.children ?? [], 'hold-time') ?? numberAfter(preempt, 'hold-time');
  return {
    name: `${keyword} ${number}`,
    group: Number(number),
    address,
    virtualAddresses: entries(children, isInet6 ? 'virtual-inet6-address' : 'virtual-address').flatMap(
      (statement) => [...statement.words.slice(1), ...(statement.list ?? [])],
    ),
    intervalMs: numberAt(children, 'fast-interval') ?? advertised ?? SECOND_MS,
    threshold: numberAt(children, 'advertisements-threshold') ?? 3,
    priority: numberAt(children, 'priority') ?? 100,
    preempts: entries(children, 'no-preempt').length === 0,
    holdMs: times(hold, SECOND_MS) ?? 0,
    isTracked: entries(children, 'track').length > 0,
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
  const index = statement?.words.indexOf(keyword) ?? -1;
  const value = index === -1 ? Number.NaN : Number(statement?.words[index + 1]);
  return Number.isFinite(value) ? value : undefined;
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
