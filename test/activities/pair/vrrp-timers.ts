/** What the timers that both routers show mean for a batch. The routers are not real: `vrrp-time.test.ts` reads them from simulated ones. */
import { Rejections } from '../../../activities/pair/conflicts.ts';
import type { PlannedMember } from '../../../activities/pair/members.ts';
import { vrrpTimeOf } from '../../../activities/pair/vrrp-time.ts';
import { DEFAULT_POLICY } from '../../../gateway/policies.ts';
import { configurationOf, plannedMember, ROUTER_IDS, seenRouter } from './seen-routers.ts';
import type { Shown } from './seen-routers.ts';

export const POLICY = { ...DEFAULT_POLICY, vrrpLimitMs: 1_000, bgpLimitMs: 90_000 };
/** No look and no least limit: the limit is the needed time and a quarter. */
const LIMITS = {
  ...DEFAULT_POLICY,
  vrrpIntervalMs: 0,
  vrrpLimitMs: 1_000,
  bgpLimitMs: 90_000,
  vrrpMaxMs: 360_000,
};
export const limits = (vrrpMaxMs: number) => ({ limits: { ...LIMITS, vrrpMaxMs } });

/** A unit with these groups: `10: priority 200; preempt hold-time 60`. By default a master-down interval takes 3.5 s, with `SLOW` 35 s. */
export function unit(...groups: readonly string[]): string {
  const bodies = groups.map((text) => {
    const [number, rest = ''] = text.split(': ');
    const priority = rest.includes('priority ') ? '' : 'priority 128; ';
    return `vrrp-group ${number} { ${priority}${rest} }`;
  });
  const address = `address 192.0.2.2/24 { ${bodies.join(' ')} }`;
  return `interfaces { ae0 { unit 1 { family inet { ${address} } } } } protocols { vrrp { startup-silent-period 0; } }`;
}
export const SLOW = 'fast-interval 10000;';
/** 3.25 s, and a higher priority than the other groups. */
export const HIGH = 'priority 192;';

export const AE = 'ae0.1';
export const on = (create = 'interfaces { ae0 { unit 1 { vlan-id 1; } } }') =>
  configurationOf([AE], { create });
export const CREATION = { before: null, after: on() };
export const UPDATE = { before: on(), after: on('interfaces { ae0 { unit 1 { vlan-id 2; } } }') };
export const created = (id = 'g', plan = limits(360_000)) => plannedMember(id, [CREATION, CREATION], plan);
export const updated = (id = 'g', plan = limits(360_000)) => plannedMember(id, [UPDATE, UPDATE], plan);

/** Both routers' groups: in the candidate, and until then. */
export type Groups = readonly [Shown['units'], Shown['units']];
export const candidate = (one: string, other: string): Groups => [
  { candidate: { [AE]: one } },
  { candidate: { [AE]: other } },
];
export const since = ([one, other]: Groups, before: readonly [string, string]): Groups => [
  { ...one, committed: { [AE]: before[0] } },
  { ...other, committed: { [AE]: before[1] } },
];

export async function timeOf(groups: Groups, planned: readonly PlannedMember[], policy = POLICY) {
  const rejections = new Rejections();
  const asked: string[] = [];
  const routers = ROUTER_IDS.map((id, index) => seenRouter(id, { units: groups[index] ?? {} }, asked));
  const time = await vrrpTimeOf(routers, planned, policy, rejections);
  const refused = planned.map(({ member }) => rejections.of(member));
  return { time, asked: asked.sort(), rejections, refused };
}
