/** Ids that begin with each other, and ids with the characters that keys use: nobody's record is another's. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KEYS, ROUTERS, routerOfKey } from '../../etcd/keys.ts';
import { fresh, owedChangeFor, requestOf } from './reservation-fixture.ts';
import { newGateway, useOwnEtcd } from './fixture.ts';

/** Short words of the characters that could be mistaken for a part of a key. */
const id = fc
  .array(fc.constantFrom('a', '1', '0', ':', '+', '%', '2F', '.', '-', ' ', 'ä'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parts.join(''));
const stanza = fc.array(fc.oneof(id, fc.constantFrom('ge-0/0/1', 'ge-0%2F0%2F1', 'unit 1')), {
  minLength: 1,
  maxLength: 3,
});
const gateway = fc.record({
  resourceType: fc.constantFrom('vpn_gateway', 'internet_gateway', 'vpn_gateways'),
  resourceId: id,
  version: fc.integer({ min: 0, max: 120 }),
});
const digest = fc.constantFrom('0a', '0ab', 'f');

const isEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

describe('keys of ids that are alike', () => {
  it('are the same for the same router and stanza only', () => {
    fc.assert(
      fc.property(id, stanza, id, stanza, (router, words, otherRouter, otherWords) => {
        const same = isEqual([router, words], [otherRouter, otherWords]);
        assert.equal(KEYS.claim(router, words) === KEYS.claim(otherRouter, otherWords), same);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are the same for the same gateway only, whatever kind of record it is', () => {
    const perGateway = [KEYS.gatewayConfig, KEYS.stack, KEYS.jobState, KEYS.state, KEYS.plan];
    fc.assert(
      fc.property(gateway, gateway, (one, other) => {
        const ref = ({ resourceType, resourceId }: typeof one) => [resourceType, resourceId];
        const keys = perGateway.flatMap((keyOf) => [keyOf(one), keyOf(other)]);
        assert.equal(new Set(keys).size, isEqual(ref(one), ref(other)) ? 5 : 10);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of owed changes are below the prefix of their own router, and of no other', () => {
    fc.assert(
      fc.property(id, id, gateway, digest, (router, other, owing, content) => {
        const key = KEYS.owedChange(router, owing, content);
        assert.equal(key.startsWith(KEYS.owedChanges(other)), router === other);
        assert.ok(key.startsWith(KEYS.owedChanges()));
        assert.equal(routerOfKey(key), router);
        assert.equal(routerOfKey(KEYS.router(router)), router);
        assert.ok(KEYS.router(router).startsWith(ROUTERS));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of owed changes differ by router, gateway, version and change', () => {
    fc.assert(
      fc.property(id, gateway, digest, id, gateway, digest, (...parts) => {
        const [router, owing, content, otherRouter, otherOwing, otherContent] = parts;
        const same = isEqual([router, owing, content], [otherRouter, otherOwing, otherContent]);
        assert.equal(
          KEYS.owedChange(router, owing, content) === KEYS.owedChange(otherRouter, otherOwing, otherContent),
          same,
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('are nobody’s if they are no key of a router', () => {
    const others = [
      KEYS.claim('r', ['a']),
      KEYS.plan({ resourceType: 'vpn_gateway', resourceId: 'r' }),
      KEYS.owedChanges('r').slice(0, -1),
      KEYS.owedChanges(),
      ROUTERS,
      `${KEYS.router('r')}/x`,
      `/x${KEYS.router('r')}`,
    ];
    for (const key of others) assert.equal(routerOfKey(key), undefined, key);
  });

  it('are refused where an id would be more than one part of a key', () => {
    const refused = /^Expected as (router id|id|resource type|digest) 1 to 255 characters without "\/"/;
    for (const bad of ['', 'a/b', '/', 'a\n', '\u0000', '\u0085', 'x'.repeat(256)]) {
      const ref = { resourceType: 'vpn_gateway', resourceId: bad, version: 1 };
      for (const keyOf of [
        () => KEYS.router(bad),
        () => KEYS.owedChanges(bad),
        () => KEYS.claim(bad, ['a']),
        () => KEYS.state(ref),
        () => KEYS.plan({ ...ref, resourceType: bad, resourceId: 'a' }),
        () => KEYS.config({ type: bad, id: 'a' }),
        () => KEYS.owedChange('r', { ...ref, resourceId: 'a' }, bad),
      ])
        assert.throws(keyOf, { name: 'TypeError', message: refused }, JSON.stringify(bad));
    }
    assert.equal(KEYS.router('x'.repeat(255)), `${ROUTERS}${'x'.repeat(255)}`);
  });

  it('show the beginning of what was refused', () => {
    assert.throws(() => KEYS.router('x'.repeat(300)), { message: new RegExp(`got "x{60}"$`) });
  });
});

describe('routers whose ids begin with each other', () => {
  const etcd = useOwnEtcd();

  it('owe each their own change, and have each their own record', async () => {
    const { store } = etcd();
    const first = fresh('router');
    const ids = ['', '1', ':', '+', '%', '%2F', '0', '.'].map((end) => `${first}${end}`);
    const owed = new Map<string, unknown>();
    for (const router of ids) {
      const request = requestOf([router, fresh('neighbour')]);
      await store.reserve(request);
      await store.issueToken(request, {});
      const owedChange = owedChangeFor(newGateway());
      assert.equal(await store.addOwedChanges({ ...request, token: 1 }, router, [owedChange]), true);
      owed.set(router, [owedChange]);
    }
    const all = await store.routers();
    for (const router of ids) {
      assert.deepEqual((await store.router(router)).owedChanges, owed.get(router), router);
      const record = all.get(router);
      assert.ok(record !== undefined && 'owedChanges' in record);
      assert.deepEqual(record.owedChanges, owed.get(router), router);
    }
  });
});
