/**
 * How long VRRP takes for a batch: read from the candidates before the commit, because the trial's deadline must cover it. Where an update may change
 * roles, the timers that run until the commit are read, too: after the commit the routers may still wait by those.
 */
import type { Change } from '../../gateway/change.ts';
import { secondsText } from '../../gateway/display.ts';
import { FAILURES } from '../../gateway/failures.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import type { Policy } from '../../gateway/policies.ts';
import type { Role } from '../../gateway/resource.ts';
import { bgpLimitOf, lastingMs, vrrpLimitOf } from '../../gateway/vrrp-time.ts';
import type { VrrpTime } from '../../gateway/vrrp-time.ts';
import { parse } from '../../junos/parse.ts';
import { pathKey, paths } from '../../junos/select.ts';
import type { Statement } from '../../junos/tree.ts';
import { masterDownMs, untilMasterMs, untilMasterText, vrrpTimers } from '../../junos/vrrp.ts';
import type { VrrpTimers } from '../../junos/vrrp.ts';
import { RefusedError } from '../refused.ts';
import type { LockedRouter } from '../router/locked-router.ts';
import { unreadableError } from '../router/running.ts';
import { waitsForBgp, wantedBy } from '../router/service.ts';
import type { Units } from '../router/units.ts';
import type { Rejections } from './conflicts.ts';
import { changesOn } from './members.ts';
import type { PlannedMember } from './members.ts';
import { vrrpBeforeOn } from './vrrp-before.ts';

type Timers = Readonly<Record<Role, readonly VrrpTimers[]>>;
type End = 'before' | 'after';

/** On which router the timers are not known, and why. */
interface NotKnown {
  readonly router: string;
  readonly error: RefusedError;
}

const DATABASES = { before: 'committed', after: 'candidate' } as const;

/** How long VRRP may take for one member, by its timers. All times are in ms. */
interface Needed extends Pick<PlannedMember, 'member' | 'plan'> {
  readonly hasBgp: boolean;
  /** Until MASTER on the primary, if no other router is master before. `null`: the member has no VRRP. */
  readonly masterMs: number | null;
  /** Until MASTER on the primary, also where another router was master before, and then until BACKUP on the secondary proves something. */
  readonly provenMs: number;
  /** How long another router may wait before it takes over. */
  readonly holdMs: number;
}

/**
 * Reads the timers of these members' units on both routers, with all that is inherited, and rejects each member whose VRRP needs more than
 * its `vrrpMaxMs`, or would need more in this batch. Resolves to the time that the slowest of the others needs.
 */
export async function vrrpTimeOf(
  routers: readonly LockedRouter[],
  planned: readonly PlannedMember[],
  policy: Pick<Policy, 'minuteMs' | 'vrrpLimitMs' | 'bgpLimitMs'>,
  rejections: Rejections,
): Promise<VrrpTime> {
  const [trees, treesBefore] = await Promise.all([
    unitsOf(routers, planned, 'after'),
    unitsOf(routers, planned.filter(mayChangeRoles), 'before'),
  ]);
  const longest = (groups: readonly VrrpTimers[], timeOf: (group: VrrpTimers) => number) =>
    Math.max(0, ...groups.map((group) => lastingMs(timeOf(group), policy.minuteMs)));
  const alone = planned.flatMap((one): Needed[] => {
    const { member, plan } = one;
    const timers = timersOf(one, trees, 'after');
    if ('error' in timers) {
      rejections.add(member, nameOf(routers, timers.router), timers.error);
      return [];
    }
    const { primary, secondary } = timers;
    const [downMs, masterMs] = [longest(secondary, masterDownMs), longest(primary, masterDownMs)];
    const holdMs = Math.max(
      longest(takersOver(timers, mayChangeRoles(one)), (group) => group.holdMs),
      longest(earlierOf(one, treesBefore), masterDownMs) - downMs,
      // Once the member is committed, its timers until then can't be read any more.
      ...routers.map((router) => vrrpBeforeOn(router, [one]).holdMs ?? 0),
      0,
    );
    // Where the secondary was master first, its BACKUP begins when the primary has taken over.
    const provenMs = longest(primary, untilMasterMs) + downMs;
    const heldMs = masterMs + holdMs + downMs;
    const leastMs = Math.max(provenMs, heldMs);
    const { vrrpMaxMs } = plan.limits;
    if (leastMs > vrrpMaxMs) {
      rejections.add(member, null, tooSlow(leastMs, vrrpMaxMs, timers, heldMs > provenMs ? holdMs : 0));
      return [];
    }
    const hasBgp = [...one.changes.values()].some(
      ({ change: { after } }) => after !== null && waitsForBgp(after),
    );
    return [{ member, plan, hasBgp, masterMs: primary.length === 0 ? null : masterMs, provenMs, holdMs }];
  });
  const needed = fittingTogether(alone, rejections);
  const masters = needed.flatMap(({ masterMs }) => masterMs ?? []);
  // The polls of all members wait for the longest hold-time, so the limits have room for it.
  const hold = Math.max(0, ...needed.map(({ holdMs }) => holdMs));
  const limits = needed.map(({ plan, hasBgp, provenMs }) => {
    const limitMs = vrrpLimitOf(plan.limits, provenMs + hold);
    return hasBgp ? bgpLimitOf({ ...policy, ...plan.limits }, limitMs) : limitMs;
  });
  return {
    masterMs: masters.length === 0 ? null : Math.max(...masters),
    limitMs: limits.length === 0 ? policy.vrrpLimitMs : Math.max(...limits),
    ...(hold > 0 && { holdMs: hold }),
  };
}

/**
 * Postpones each member with which it, or a member before it, would have no time for the hold-time of the other. The first member always stays, so
 * none is postponed for ever.
 */
function fittingTogether(needed: readonly Needed[], rejections: Rejections): readonly Needed[] {
  const together: Needed[] = [];
  for (const one of needed) {
    const before = together.find((other) => !hasTimeFor(one, other) || !hasTimeFor(other, one));
    if (before === undefined) together.push(one);
    else
      rejections.postpone(
        one.member,
        null,
        `${before.member.name} goes first: in one batch, VRRP would need more than "vrrpMaxMs"`,
      );
  }
  return together;
}

/** Whether a member can also wait for the hold-time of another one. */
function hasTimeFor({ provenMs, holdMs, plan }: Needed, other: Needed): boolean {
  return other.holdMs <= holdMs || provenMs + other.holdMs <= plan.limits.vrrpMaxMs;
}

/** Whether an update of this member may change the roles of VRRP groups in its units. */
export function mayChangeRoles({ changes }: PlannedMember): boolean {
  return [...changes.values()].some(({ change }) => mayChangeVrrp(change));
}

/** The timers that run until the commit. Those that can't be read don't count: an update may be what mends them. */
function earlierOf(one: PlannedMember, trees: ReadonlyMap<string, Units>): readonly VrrpTimers[] {
  const timers = timersOf(one, trees, 'before');
  return 'error' in timers ? [] : [...timers.primary, ...timers.secondary];
}

/**
 * Whether an update changes a unit in more than its description and its filters. Then the roles of the routers may change, and the routers show
 * the old ones for as long as one waits before it takes over.
 */
function mayChangeVrrp({ before, after }: Change): boolean {
  if (before === null || after === null) return false;
  const statementsOf = ({ create }: RouterConfiguration) => new Set(vrrpStatements(parse(create)));
  const [old, anew] = [statementsOf(before), statementsOf(after)];
  return old.size !== anew.size || [...old].some((one) => !anew.has(one));
}

/** The statements of units, without those that have nothing to do with VRRP. */
function vrrpStatements(tree: readonly Statement[]): readonly string[] {
  return paths(tree).flatMap((path) => {
    const [top, , keyword, , statement, , what] = path;
    const isOfUnit = top === 'interfaces' && keyword === 'unit';
    const isHarmless = statement === 'description' || what === 'filter';
    return isOfUnit && !isHarmless ? [pathKey(path)] : [];
  });
}

/**
 * The groups that may take over from a primary that is master already, after their hold-time: those of the secondary whose priority is higher. After an
 * update also those whose counterpart's priority follows other interfaces or routes, or which only one of the two routers has: nobody knows which
 * priority theirs meets.
 */
function takersOver({ primary, secondary }: Timers, isUpdate: boolean): readonly VrrpTimers[] {
  const mayTakeOver = (own: VrrpTimers, others: readonly VrrpTimers[]): boolean => {
    const counterparts = others.filter(({ name }) => name === own.name);
    const isUnknown = counterparts.length === 0 || counterparts.some(({ isTracked }) => isTracked);
    return (isUpdate && isUnknown) || counterparts.some(({ priority }) => priority < own.priority);
  };
  const alone = primary.filter(({ name }) => isUpdate && !secondary.some((other) => other.name === name));
  const above = secondary.filter((own) => mayTakeOver(own, primary));
  return [...above, ...alone].filter(({ preempts }) => preempts);
}

/** The effective configuration of the members' units at one end of their changes, by router id. A router on which there is no such unit is not asked. */
async function unitsOf(
  routers: readonly LockedRouter[],
  planned: readonly PlannedMember[],
  end: End,
): Promise<ReadonlyMap<string, Units>> {
  const trees = routers.map(async (router) => {
    const names = changesOn(planned, router.session.id).flatMap(({ change }) => unitsAt(change, end));
    return [router.session.id, await router.units([...new Set(names)], DATABASES[end])] as const;
  });
  return new Map(await Promise.all(trees));
}

export function unitsAt(change: Change, end: End): readonly string[] {
  const standing = change[end];
  return standing === null ? [] : wantedBy(standing).interfaces;
}

function nameOf(routers: readonly LockedRouter[], id: string): string {
  return routers.find(({ session }) => session.id === id)?.session.name ?? id;
}

function timersOf(
  { changes }: Pick<PlannedMember, 'changes'>,
  trees: ReadonlyMap<string, Units>,
  end: End,
): Timers | NotKnown {
  const timers: Record<Role, VrrpTimers[]> = { primary: [], secondary: [] };
  for (const [id, { role, change }] of changes) {
    for (const name of unitsAt(change, end)) {
      const unit = trees.get(id)?.get(name);
      if (unit?.kind === 'unreadable') return { router: id, error: unreadableError(unit) };
      timers[role].push(...vrrpTimers(unit?.tree ?? [], name));
    }
    const unknown = timers[role].find((one) => one.unknown !== undefined);
    if (unknown !== undefined) {
      const why = `VRRP on the ${role}: ${untilMasterText(unknown)}`;
      return { router: id, error: new RefusedError(FAILURES.Conflict, why) };
    }
  }
  return timers;
}

/** `holdMs`: how long another router may wait before it takes over, if that is what takes longest. */
function tooSlow(needed: number, most: number, { primary, secondary }: Timers, holdMs: number): RefusedError {
  const timeOf = holdMs > 0 ? masterDownMs : untilMasterMs;
  const [slowest] = [...primary].sort((one, other) => timeOf(other) - timeOf(one));
  const master =
    slowest === undefined
      ? 'no VRRP on the primary'
      : `MASTER on the primary after ${untilMasterText(slowest)}`;
  const hold = holdMs > 0 ? `, then ${secondsText(holdMs)} until no other router may take over` : '';
  const backup = secondary.map((one) => masterDownMs(one));
  return new RefusedError(
    FAILURES.NotConverged,
    `VRRP needs ${secondsText(needed)}, more than the ${secondsText(most)} of "vrrpMaxMs": ${master}${hold}, then ${secondsText(Math.max(0, ...backup))} until BACKUP on the secondary proves something`,
  );
}
