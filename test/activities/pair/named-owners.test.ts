import assert from 'node:assert/strict';
import { Rejections } from '../../../activities/pair/conflicts.ts';
import { BelongsToOtherError } from '../../../activities/router/belongs-to-other.ts';
import type { Store } from '../../../etcd/store.ts';
import type { Lookup, ResourceRef } from '../../../gateway/resource.ts';
import type { PairMember } from '../../../pair/messages.ts';
import type { Refused } from '../../../pair/transactions.ts';

describe('the names of gateways that are in the way', () => {
  let asked: string[];
  beforeEach(() => (asked = []));
  const store = {
    snapshot: () => ({
      read: async ({ id }: ResourceRef): Promise<Lookup> => {
        asked.push(id);
        if (id === 'away') throw new Error('etcd is away');
        const body = { name: `name of ${id}` };
        return { version: 1, markedForDeletion: false, body } as unknown as Lookup;
      },
    }),
  } as unknown as Pick<Store, 'snapshot'>;
  const refusals = (owners: readonly string[], rejections: Rejections) =>
    owners.map((resourceId, index): Refused => {
      const member = { gateway: { resourceType: 'a', resourceId: `${index}`, version: 1 } } as PairMember;
      const owner = { resourceType: 'vpn_gateway', resourceId };
      rejections.add(member, 'MX-1', new BelongsToOtherError('"unit 1"', owner));
      return rejections.of(member) as Refused;
    });

  it('are read once for each, and up to a bound', async () => {
    const rejections = new Rejections();
    const owners = Array.from({ length: 100 }, (_, index) => `g-${index >> 1}`);
    const named = await rejections.withNames(store, refusals(owners, rejections));
    assert.equal(asked.length, 16);
    assert.equal(new Set(asked).size, 16);
    const reasons = named.map(({ reason }) => reason);
    assert.equal(reasons[1], 'MX-1: "unit 1" belongs to vpn_gateway name of g-0 (g-0)');
    assert.equal(reasons[99], 'MX-1: "unit 1" belongs to vpn_gateway g-49');
  });

  it('are left out if they can’t be read; then the id must do', async () => {
    const rejections = new Rejections();
    const [one] = await rejections.withNames(store, refusals(['away'], rejections));
    assert.equal(one?.reason, 'MX-1: "unit 1" belongs to vpn_gateway away');
  });

  it('are not read where nothing is in the way, or the batch knows them', async () => {
    const rejections = new Rejections();
    const member = { gateway: { resourceType: 'a', resourceId: 'b', version: 1 } } as PairMember;
    const owner = { resourceType: 'vpn_gateway', resourceId: 'g-1' };
    rejections.add(member, 'MX-1', new BelongsToOtherError('"unit 1"', owner, 'vpn_gateway known (g-1)'));
    const refused = rejections.of(member) as Refused;
    assert.deepEqual(await rejections.withNames(store, [refused]), [refused]);
    assert.deepEqual(await rejections.withNames(store, []), []);
    assert.deepEqual(asked, []);
  });

  it('are not put into a reason that says by itself on which routers something is in the way', async () => {
    const rejections = new Rejections();
    const member = { gateway: { resourceType: 'a', resourceId: 'b', version: 1 } } as PairMember;
    const owner = { resourceType: 'vpn_gateway', resourceId: 'g-1' };
    rejections.add(member, null, new BelongsToOtherError('"unit 1" on MX-1 and MX-2', owner));
    const [refused] = await rejections.withNames(store, [rejections.of(member) as Refused]);
    assert.equal(refused?.reason, '"unit 1" on MX-1 and MX-2 belongs to vpn_gateway g-1');
    assert.deepEqual(asked, []);
  });
});
