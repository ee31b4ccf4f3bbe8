/** The VRRP timers that a gateway's units will have, and what they mean for its limits. */
import { secondsText } from '../../gateway/display.ts';
import type { RouterConfiguration } from '../../gateway/kind.ts';
import type { Policy } from '../../gateway/policies.ts';
import { vrrpLimitOf } from '../../gateway/vrrp-time.ts';
import { parse } from '../../junos/parse.ts';
import { at } from '../../junos/select.ts';
import { untilMasterMs, untilMasterText, vrrpTimers, type VrrpTimers } from '../../junos/vrrp.ts';
import { getConfiguration } from '../../netconf/operations.ts';
import type { Session } from '../../netconf/session.ts';
import { failed, ok, type Verdict } from './line.ts';
import { namesIn } from './names.ts';

/**
 * Read from the configuration groups that the gateway applies, because its units are not on the router yet. What a group has for another
 * pattern than the unit's own name, its port or `<*>` is not found.
 */
export async function timersFor(
  session: Session,
  rendered: RouterConfiguration,
): Promise<readonly VrrpTimers[]> {
  const groups = namesIn(rendered).filter(([section]) => section === 'groups');
  if (groups.length === 0) return [];
  const text = await session.request(getConfiguration({ paths: groups, database: 'committed' }));
  const tree = parse(text);
  const units = new Set(
    rendered.monitors.flatMap(({ interface: name = '' }) => [name, `${name.split('.')[0]}.<*>`, '<*>.<*>']),
  );
  return groups.flatMap((path) =>
    [...units].flatMap((unit) => vrrpTimers(at(tree, path)?.children ?? [], unit)),
  );
}

export function timersVerdict(timers: readonly VrrpTimers[], policy: Policy): Verdict {
  if (timers.length === 0) return ok('no VRRP group is found in what the gateway applies');
  const needed = Math.max(...timers.map(untilMasterMs));
  const words = timers.map(untilMasterText).join('; ');
  return needed > policy.vrrpMaxMs
    ? failed(
        `${words}: more than "vrrpMaxMs", ${secondsText(policy.vrrpMaxMs)}`,
        'raise "vrrpMaxMs", or shorten the timers: such gateways are refused',
      )
    : ok(`${words}; waited for at least ${secondsText(vrrpLimitOf(policy, needed))}`);
}
