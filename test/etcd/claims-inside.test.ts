import assert from 'node:assert/strict';
import { KEYS, stanzaOfClaim } from '../../etcd/keys.ts';
import { useEtcd } from './fixture.ts';

describe('claims inside stanzas', () => {
  const etcd = useEtcd();
  const ROUTER = 'r-1';
  const unit = ['interfaces', 'ge-0/0/1', 'unit', '12'];
  const address = [...unit, 'family', 'inet', 'address', '192.0.2.1/24'];
  const holder = { resourceType: 'gw_interface', resourceId: 'c' };
  const claim = (stanza: readonly string[], routerId = ROUTER) =>
    etcd().raw.put(KEYS.claim(routerId, stanza)).value(JSON.stringify(holder)).exec();

  it('are those of one router that lie strictly inside, with their holders', async () => {
    await claim(address);
    await claim(unit);
    await claim(['interfaces', 'ge-0/0/1', 'unit', '122', 'family', 'inet']);
    // In the order of keys, `-`, `.` and `,` come between a blank and the digits.
    for (const name of ['12-a', '12.1', '12,1']) await claim(['interfaces', 'ge-0/0/1', 'unit', name]);
    await claim(address, 'r-2');
    assert.deepEqual(await etcd().store.claimsInside([{ routerId: ROUTER, stanza: unit }]), [
      { routerId: ROUTER, stanza: address, holder },
    ]);
  });

  it('are found in more stanzas than etcd takes in one request', async () => {
    const units = Array.from({ length: 150 }, (_, number) => ['interfaces', 'ae0', 'unit', `${number}`]);
    for (const one of [units[0], units[149]]) await claim([...(one ?? []), 'family', 'inet']);
    const found = await etcd().store.claimsInside(units.map((stanza) => ({ routerId: ROUTER, stanza })));
    assert.deepEqual(
      found.map(({ stanza }) => stanza[3]),
      ['0', '149'],
    );
    assert.deepEqual(await etcd().store.claimsInside([]), []);
  });

  it('are skipped if somebody has written a key that can’t be read', async () => {
    await etcd()
      .raw.put(`${KEYS.claim(ROUTER, unit)} %zz`)
      .value(JSON.stringify(holder))
      .exec();
    assert.deepEqual(await etcd().store.claimsInside([{ routerId: 'r-3', stanza: unit }]), []);
  });
});

describe('the key of a claim', () => {
  it('tells its stanza, whatever signs that has', () => {
    for (const stanza of [
      ['interfaces', 'ge-0/0/1'],
      ['policy-options', 'prefix-list', 'a b%2F', '2001:db8::/32'],
    ])
      assert.deepEqual(stanzaOfClaim(KEYS.claim('r', stanza)), stanza);
    assert.equal(stanzaOfClaim('/gateway-saga/claims/r'), undefined);
  });
});
