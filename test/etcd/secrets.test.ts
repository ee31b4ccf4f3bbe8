import assert from 'node:assert/strict';
import type { Entry } from '../../etcd/client.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { secretsAdded, secretsKept, secretsOf } from '../../etcd/secrets.ts';
import type { GatewaySecrets } from '../../etcd/secrets.ts';
import { newGateway, requestFor, useEtcd, Witness } from './fixture.ts';
import { created, failed, keep } from './publication.ts';
import { racing } from './racing.ts';
import { fresh, newRouters, owedChangeFor, requestOf } from './reservation-fixture.ts';

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

  /** A creation at version 2 with another secret than that of version 1, which was registered and never applied. */
  async function replaced() {
    const { store, witness, gateway, request } = await registered();
    assert.deepEqual(await store.register(request), { kind: 'registered' });
    const next = { ...gateway, version: 2 };
    const options = { description: TWO, run: 'run-2', jobs: '22222' };
    const secrets = { key: 'k', values: { [TWO]: 'two' } };
    const asked = { ...requestFor(next, await witness.configure(2), options), secrets };
    assert.deepEqual(await store.register(asked), { kind: 'registered' });
    const both = { key: 'k', values: { ...request.secrets.values, ...secrets.values } };
    assert.deepEqual(await store.secrets([gateway]), [both]);
    await store.permitApply(next, 'run-2');
    await keep(etcd(), next, 'run-2');
    return { store, next, secrets, both };
  }

  it('of a creation that was never applied go when the next one is published', async () => {
    const { store, next, secrets } = await replaced();
    assert.deepEqual(await store.publish(created(next, 'run-2')), { kind: 'published' });
    assert.deepEqual(await store.secrets([next]), [secrets]);
  });

  it('of a creation that was never applied stay while a router owes a change of the gateway, and go once it is made', async () => {
    const { store, next, secrets, both } = await replaced();
    const asked = requestOf(['router-1', fresh('neighbour')]);
    await store.reserve(asked);
    await store.issueToken(asked, {});
    const fence = { ...asked, token: 1 };
    const owedChange = owedChangeFor({ ...next, version: 1 });
    await store.addOwedChanges(fence, 'router-1', [owedChange]);
    assert.deepEqual(await store.publish(created(next, 'run-2')), { kind: 'published' });
    assert.deepEqual(await store.secrets([next]), [both]);
    const plan = await store.planRecord(next);
    const claims = await new Witness(etcd().raw, next).ownClaims();
    assert.equal(await store.payOwedChange(fence, 'router-1', owedChange), true);
    assert.deepEqual(await store.secrets([next]), [secrets]);
    assert.deepEqual(await store.planRecord(next), plan);
    assert.deepEqual(await new Witness(etcd().raw, next).ownClaims(), claims);
    await store.endReservation(asked);
  });

  /** Registered, and then its plan record went. `router` owes a change of the gateway. */
  async function forgotten() {
    const { store, witness, gateway, request } = await registered();
    await store.register(request);
    await witness.configure(1, true);
    await witness.remove(KEYS.plan(gateway));
    const [router, other] = newRouters();
    const asked = requestOf([router, other]);
    await store.reserve(asked);
    await store.issueToken(asked, {});
    const fence = { ...asked, token: 1 };
    const owe = (one = owedChangeFor(gateway)) => store.addOwedChanges(fence, router, [one]);
    const pay = () => store.payOwedChange(fence, router, owedChangeFor(gateway));
    return { store, witness, gateway, secrets: request.secrets, owe, pay };
  }

  it('stay while a router owes a change of a gateway whose plan record is gone, and go with its deletion', async () => {
    const { store, witness, gateway, secrets, owe, pay } = await forgotten();
    await owe(owedChangeFor(newGateway()));
    await owe();
    assert.deepEqual(await store.publishNothing(gateway), { kind: 'owed' });
    assert.deepEqual(await store.secrets([gateway]), [secrets]);
    assert.equal(await witness.value(witness.keys.state), undefined);
    await pay();
    assert.deepEqual(await store.publishNothing(gateway), { kind: 'published' });
    assert.deepEqual(await store.secrets([gateway]), [undefined]);
  });

  it('stay, too, if the router begins to owe the change just before they would go', async () => {
    const { store, gateway, secrets, owe } = await forgotten();
    const outcome = await racing(etcd(), 'DELETE_COMPLETED', owe, (late) => late.publishNothing(gateway));
    assert.deepEqual(outcome, { kind: 'owed' });
    assert.deepEqual(await store.secrets([gateway]), [secrets]);
  });

  it('are not mixed with those that were made with another key: the saga plans again', async () => {
    const { store, witness, gateway, request } = await registered();
    await witness.put(KEYS.secrets(gateway), { key: 'other', values: {} });
    assert.deepEqual(await store.register(request), { kind: 'moved' });
    assert.equal(await witness.value(KEYS.plan(gateway)), undefined);
  });
});
