/** The VRRP groups of others, before a batch is committed: an update that changes VRRP must not leave them worse. */
import type { OtherGroup, VrrpTime } from '../../gateway/vrrp-time.ts';
import { lastWithin } from '../../pair/limits.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { observe } from '../router/observe.ts';
import { otherGroupsOn } from '../router/other-groups.ts';
import { changesOn } from './members.ts';
import type { PlannedMember } from './members.ts';
import { vrrpBeforeOn } from './vrrp-before.ts';
import { mayChangeRoles, unitsAt } from './vrrp-time.ts';

/**
 * How many bytes the groups of both routers may have together, because they travel with each answer to a member. Some thirty groups of each router
 * fit. If there are more, only the last ones are compared.
 */
const BYTES_AT_MOST = 4_096;

/**
 * `due`: the routers that the batch is committed to now. No other router is asked, and none on which no member may change the roles of VRRP groups. What an
 * earlier attempt saw there before its commit comes first.
 */
export async function othersBefore(
  routers: readonly LockedRouter[],
  planned: readonly PlannedMember[],
  due: readonly LockedRouter[],
): Promise<Pick<VrrpTime, 'others'>> {
  const seen = await Promise.all(
    routers.map(async (router) => {
      const { id } = router.session;
      const changed = changesOn(planned.filter(mayChangeRoles), id);
      const units = [...new Set(changed.flatMap(({ change }) => unitsAt(change, 'after')))];
      if (units.length === 0) return [];
      const { others = [] } = vrrpBeforeOn(router, planned);
      const known = others.filter(({ unit }) => units.includes(unit));
      const found = due.includes(router) ? await shownOn(router, units, planned) : [];
      const isKnown = (one: OtherGroup) =>
        known.some(({ unit, group }) => unit === one.unit && group === one.group);
      const groups = [...found.filter((one) => !isKnown(one)), ...known];
      return groups.length === 0 ? [] : [[id, lastWithin(BYTES_AT_MOST / routers.length, groups)] as const];
    }),
  );
  const others = seen.flat();
  return others.length === 0 ? {} : { others: Object.fromEntries(others) };
}

async function shownOn(
  { session: { id, netconf } }: LockedRouter,
  units: readonly string[],
  planned: readonly PlannedMember[],
): Promise<readonly OtherGroup[]> {
  const shown = await observe(netconf, { interfaces: units, filters: [], sessions: [], routes: [] });
  const own = changesOn(planned, id).flatMap(({ change: { before, after } }) =>
    [before ?? [], after ?? []].flat(),
  );
  return units.flatMap((unit) => otherGroupsOn(shown, unit, own));
}
