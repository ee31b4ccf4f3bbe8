/** Judges whether a router shows what a gateway's configuration promises. */
import type { MonitorWords } from '../../gateway/records.ts';
import { oneLine } from '../../gateway/display.ts';
import type { Monitor, RouterConfiguration } from '../../gateway/kind.ts';
import type { Observation } from '../../gateway/plan.ts';
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import { masterDownMs } from '../../junos/vrrp.ts';
import type { Shown, Wanted, WantedFilter } from './observe.ts';

/** A VRRP group of the gateway, as one look shows it. */
export interface GroupSeen {
  /** `VRRP group 10 on ae0.1025` */
  readonly name: string;
  /** `MASTER`, `BACKUP`, `INIT`, …; `not running`. */
  readonly state: string;
  /** Its master-down interval by its configuration, in ms. */
  readonly masterDownMs: number;
}

/** What one look says of a gateway. */
export interface Service extends Pick<Observation, 'words'> {
  /** What is not as promised yet, but for VRRP. Absent: interfaces are up, and counters are there. */
  readonly missing?: string;
  /** The VRRP groups on all its interfaces. Empty: none is configured there. */
  readonly groups: readonly GroupSeen[];
}

/** What must be read to judge it. */
export function wantedBy({ monitors }: RouterConfiguration): Wanted {
  return {
    interfaces: monitors.flatMap((monitor) => monitor.interface ?? []),
    filters: monitors.flatMap((monitor) => monitor.counters.map(({ filter }) => filterOn(filter, monitor))),
  };
}

export function serviceOf(shown: Shown, { monitors }: RouterConfiguration): Service {
  const [missing] = monitors.flatMap((monitor) => {
    const words = missingOf(shown, monitor);
    return words === undefined ? [] : [oneLine(`${monitor.name}: ${words}`)];
  });
  return {
    ...(missing !== undefined && { missing }),
    groups: monitors.flatMap((monitor) => groupsOf(shown, monitor)),
    words: activeWords(monitors),
  };
}

/** The words of monitors whose interfaces and counters were all seen. */
export function activeWords(monitors: readonly Pick<Monitor, 'name'>[]): MonitorWords {
  return Object.fromEntries(monitors.map(({ name }) => [name, 'ACTIVE']));
}

/** The first group that has another state, in words. `undefined`: all have this one. */
export function unlike(groups: readonly GroupSeen[], expected: string): string | undefined {
  const other = groups.find(({ state }) => state !== expected);
  return other === undefined ? undefined : oneLine(`${other.name} is ${other.state}, expected ${expected}`);
}

function filterOn(filter: string, { interface: unit }: Monitor): WantedFilter {
  return unit === undefined ? { filter } : { filter, unit };
}

function missingOf(shown: Shown, monitor: Monitor): string | undefined {
  const { counters, interface: unit } = monitor;
  for (const { filter, counter } of counters) {
    const found = shown.countersOf(filterOn(filter, monitor));
    if (found === undefined) return `filter ${filter} is not there`;
    if (!found.some(({ name }) => name === counter)) return `counter ${counter} is not in filter ${filter}`;
  }
  if (unit === undefined) return undefined;
  const state = shown.interfaces.get(unit);
  if (state === undefined) return `interface ${unit} is not there`;
  const { adminStatus, operStatus } = state;
  if (adminStatus !== 'up' || operStatus !== 'up')
    return `interface ${unit} is ${adminStatus}/${operStatus}, expected up/up`;
  const timers = shown.timers.get(unit);
  return timers instanceof JunosSyntaxError
    ? `the configuration of ${unit} can't be read (${timers.message})`
    : undefined;
}

/** Every group that is configured on the monitor's interface. The configuration says which there are, VRRP says in which state. */
function groupsOf(shown: Shown, { name, interface: unit = '' }: Monitor): readonly GroupSeen[] {
  const configured = shown.timers.get(unit) ?? [];
  if (configured instanceof JunosSyntaxError) return [];
  return configured.flatMap((timers) => {
    const running = (shown.groups.get(unit) ?? []).filter(({ group }) => group === timers.group);
    const states = running.length === 0 ? ['not running'] : running.map(({ state }) => state.toUpperCase());
    return states.map((state) => ({
      name: `${name}: VRRP group ${timers.group} on ${unit}`,
      state,
      masterDownMs: masterDownMs(timers),
    }));
  });
}
