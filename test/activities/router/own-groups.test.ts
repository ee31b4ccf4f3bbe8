import assert from 'node:assert/strict';
import { configuredGroups, isOwn } from '../../../activities/router/own-groups.ts';
import { parse } from '../../../junos/parse.ts';
import { vrrpTimers } from '../../../junos/vrrp.ts';

const UNIT = 'ae0.5';
const unit = (content: string) => `interfaces { ae0 { unit 5 { ${content} } } }`;
const group = (address: string, number: number, content = `virtual-address 192.0.2.1;`) =>
  `family inet { address ${address}/24 { vrrp-group ${number} { ${content} } } }`;
const groupsOf = (text: string) => vrrpTimers(parse(text), UNIT);

const OWNS_UNIT = [['interfaces', 'ae0', 'unit', '5']];
const OWNS_ADDRESS = [['interfaces', 'ae0', 'unit', '5', 'family', 'inet', 'address', '192.0.2.3/24']];

/** The numbers of the gateway's own groups. */
function own(
  gateway: { readonly create: string; readonly owns: readonly (readonly string[])[] },
  effective: readonly string[],
  written: readonly string[] = effective,
): readonly number[] {
  const [all, local] = [effective, written].map((contents) => groupsOf(unit(contents.join(' '))));
  const groups = configuredGroups(all ?? [], local ?? []);
  return groups.filter((one) => isOwn(gateway, UNIT, one)).map((one) => one.group);
}

describe('the VRRP groups that are a gateway’s own', () => {
  const gateway = { create: unit('apply-groups G; vlan-id 5;'), owns: OWNS_UNIT };
  const child = { create: unit(group('192.0.2.3', 20)), owns: OWNS_ADDRESS };
  const both = [group('192.0.2.2', 10), group('192.0.2.3', 20)];

  it('are those that its unit inherits, but not those that another resource has put there', () => {
    assert.deepEqual(own(gateway, both, [group('192.0.2.3', 20)]), [10]);
  });

  it('are those of its text, but not those that the unit inherits for another one', () => {
    assert.deepEqual(own(child, both, [group('192.0.2.3', 20)]), [20]);
  });

  it('are an inherited one still if somebody has changed a part of it', () => {
    assert.deepEqual(own(gateway, both, [group('192.0.2.2', 10, 'priority 200;')]), [10, 20]);
  });

  it('are inherited ones too if its text applies a configuration group to a unit that is not its own', () => {
    const applies = { create: unit('apply-groups G;'), owns: [] };
    assert.deepEqual(own(applies, [group('192.0.2.2', 10)], []), [10]);
    assert.deepEqual(own({ create: '', owns: [] }, [group('192.0.2.2', 10)], []), []);
  });

  it('are those of its text in whatever form it is written', () => {
    const words =
      'interfaces ae0 unit 5 family inet address 192.0.2.3/24 vrrp-group 20 virtual-address 192.0.2.1;';
    assert.deepEqual(own({ create: words, owns: [] }, both), [20]);
    assert.deepEqual(own({ create: words.replace('ae0', 'ae1'), owns: [] }, both), []);
    assert.deepEqual(own({ create: words.replace('2.3/24', '2.4/24'), owns: [] }, both), []);
  });
});
