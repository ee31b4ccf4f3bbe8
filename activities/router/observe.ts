/**
 * One look at a router. Its interface must be up. If the unit's effective configuration has VRRP groups, own or inherited, they must have
 * the state of the router's role.
 */
import { oneLine } from '../../gateway/display.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import type { Observation } from '../../gateway/plan.ts';
import type { Role } from '../../gateway/resource.ts';
import { JunosSyntaxError } from '../../junos/syntax-error.ts';
import type { Statement } from '../../junos/tree.ts';
import {
  filterCounters,
  filterInstances,
  getConfiguration,
  interfaceTerse,
  vrrpInterface,
} from '../../netconf/operations.ts';
import type { FilterCounter } from '../../netconf/operations.ts';
import { unwrap } from '../../netconf/operation.ts';
import type { Session } from '../../netconf/session.ts';
import { readRunning } from './presences.ts';

type Monitor = RouterConfiguration['monitors'][number];
type Observed =
  Pick<Observation, 'vrrp' | 'words'> | { /** What is not as promised yet. */ readonly missing: string };

const EXPECTED: Readonly<Record<Role, string>> = { primary: 'MASTER', secondary: 'BACKUP' };

/** Looks at every monitor, until one is not as promised. Throws what the session throws. */
export async function observe(
  session: Session,
  { monitors }: RouterConfiguration,
  role: Role,
): Promise<Observed> {
  const words: Record<string, string> = {};
  let vrrp: string | null = null;
  for (const monitor of monitors) {
    const seen = await look(session, monitor, EXPECTED[role]);
    if ('missing' in seen) return { missing: oneLine(`${monitor.name}: ${seen.missing}`) };
    vrrp ??= seen.vrrp;
    words[monitor.name] = 'ACTIVE';
  }
  return { vrrp, words };
}

async function look(
  session: Session,
  monitor: Monitor,
  expected: string,
): Promise<{ vrrp: string | null } | { missing: string }> {
  for (const { filter, counter } of monitor.counters) {
    const counters = await countersOf(session, filter, monitor.interface);
    if (counters === undefined) return { missing: `filter ${filter} is not there` };
    if (!counters.some(({ name }) => name === counter))
      return { missing: `counter ${counter} is not in filter ${filter}` };
  }
  return monitor.interface === undefined
    ? { vrrp: null }
    : lookAtInterface(session, monitor.interface, expected);
}

/**
 * The counters of a filter. If the filter is interface-specific, those of its instances: of those on the monitor's interface, or of all if
 * the monitor names no interface.
 */
async function countersOf(
  session: Session,
  filter: string,
  unit: string | undefined,
): Promise<readonly FilterCounter[] | undefined> {
  if (unit === undefined) {
    const own = await session.request(filterCounters(filter));
    return own ?? session.request(filterInstances(filter));
  }
  const outcomes = await session.pipeline([
    filterCounters(filter),
    filterCounters(filter, { unit, direction: 'input' }),
    filterCounters(filter, { unit, direction: 'output' }),
  ]);
  const found = outcomes.map(unwrap).filter((counters) => counters !== undefined);
  return found.length === 0 ? undefined : found.flat();
}

/** Sends all reads in one write: they need no lock. */
async function lookAtInterface(session: Session, name: string, expected: string) {
  const [interfaces, configuration, vrrp] = await session.pipeline([
    interfaceTerse(name),
    getConfiguration({ paths: [unitPath(name)], database: 'committed', inherit: true }),
    vrrpInterface(name),
  ]);
  const state = unwrap(interfaces);
  if (state === undefined) return { missing: `interface ${name} is not there` };
  if (state.adminStatus !== 'up' || state.operStatus !== 'up') {
    return { missing: `interface ${name} is ${state.adminStatus}/${state.operStatus}, expected up/up` };
  }
  const tree = readRunning(unwrap(configuration));
  if (tree instanceof JunosSyntaxError)
    return { missing: `the configuration of ${name} can't be read (${tree.message})` };
  if (!mentions(tree, 'vrrp-group')) return { vrrp: null };
  const groups = unwrap(vrrp);
  if (groups.length === 0) return { missing: `VRRP on ${name} is not running, expected ${expected}` };
  const other = groups.find((group) => group.state.toUpperCase() !== expected);
  if (other !== undefined) {
    return {
      missing: `VRRP group ${other.group} on ${name} is ${other.state.toUpperCase()}, expected ${expected}`,
    };
  }
  return { vrrp: expected };
}

function unitPath(name: string): string[] {
  const [physical, unit] = name.split('.');
  return ['interfaces', physical ?? name, ...(unit === undefined ? [] : ['unit', unit])];
}

function mentions(tree: readonly Statement[], keyword: string): boolean {
  return tree.some(({ words, children }) => words.includes(keyword) || mentions(children ?? [], keyword));
}
