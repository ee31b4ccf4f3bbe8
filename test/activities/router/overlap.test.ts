import assert from 'node:assert/strict';
import { overlapOf } from '../../../activities/router/overlap.ts';
import type { IsChild } from '../../../activities/router/overlap.ts';
import type { GatewayChange } from '../../../activities/router/presence.ts';

const change = (resourceId: string, ...owns: string[]): GatewayChange => ({
  gateway: { resourceType: 'vpn_gateway', resourceId, version: 1 },
  change: {
    before: null,
    after: { create: '', arrange: [], remove: [], owns: owns.map((path) => path.split(' ')), monitors: [] },
  },
});
const theirs = change('theirs', 'routing-instances a', 'interfaces ae0 unit 12');
const found = (mine: GatewayChange, others = [theirs]) => {
  const overlap = overlapOf(mine, others);
  return overlap && [overlap.stanza.join(' '), overlap.other.join(' '), overlap.owner.resourceId];
};

describe('an overlap of stanzas', () => {
  it('is the same stanza, or one inside the other', () => {
    for (const own of ['interfaces ae0 unit 12', 'interfaces ae0', 'interfaces ae0 unit 12 family inet'])
      assert.deepEqual(found(change('mine', 'routing-instances b', own)), [
        own,
        'interfaces ae0 unit 12',
        'theirs',
      ]);
  });

  it('is not a stanza whose last word only begins like the other', () => {
    for (const own of ['interfaces ae0 unit 122', 'interfaces ae0 unit 1', 'interfaces ae01'])
      assert.equal(found(change('mine', own)), undefined);
  });

  it('is found for either end of a change', () => {
    const { gateway, change: made } = theirs;
    const gone = { gateway, change: { before: made.after, after: null } };
    assert.deepEqual(found(change('mine', 'routing-instances a'), [gone])?.[2], 'theirs');
  });

  it('is not the stanza of another version of the same gateway', () => {
    const newer = { ...theirs, gateway: { ...theirs.gateway, version: 2 } };
    assert.equal(found(newer), undefined);
  });
});

describe('the stanza of a child', () => {
  const text = (resourceId: string, create: string, ...owns: string[]): GatewayChange => {
    const { gateway, change: made } = change(resourceId, ...owns);
    const { after } = made;
    return { gateway, change: { before: null, after: after && { ...after, create } } };
  };
  const parent = text('parent', 'interfaces { ae0 { unit 5 { vlan-id 5; } } }', 'interfaces ae0 unit 5');
  const isChild: IsChild = (one, of) => one.resourceId === 'child' && of.resourceId === 'parent';
  const mtu = 'interfaces ae0 unit 5 family inet mtu';

  it('lies inside its parent’s, whichever of the two comes first', () => {
    const child = change('child', mtu);
    assert.equal(overlapOf(child, [parent], isChild), undefined);
    assert.equal(overlapOf(parent, [child], isChild), undefined);
  });

  it('overlaps its parent’s if both are the same, or the parent’s lies inside', () => {
    for (const own of ['interfaces ae0 unit 5', 'interfaces ae0']) {
      const child = change('child', own);
      assert.ok(overlapOf(child, [parent], isChild), own);
      assert.ok(overlapOf(parent, [child], isChild), own);
    }
  });

  it('overlaps a parent’s that has a statement there', () => {
    const child = change('child', 'interfaces ae0 unit 5 vlan-id');
    const owners = [overlapOf(child, [parent], isChild), overlapOf(parent, [child], isChild)];
    assert.deepEqual(
      owners.map((overlap) => overlap?.owner.resourceId),
      ['parent', 'child'],
    );
  });

  it('overlaps that of a stranger that it lies inside', () => {
    assert.ok(overlapOf(change('stranger', mtu), [parent], isChild));
    assert.ok(overlapOf(parent, [change('stranger', mtu)], isChild));
  });
});
