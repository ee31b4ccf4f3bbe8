import assert from 'node:assert/strict';
import type { Entry } from '../../etcd/client.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { secretsAdded, secretsKept, secretsOf } from '../../etcd/secrets.ts';
import type { GatewaySecrets } from '../../etcd/secrets.ts';
import { newGateway, requestFor, useEtcd, Witness } from './fixture.ts';
import { failed } from './publication.ts';

const placeholder = (digit: string): string => `<secret:authentication-key:${digit.repeat(16)}>`;
const [ONE, TWO] = [placeholder('1'), placeholder('2')];
const KEY = '/gateway-saga/secrets/vpn_gateways/x';

function entryOf(value: unknown): Entry {
  const text =
    value === undefined ? undefined : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return {
    key: KEY,
    value: text,
    modRevision: text === undefined ? '0' : '7',
    lease: '0',
  };
}

describe("the record of a gateway's secrets", () => {
  const both: GatewaySecrets = { key: 'k', values: { [ONE]: 'one', [TWO]: 'two' } };
  const record = (...texts: readonly string[]): Pick<PlanRecord, 'routers'> =>
    ({
      routers: { primary: { before: null, after: { create: texts.join('\n') } } },
    }) as unknown as PlanRecord;

  it('gets what a registration brings, besides what it has', () => {
    const [added] =
      secretsAdded(entryOf({ key: 'k', values: { [ONE]: 'one' } }), { key: 'k', values: { [TWO]: 'two' } }) ??
      [];
    assert.deepEqual(added, { key: KEY, value: both });
    assert.deepEqual(secretsAdded(entryOf(undefined), both), [{ key: KEY, value: both }]);
  });

  it('is not written if it has all of them already', () => {
    assert.deepEqual(secretsAdded(entryOf(both), { key: 'k', values: { [ONE]: 'one' } }), []);
    assert.deepEqual(secretsAdded(entryOf(both), undefined), []);
  });

  it('takes none that were made with another key', () => {
    assert.equal(secretsAdded(entryOf(both), { ...both, key: 'other' }), undefined);
  });

  it('keeps those that the plan record has placeholders for', () => {
    const kept = secretsKept(entryOf(both), record(`a ${TWO};`));
    assert.deepEqual(kept.put, [{ key: KEY, value: { key: 'k', values: { [TWO]: 'two' } } }]);
    assert.deepEqual(kept.unchanged, [entryOf(both)]);
    assert.deepEqual(secretsKept(entryOf(both), record(ONE, TWO)), { unchanged: [], put: [], remove: [] });
  });

  it('goes with the last of them', () => {
    for (const left of [record('a;'), undefined])
      assert.deepEqual(secretsKept(entryOf(both), left).remove, [KEY], JSON.stringify(left));
    assert.deepEqual(secretsKept(entryOf(undefined), undefined).remove, []);
  });

  it('stays while something stands if it can not be read, and its error shows nothing of it', () => {
    const spoilt = entryOf({ key: 'k', values: { [ONE]: 7, other: 'canary' } });
    assert.throws(
      () => secretsOf(spoilt),
      (error: Error) => error.message.includes(KEY) && !/canary|7/.test(error.message),
    );
    assert.deepEqual(secretsKept(spoilt, record(ONE)).remove, []);
    assert.deepEqual(secretsKept(spoilt, undefined).remove, [KEY]);
  });
});

describe("a gateway's secrets in etcd", () => {
  const etcd = useEtcd();

  async function registered() {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const witness = new Witness(raw, gateway);
    const request = {
      ...requestFor(gateway, await witness.configure(), { description: ONE }),
      secrets: { key: 'k', values: { [ONE]: 'one' } },
    };
    return { store, witness, gateway, request };
  }

  it('come with the registration, and go with the plan record', async () => {
    const { store, witness, gateway, request } = await registered();
    assert.deepEqual(await store.register(request), { kind: 'registered' });
    assert.deepEqual(await store.secrets([gateway, newGateway()]), [request.secrets, undefined]);
    assert.deepEqual(await store.publish(failed(gateway, { clean: true })), { kind: 'published' });
    assert.equal(await witness.value(KEYS.plan(gateway)), undefined);
    assert.deepEqual(await store.secrets([gateway]), [undefined]);
  });

  it('are not mixed with those that were made with another key: the saga plans again', async () => {
    const { store, witness, gateway, request } = await registered();
    await witness.put(KEYS.secrets(gateway), { key: 'other', values: {} });
    assert.deepEqual(await store.register(request), { kind: 'moved' });
    assert.equal(await witness.value(KEYS.plan(gateway)), undefined);
  });
});
