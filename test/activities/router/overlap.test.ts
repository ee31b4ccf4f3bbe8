import assert from 'node:assert/strict';
import { overlapOf } from '../../../activities/router/overlap.ts';
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
