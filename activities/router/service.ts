/** Judges whether a router shows what a gateway's configuration promises. */
import type { MonitorWords } from '../../gateway/records.ts';
import { oneLine } from '../../gateway/display.ts';
import type { Monitor, RouterConfiguration } from '../../gateway/kind.ts';
import type { Observation } from '../../gateway/plan.ts';
import { masterDownMs } from '../../junos/vrrp.ts';
import type { VrrpGroup } from '../../netconf/operations.ts';
import type { Shown, ObserveRequest, WantedFilter } from './observe.ts';
import { isOwn } from './own-groups.ts';
import type { ConfiguredGroup } from './own-groups.ts';
import { describeUnreadable } from './running.ts';

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
  /** What is not as promised yet, apart from the states of VRRP groups. Absent: all that the monitors name is as it should be. */
  readonly missing?: string;
  /** The gateway's own VRRP groups on all its interfaces. Empty: none is configured there. */
  readonly groups: readonly GroupSeen[];
  /** The groups of others that the change must not make worse. Absent: none. */
  readonly others?: readonly GroupSeen[];
  /** Which of them is worse than before the change. Absent: none. */
  readonly worse?: string;
}

/** What must be read from a router to judge a gateway. */
export function wantedBy({ monitors }: RouterConfiguration): ObserveRequest {
  return {
    interfaces: monitors.flatMap((monitor) =>
      [monitor.interface ?? [], monitor.vrrp?.interface ?? []].flat(),
    ),
    filters: monitors.flatMap((monitor) => monitor.counters.map(({ filter }) => filterOn(filter, monitor))),
    sessions: monitors.flatMap(({ bgp }) => bgp ?? []),
    routes: monitors.flatMap(({ route }) => route ?? []),
  };
}

/** Throws the error of a request that this gateway's monitors are read from. */
export function serviceOf(shown: Shown, configuration: RouterConfiguration): Service {
  const { monitors } = configuration;
  const [missing] = monitors.flatMap((monitor) => {
    const words = missingOf(shown, monitor);
    return words === undefined ? [] : [oneLine(`${monitor.name}: ${words}`)];
  });
  return {
    ...(missing !== undefined && { missing }),
    groups: monitors.flatMap((monitor) => groupsOf(shown, monitor, configuration)),
    words: activeWords(monitors),
  };
}

/** The words of monitors that were all seen as promised. */
export function activeWords(monitors: readonly Pick<Monitor, 'name' | 'word' | 'bgp'>[]): MonitorWords {
  return Object.fromEntries(
    monitors.map(({ name, bgp, word = bgp === undefined ? 'ACTIVE' : 'ESTABLISHED' }) => [name, word]),
  );
}

/** Whether any of the configuration's monitors waits for a BGP session. */
export function waitsForBgp({ monitors }: RouterConfiguration): boolean {
  return monitors.some(({ bgp }) => bgp !== undefined);
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
  const problem = unit === undefined ? undefined : downOf(shown, unit);
  return (
    problem ?? groupProblem(shown, monitor) ?? sessionProblem(shown, monitor) ?? routeProblem(shown, monitor)
  );
}

function downOf(shown: Shown, unit: string): string | undefined {
  const state = shown.interfaceOf(unit);
  if (state === undefined) return `interface ${unit} is not there`;
  const { adminStatus, operStatus } = state;
  if (adminStatus !== 'up' || operStatus !== 'up')
    return `interface ${unit} is ${adminStatus}/${operStatus}, expected up/up`;
  return unreadable(shown, unit);
}

function unreadable(shown: Shown, unit: string): string | undefined {
  const configured = shown.configuredOn(unit);
  return configured.kind === 'unreadable' ? describeUnreadable(configured) : undefined;
}

function groupProblem(shown: Shown, { vrrp }: Monitor): string | undefined {
  if (vrrp === undefined) return undefined;
  const { interface: unit, group } = vrrp;
  if (numbered(configuredOn(shown, unit), group).length > 0) return undefined;
  return unreadable(shown, unit) ?? `VRRP group ${group} is not configured on ${unit}`;
}

function sessionProblem(shown: Shown, { bgp }: Monitor): string | undefined {
  if (bgp === undefined) return undefined;
  const { instance, peer } = bgp;
  const state = shown.sessionOf(bgp)?.state;
  if (state === 'Established') return undefined;
  const is = state === undefined ? 'not configured' : `${state}, expected Established`;
  return `BGP session with ${peer} in ${instance} is ${is}`;
}

function routeProblem(shown: Shown, { route }: Monitor): string | undefined {
  if (route === undefined || shown.hasRoute(route)) return undefined;
  return `no route to ${route.destination} is active in ${route.instance}`;
}

/**
 * The groups that a monitor is about: the gateway's own groups on the monitor's interface, and the group that the monitor names. If the gateway owns
 * a group of that number there, that one is meant. The configuration says which groups there are, and VRRP says in which state they are.
 */
function groupsOf(
  shown: Shown,
  { name, interface: unit = '', vrrp }: Monitor,
  gateway: RouterConfiguration,
): readonly GroupSeen[] {
  const ownOn = (on: string, groups: readonly ConfiguredGroup[]) =>
    groups.filter((group) => isOwn(gateway, on, group));
  const seen = ownOn(unit, configuredOn(shown, unit)).flatMap((group) => statesOf(shown, name, unit, group));
  if (vrrp === undefined) return seen;
  const meant = numbered(configuredOn(shown, vrrp.interface), vrrp.group);
  const own = ownOn(vrrp.interface, meant);
  return [
    ...seen,
    ...(own.length > 0 ? own : meant).flatMap((group) => statesOf(shown, name, vrrp.interface, group)),
  ];
}

/** The configured VRRP groups of an interface. A configuration that can't be read has none. */
export function configuredOn(shown: Shown, unit: string): readonly ConfiguredGroup[] {
  const configured = shown.configuredOn(unit);
  return configured.kind === 'unreadable' ? [] : configured.groups;
}

function numbered(groups: readonly ConfiguredGroup[], number: number): readonly ConfiguredGroup[] {
  return groups.filter(({ group }) => group === number);
}

/** A group of a unit, once for each state that the router shows of it. `name`: whose group it is. */
export function statesOf(
  shown: Shown,
  name: string,
  unit: string,
  timers: ConfiguredGroup,
): readonly GroupSeen[] {
  const running = shown.groupsOn(unit).filter((group) => isRunning(group, timers));
  const states = running.length === 0 ? ['not running'] : running.map(({ state }) => state.toUpperCase());
  return states.map((state) => ({
    name: `${name}: VRRP group ${timers.group} on ${unit}`,
    state,
    masterDownMs: masterDownMs(timers),
  }));
}

/** Two addresses of a unit may have groups of one number. Where a router does not say which it shows, both are meant. */
function isRunning({ group, virtualAddresses: shown }: VrrpGroup, timers: ConfiguredGroup): boolean {
  const { virtualAddresses } = timers;
  const isToldApart = shown.length > 0 && virtualAddresses.length > 0;
  return group === timers.group && (!isToldApart || virtualAddresses.some((one) => shown.includes(one)));
}
