import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { Witness, newGateway, requestFor, useEtcd } from './fixture.ts';
import { created } from './publication.ts';
import { SINCE, newRouters, requestOf } from './reservation-fixture.ts';

describe('what was kept on both routers', () => {
  const etcd = useEtcd();

  /** A registered gateway, and an attempt under a reservation. */
  async function scene() {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const witness = new Witness(raw, gateway);
    const revision = await witness.configure();
    await store.register(requestFor(gateway, revision));
    const request = requestOf(newRouters());
    await store.reserve(request);
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const member = { gateway, run: 'run-1' };
    const record = async () => {
      const { kept: is, reverting } = (await witness.value(witness.keys.plan)) as PlanRecord;
      return { kept: is, reverting };
    };
    return { store, gateway, witness, fence, member, record };
  }

  /** The routers' records name no member any more, since the transaction that marked the last one. */
  async function assertLeftWithLastMark(
    routers: readonly string[],
    witnesses: readonly Witness[],
  ): Promise<void> {
    const { store, raw } = etcd();
    const marked = await Promise.all(
      witnesses.map(async (witness) => Number((await witness.entry(witness.keys.plan))?.mod_revision)),
    );
    for (const id of routers) {
      assert.deepEqual((await store.router(id)).reservation?.members, []);
      const [router] = (await raw.get(KEYS.router(id)).exec()).kvs;
      assert.equal(
        Number(router?.mod_revision),
        Math.max(...marked),
        'the members left before the last mark',
      );
    }
  }

  it('is marked so, and so again after it was to be taken away', async () => {
    const { store, fence, member, record } = await scene();
    assert.deepEqual(await record(), { kept: undefined, reverting: undefined });
    assert.equal(await store.markSettled(fence, { kept: [member] }), true);
    assert.deepEqual(await record(), { kept: true, reverting: false });
    assert.deepEqual(await store.markReverting(fence, [member]), { kind: 'marked' });
    assert.deepEqual(await record(), { kept: true, reverting: true });
    assert.equal(await store.markSettled(fence, { kept: [member] }), true);
    assert.deepEqual(await record(), { kept: true, reverting: false });
  });

  it('is marked, and its router is left, however large the plan records of a batch are', async () => {
    const { store, raw } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    await store.issueToken(request, {});
    const fence = { ...request, token: 1 };
    const members = Array.from({ length: 20 }, () => ({ gateway: newGateway(), run: 'run-1' }));
    const witnesses = members.map(({ gateway }) => new Witness(raw, gateway));
    for (const [index, witness] of witnesses.entries()) {
      const revision = await witness.configure();
      const description = 'x'.repeat(60_000 + index);
      await store.register(requestFor(witness.gateway, revision, { description }));
    }
    await store.permitCommit(fence, routers, members, SINCE);
    const records = async () =>
      Promise.all(
        witnesses.map(async (witness) => {
          const { kept, reverting } = (await witness.value(witness.keys.plan)) as PlanRecord;
          return { kept, reverting };
        }),
      );
    const all = (record: object) => members.map(() => record);
    const finished = Object.fromEntries(routers.map((id) => [id, members]));
    assert.equal(await store.markSettled(fence, { kept: members, finished }), true);
    assert.deepEqual(await records(), all({ kept: true, reverting: false }));
    await assertLeftWithLastMark(routers, witnesses);
    assert.deepEqual(await store.markReverting(fence, members), { kind: 'marked' });
    assert.deepEqual(await records(), all({ kept: true, reverting: true }));
    for (const witness of witnesses) await witness.remove(witness.keys.plan);
  });

  it('writes nothing for what was never kept, is marked already, or has no plan', async () => {
    const { store, fence, member, witness } = await scene();
    const stranger = { gateway: newGateway(), run: 'run-1' };
    const older = { ...member, gateway: { ...member.gateway, version: 0 } };
    const before = await witness.revision();
    assert.deepEqual(await store.markReverting(fence, [member, stranger, older]), { kind: 'marked' });
    assert.equal(await store.markSettled(fence, { kept: [stranger, older] }), true);
    assert.equal(await witness.revision(), before);
    await store.markSettled(fence, { kept: [member] });
    const marked = await witness.revision();
    await store.markSettled(fence, { kept: [member] });
    assert.equal(await witness.revision(), marked);
  });

  it('is neither marked nor taken back by an attempt that is void', async () => {
    const { store, fence, member, record } = await scene();
    await store.issueToken(fence, {});
    assert.equal(await store.markSettled(fence, { kept: [member] }), false);
    assert.deepEqual(await store.markReverting(fence, [member]), { kind: 'void' });
    assert.deepEqual(await record(), { kept: undefined, reverting: undefined });
  });

  it('is not taken back where /state promises it', async () => {
    const { store, fence, member, witness, record } = await scene();
    await store.markSettled(fence, { kept: [member] });
    await witness.put(witness.keys.state, { state: { worker_state: 'CREATE_COMPLETED' }, version: 1 });
    const outcome = await store.markReverting(fence, [member]);
    assert.deepEqual(outcome, { kind: 'promised', members: [member] });
    assert.deepEqual(await record(), { kept: true, reverting: false });
  });

  it('stays so for the run that takes over', async () => {
    const { store, gateway, fence, member, witness, record } = await scene();
    await store.permitApply(gateway, 'run-1');
    const revision = String((await witness.entry(witness.keys.config))?.mod_revision);
    await store.register(requestFor(gateway, revision, { run: 'run-2' }));
    await store.markSettled(fence, { kept: [member] });
    assert.deepEqual(await record(), { kept: true, reverting: false });
    await store.register(requestFor(gateway, revision, { run: 'run-3' }));
    assert.deepEqual(await record(), { kept: true, reverting: false });
  });

  it('is marked for as many as a batch has, in one go or more', async () => {
    const { store, raw } = etcd();
    const { fence } = await scene();
    const members = Array.from({ length: 64 }, () => ({ gateway: newGateway(), run: 'run-1' }));
    for (const { gateway } of members)
      await store.register(requestFor(gateway, await new Witness(raw, gateway).configure()));
    const marked = async () =>
      (await store.plans(members.map(({ gateway }) => gateway))).map((record) =>
        record instanceof Error ? record : [record?.kept, record?.reverting],
      );
    assert.equal(await store.markSettled(fence, { kept: members }), true);
    assert.ok((await marked()).every((flags) => String(flags) === 'true,false'));
    await store.markReverting(fence, members);
    assert.ok((await marked()).every((flags) => String(flags) === 'true,true'));
  });

  it('stays permitted until the last one of a large batch is marked', async () => {
    const { store, raw } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    const begun = await store.issueToken(request, {});
    assert.ok(begun.kind === 'issued');
    // More than one transaction takes.
    const members = Array.from({ length: 64 }, () => ({ gateway: newGateway(), run: 'run-1' }));
    const witnesses = members.map(({ gateway }) => new Witness(raw, gateway));
    for (const [index, { gateway }] of members.entries())
      await store.register(requestFor(gateway, (await witnesses[index]?.configure()) ?? ''));
    await store.permitCommit(begun.fence, routers, members, SINCE);
    const finished = Object.fromEntries(routers.map((id) => [id, members]));
    assert.equal(await store.markSettled(begun.fence, { kept: members, finished }), true);
    await assertLeftWithLastMark(routers, witnesses);
  });

  it('alone can be promised by /state', async () => {
    const { store, gateway, fence, member } = await scene();
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'not kept' });
    await store.markSettled(fence, { kept: [member] });
    await store.markReverting(fence, [member]);
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'not kept' });
    assert.equal(await store.state(gateway), undefined);
    await store.markSettled(fence, { kept: [member] });
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
  });

  it('and what is to be promised at the same moment as taken away ends as one of both', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { store, gateway, fence, member } = await scene();
      await store.markSettled(fence, { kept: [member] });
      const [published, left] = await Promise.all([
        store.publish(created(gateway)),
        store.markReverting(fence, [member]),
      ]);
      assert.equal(
        published.kind === 'published',
        left.kind === 'promised',
        JSON.stringify([published, left]),
      );
    }
  });
});
