/** Two versions of gateway-saga side by side: what the newer one has written, and the older one meets. */
import assert from 'node:assert/strict';
import { failureOf } from '../../activities/classify.ts';
import { EtcdClient } from '../../etcd/client.ts';
import { StoreCorruptError, StoreNewerError } from '../../etcd/errors.ts';
import { planRecordOf } from '../../etcd/plan-record.ts';
import { readInventory } from '../../etcd/inventory.ts';
import { RECORD_SCHEMA } from '../../etcd/record-schemas.ts';
import type { Store } from '../../etcd/store.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { useOwnEtcd, newGateway, requestFor, Witness } from './fixture.ts';
import { SINCE, fresh, newMembers, newRouters, owedChangeFor, requestOf } from './reservation-fixture.ts';

const NEWER = RECORD_SCHEMA + 1;
const HOLD = { reason: 'new line card', since: SINCE };

/** What a newer version may have written: its form is not known here. */
const UNKNOWN = { schema: NEWER, whatever: ['a', 'form'] };

async function assertLeftAlone(witness: Witness, key: string, work: () => Promise<unknown>): Promise<void> {
  const before = await witness.entry(key);
  await assert.rejects(work(), (error) => {
    assert.ok(error instanceof StoreNewerError, String(error));
    assert.equal(error.key, key);
    assert.equal(error.found, NEWER);
    assert.match(
      error.message,
      new RegExp(
        `^The record at ${key} can't be read: it has schema ${NEWER}, and this version .* reads up to `,
      ),
    );
    // The step is tried again until a worker of the newer version takes it over.
    assert.deepEqual(
      failureOf(error, () => 1),
      { type: FAILURES.StoreNewer, again: true },
    );
    return true;
  });
  assert.deepEqual(await witness.entry(key), before);
}

describe('a record of a newer version', () => {
  const etcd = useOwnEtcd();

  describe('of a plan is left alone', () => {
    const failed = { kind: 'failed', error: 'x', action: 'create', registered: true, clean: true } as const;
    const steps: Readonly<Record<string, (store: Store, witness: Witness) => Promise<unknown>>> = {
      'by who registers': async (store, { gateway, keys }) =>
        store.register(requestFor(gateway, (await etcd().raw.get(keys.config).exec()).kvs[0]!.mod_revision)),
      'by who may be applied': (store, { gateway }) => store.permitApply(gateway, 'run-1'),
      'by a call that makes earlier ones void': (store, { gateway }) =>
        store.voidEarlierCalls(gateway, 'run-1'),
      'by who has reverted': (store, { gateway }) => store.markReverted(gateway, 'run-1'),
      'by who publishes a failure': (store, { gateway }) =>
        store.publish({ gateway, run: 'run-1', outcome: failed, retentionSeconds: 3_600 }),
      'by a deletion that finds nothing': async (store, witness) => {
        await witness.configure(1, true);
        return store.publishNothing(witness.gateway);
      },
      'by who frees claims': (store, { gateway }) => store.freeClaims(gateway),
    };
    for (const [name, step] of Object.entries(steps))
      it(`${name}, and \`/state\` too`, async () => {
        const { store, raw } = etcd();
        const witness = new Witness(raw, newGateway());
        await witness.configure();
        await witness.put(witness.keys.plan, UNKNOWN);
        await assertLeftAlone(witness, witness.keys.plan, () => step(store, witness));
        assert.equal(await witness.value(witness.keys.state), undefined);
      });
  });

  it('of a router gets no reservation, hold or owed change', async () => {
    const { store, raw } = etcd();
    const witness = new Witness(raw, newGateway());
    const routers = newRouters();
    const request = requestOf(routers);
    const key = `/gateway-saga/routers/${routers[1]}`;
    await store.reserve(request);
    await store.issueToken(request, {});
    const [member] = newMembers(1);
    await store.permitCommit({ ...request, token: 1 }, routers, [member!], SINCE);
    await witness.put(key, UNKNOWN);
    const fence = { ...request, token: 1 };
    for (const work of [
      () => store.reserve(requestOf(routers)),
      () => store.issueToken(request, {}),
      () => store.permitCommit(fence, routers, [member!], SINCE),
      () => store.markSettled(fence, { finished: { [routers[1]]: [member!] } }),
      () => store.addOwedChanges(fence, routers[1], [owedChangeFor(member!.gateway)]),
      () => store.endReservation(request),
      () => store.beginMaintenance(routers[1], HOLD),
      () => store.endMaintenance(routers[1]),
    ])
      await assertLeftAlone(witness, key, work);
  });

  it('of what a router owes keeps the router from being reserved', async () => {
    const { store, raw } = etcd();
    const witness = new Witness(raw, newGateway());
    const routers = newRouters();
    const { resourceType, resourceId } = witness.gateway;
    const key = `/gateway-saga/owed-changes/${routers[0]}/${resourceType}s/${resourceId}/1:0`;
    await witness.put(key, UNKNOWN);
    await assertLeftAlone(witness, key, () => store.router(routers[0]));
  });

  it('hides no other from who only shows them', async () => {
    const { store, raw, endpoint } = etcd();
    const [one, other] = [new Witness(raw, newGateway()), new Witness(raw, newGateway())];
    const [newer, known] = newRouters();
    await one.put(one.keys.plan, UNKNOWN);
    const { planRecord } = requestFor(other.gateway, '1');
    const config = { revision: '1', digest: 'sha256:00', secretFields: [] };
    await other.put(other.keys.plan, { ...planRecord, config, mayBeApplied: false });
    await one.put(`/gateway-saga/routers/${newer}`, UNKNOWN);
    await store.beginMaintenance(known, HOLD);
    const routers = await store.routers();
    assert.ok(routers.get(newer) instanceof StoreNewerError);
    assert.deepEqual((routers.get(known) as { maintenance: unknown }).maintenance, HOLD);
    const plans = await store.plans([one.gateway, other.gateway]);
    assert.ok(plans[0] instanceof StoreNewerError);
    assert.equal((plans[1] as { run: string }).run, 'run-1');
    const client = new EtcdClient({ endpoints: [endpoint] });
    const { unreadable } = await readInventory(client, []);
    client.close();
    assert.ok(unreadable.some((error) => error instanceof StoreNewerError && error.key === one.keys.plan));
  });
});

describe('a record that says its schema', () => {
  const etcd = useOwnEtcd();

  it('is read if the schema is known, and is refused with what stands there if that is no number', async () => {
    const { planRecord } = requestFor(newGateway(), '1');
    const config = { revision: '1', digest: 'sha256:00', secretFields: [] };
    const plan = (schema: unknown) => ({
      key: '/k',
      value: Buffer.from(JSON.stringify({ ...planRecord, config, mayBeApplied: false, schema })),
      modRevision: '1',
      lease: '0',
    });
    assert.equal(planRecordOf(plan(RECORD_SCHEMA))?.run, 'run-1');
    assert.equal(planRecordOf(plan(undefined))?.run, 'run-1');
    for (const schema of ['2', 0, 1.5, null])
      assert.throws(
        () => planRecordOf(plan(schema)),
        new StoreCorruptError(
          '/k',
          `field "schema": expected a whole number from 1, got ${JSON.stringify(schema)}`,
        ),
      );
  });

  it('of a router keeps the fields that a newer version has added, whoever writes it again', async () => {
    const { store, raw } = etcd();
    const witness = new Witness(raw, newGateway());
    const [router, other] = newRouters();
    const key = `/gateway-saga/routers/${router}`;
    await witness.put(key, {
      reservation: null,
      maintenance: null,
      schema: RECORD_SCHEMA,
      added: [fresh('x')],
    });
    const added = ((await witness.value(key)) as { added: unknown }).added;
    await store.beginMaintenance(router, HOLD);
    await store.endMaintenance(router);
    const request = requestOf([router, other]);
    assert.equal((await store.reserve(request)).kind, 'reserved');
    await store.endReservation(request);
    const { reservation, maintenance, past, ...rest } = (await witness.value(key)) as Record<string, unknown>;
    assert.deepEqual([reservation, maintenance], [null, null]);
    assert.deepEqual(rest, { schema: RECORD_SCHEMA, added }, JSON.stringify(past));
  });
});
