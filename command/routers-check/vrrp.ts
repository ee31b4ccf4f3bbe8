/** The VRRP timers that a gateway's units will have, and what they mean for its limits. */
import { secondsText } from '../../gateway/display.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import type { Policy } from '../../gateway/policies.ts';
import { vrrpLimitOf } from '../../gateway/vrrp-time.ts';
import { parse } from '../../junos/parse.ts';
import { at } from '../../junos/select.ts';
import {
  ALL_GROUPS,
  masterDownMs,
  untilMasterMs,
  untilMasterText,
  vrrpTimers,
  type VrrpTimers,
} from '../../junos/vrrp.ts';
import { getConfiguration } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { failed, ok, warning, type CheckResult } from './check.ts';
import { namesIn } from './names.ts';

/**
 * Reads the timers from the configuration groups that the gateway applies, because the gateway's units are not on the router yet. Two things are
 * not found: what a configuration group has for another pattern than the unit's own name, `<*>` on its port, or `<*>` on any port; and a VRRP group
 * on another unit that one of these VRRP groups follows.
 */
export async function timersFor(
  session: Session,
  rendered: RouterConfiguration,
): Promise<readonly VrrpTimers[]> {
  const groups = namesIn(rendered).filter(([section]) => section === 'groups');
  if (groups.length === 0) return [];
  const text = await session.request(getConfiguration({ paths: groups, database: 'committed' }));
  // Configuration groups themselves are not shown with inheritance.
  const all = parse(
    await session.request(getConfiguration({ paths: [ALL_GROUPS], database: 'committed', inherit: true })),
    { by: 'router' },
  );
  const tree = parse(text, { by: 'router' });
  const units = new Set(
    rendered.monitors.flatMap(({ interface: name = '' }) => [name, `${name.split('.')[0]}.<*>`, '<*>.<*>']),
  );
  return groups.flatMap((path) =>
    [...units].flatMap((unit) => vrrpTimers([...(at(tree, path)?.children ?? []), ...all], unit)),
  );
}

export function timersResult(timers: readonly VrrpTimers[], policy: Policy): CheckResult {
  if (timers.length === 0) return ok('no VRRP group is found in what the gateway applies');
  const words = timers.map(untilMasterText).join('; ');
  if (timers.some(({ unknown }) => unknown !== undefined))
    return warning(
      words,
      'see that the router has the group that is followed: else such gateways are refused before the commit',
    );
  // The other router's timers are not known here. They are mostly the same, and BACKUP there proves nothing for a master-down interval.
  const needed = Math.max(...timers.map(untilMasterMs)) + Math.max(...timers.map(masterDownMs));
  return needed > policy.vrrpMaxMs
    ? failed(
        `${words}, and as long as BACKUP proves nothing: ${secondsText(needed)}, more than "vrrpMaxMs", ${secondsText(policy.vrrpMaxMs)}`,
        'raise "vrrpMaxMs", or shorten the timers: such gateways are refused',
      )
    : ok(`${words}; waited for at least ${secondsText(vrrpLimitOf(policy, needed))}`);
}
