/**
 * The VRRP groups of others in a gateway's units: those of its children, and people's. An update of the unit must not leave them worse than they were
 * before the commit.
 */
import { oneLine } from '../../gateway/display.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import type { Role } from '../../gateway/resource.ts';
import type { OtherGroup } from '../../gateway/vrrp-time.ts';
import { ProtocolError, RpcFailedError } from '../../netconf/errors.ts';
import type { Shown } from './observe.ts';
import { isOwn, keyOf } from './own-groups.ts';
import type { ConfiguredGroup } from './own-groups.ts';
import { configuredOn, statesOf } from './service.ts';
import type { GroupSeen } from './service.ts';

/** Lower is worse. On a primary MASTER is best, on a secondary BACKUP. */
const RANKS: Readonly<Record<Role, readonly string[]>> = {
  primary: ['BACKUP', 'MASTER'],
  secondary: ['MASTER', 'BACKUP'],
};

/** The groups of this unit that none of these gateways owns. If the router refuses to tell, or tells it in another form, there are none. */
export function otherGroupsOn(
  shown: Shown,
  unit: string,
  gateways: readonly RouterConfiguration[],
): readonly OtherGroup[] {
  try {
    return configuredOn(shown, unit)
      .filter((group) => !gateways.some((gateway) => isOwn(gateway, unit, group)))
      .flatMap((group) =>
        seenAs(shown, unit, group).map(({ state }) => ({ unit, group: keyOf(group), state })),
      );
  } catch (error) {
    if (error instanceof RpcFailedError || error instanceof ProtocolError) return [];
    throw error;
  }
}

/**
 * How these groups are now, and which of them is worse than before. A group that is not configured any more is not compared. Where a router does not tell
 * two groups of one number apart, each of them was seen in the states of both: the worse one counts.
 */
export function comparedWith(
  shown: Shown,
  role: Role,
  before: readonly OtherGroup[],
): { readonly others: readonly GroupSeen[]; readonly worse?: string } {
  const rank = (state: string): number => RANKS[role].indexOf(state);
  const worstLast = before.toSorted((one, other) => rank(other.state) - rank(one.state));
  const worst = new Map(worstLast.map((one) => [`${one.unit} ${one.group}`, one]));
  const now = [...worst.values()].flatMap((one) =>
    configuredOn(shown, one.unit)
      .filter((group) => keyOf(group) === one.group)
      .flatMap((group) => seenAs(shown, one.unit, group).map((seen) => ({ seen, was: one.state }))),
  );
  const worse = now.find(({ seen, was }) => rank(seen.state) < rank(was));
  return {
    others: now.map(({ seen }) => seen),
    ...(worse !== undefined && {
      worse: oneLine(`${worse.seen.name} is ${worse.seen.state}, was ${worse.was} before the update`),
    }),
  };
}

function seenAs(shown: Shown, unit: string, group: ConfiguredGroup): readonly GroupSeen[] {
  return statesOf(shown, 'of others', unit, group);
}
