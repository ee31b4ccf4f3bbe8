import assert from 'node:assert/strict';
import fc from 'fast-check';
import { claimsOf } from '../../etcd/claims.ts';
import { KEYS } from '../../etcd/keys.ts';
import { parseClaimKey } from './claim-key.ts';
import { newGateway, requestFor } from './fixture.ts';

describe('the key of a claim', () => {
  it('can be read by a person', () => {
    assert.equal(
      KEYS.claim('792c7a6d', ['interfaces', 'ge-0/0/1', 'unit', '122']),
      '/gateway-saga/claims/792c7a6d/interfaces ge-0%2F0%2F1 unit 122',
    );
  });

  it('encodes only what would make it ambiguous', () => {
    assert.equal(
      KEYS.claim('r', ['a:b+c,d(e)', '100%', 'two words', 'ä', 'x\u0000\u0085y']),
      '/gateway-saga/claims/r/a:b+c,d(e) 100%25 two%20words ä x%00%C2%85y',
    );
  });

  it('gives back router and stanza, whatever the words', () => {
    const word = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (stanza) => {
        const key = KEYS.claim('router-1', stanza);
        assert.ok(!/[\s\p{Cc}]/u.test(key.replaceAll(' ', '')));
        assert.deepEqual(parseClaimKey(key), { routerId: 'router-1', stanza });
      }),
    );
  });

  it('is no other kind of key, and not one whose words are no text', () => {
    for (const key of [
      '/gateway-saga/claims/a/%',
      '/gateway-saga/claims/a/%C3',
      '',
      '/gateway-saga/claims/',
      '/gateway-saga/claims/a',
      '/state/v2.0/a/b',
    ]) {
      assert.equal(parseClaimKey(key), undefined);
    }
  });
});

describe('the claims of a plan', () => {
  it('name a stanza once, even if it is listed twice', () => {
    const { planRecord } = requestFor(newGateway(), '1');
    const { primary } = planRecord.routers;
    assert.ok(primary.after);
    const [first = []] = primary.after.owns;
    const after = { ...primary.after, owns: [first, first] };
    const routers = { ...planRecord.routers, primary: { ...primary, after } };
    const keys = claimsOf({ routers }).map(({ key }) => key);
    assert.equal(keys.length, 3);
    assert.equal(new Set(keys).size, 3);
  });
});
