import assert from 'node:assert/strict';
import type { Shown } from '../../../activities/router/observe.ts';
import { comparedWith, otherGroupsOn } from '../../../activities/router/other-groups.ts';
import { configuredGroups } from '../../../activities/router/own-groups.ts';
import { parse } from '../../../junos/parse.ts';
import { vrrpTimers } from '../../../junos/vrrp.ts';

const UNIT = 'ae0.5';

/** Two addresses of the unit have groups of one number. */
const CONFIGURED = ['192.0.2', '198.51.100'].map(
  (net) => `address ${net}.2/24 { vrrp-group 10 { virtual-address ${net}.1; } }`,
);

/** What a router shows that does not tell the virtual addresses of its groups. */
function shownWith(...states: readonly string[]): Shown {
  const text = `interfaces { ae0 { unit 5 { family inet { ${CONFIGURED.join(' ')} } } } }`;
  const timers = vrrpTimers(parse(text), UNIT);
  return {
    interfaceOf: () => undefined,
    groupsOn: () =>
      states.map((state) => ({
        interface: UNIT,
        interfaceState: 'up',
        group: 10,
        state,
        virtualAddresses: [],
      })),
    configuredOn: () => ({ kind: 'read', groups: configuredGroups(timers, timers) }),
    countersOf: () => undefined,
    sessionOf: () => undefined,
    hasRoute: () => false,
  };
}

describe('the VRRP groups of others, of which a router does not tell two of one number apart', () => {
  const worse = (before: readonly string[], now: readonly string[]) =>
    comparedWith(shownWith(...now), 'primary', otherGroupsOn(shownWith(...before), UNIT, [])).worse;

  it('are not worse if they are as they were', () => {
    for (const states of [
      ['master', 'master'],
      ['master', 'backup'],
      ['backup', 'master'],
    ])
      assert.equal(worse(states, states), undefined);
    assert.equal(worse(['master', 'backup'], ['master', 'master']), undefined);
  });

  it('are worse if one of them has a state that is worse than both had', () => {
    const words = 'of others: VRRP group 10 on ae0.5 is BACKUP, was MASTER before the update';
    assert.equal(worse(['master', 'master'], ['master', 'backup']), words);
    assert.match(worse(['backup', 'master'], ['init', 'master']) ?? '', / is INIT, was BACKUP /);
  });
});
