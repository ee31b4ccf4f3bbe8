import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { Witness, newGateway, requestFor, useEtcd } from './fixture.ts';
import { created, failed } from './publication.ts';
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
    const isKept = async () => ((await witness.value(witness.keys.plan)) as PlanRecord).kept;
    return { store, gateway, witness, fence, member, isKept };
  }

  /** Asserts that the routers' records name no member since the transaction that marked the last one. */
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

  it('is marked so', async () => {
    const { store, fence, member, isKept } = await scene();
    assert.equal(await isKept(), undefined);
    assert.equal(await store.markSettled(fence, { kept: [member] }), true);
    assert.equal(await isKept(), true);
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
    const finished = Object.fromEntries(routers.map((id) => [id, members]));
    assert.equal(await store.markSettled(fence, { kept: members, finished }), true);
    for (const witness of witnesses)
      assert.equal(((await witness.value(witness.keys.plan)) as PlanRecord).kept, true);
    await assertLeftWithLastMark(routers, witnesses);
    for (const witness of witnesses) await witness.remove(witness.keys.plan);
  });

  it('writes nothing for what is marked already, or has no plan of that version', async () => {
    const { store, fence, member, witness } = await scene();
    const stranger = { gateway: newGateway(), run: 'run-1' };
    const older = { ...member, gateway: { ...member.gateway, version: 0 } };
    const before = await witness.revision();
    assert.equal(await store.markSettled(fence, { kept: [stranger, older] }), true);
    assert.equal(await witness.revision(), before);
    await store.markSettled(fence, { kept: [member] });
    const marked = await witness.revision();
    await store.markSettled(fence, { kept: [member] });
    assert.equal(await witness.revision(), marked);
  });

  it('is not marked by an attempt that is void', async () => {
    const { store, fence, member, isKept } = await scene();
    await store.issueToken(fence, {});
    assert.equal(await store.markSettled(fence, { kept: [member] }), false);
    assert.equal(await isKept(), undefined);
  });

  it('is neither planned anew nor reverted by a run that comes later', async () => {
    const { store, gateway, fence, member, witness, isKept } = await scene();
    await store.permitApply(gateway, 'run-1');
    await store.markSettled(fence, { kept: [member] });
    await witness.rewrite();
    const revision = String((await witness.entry(witness.keys.config))?.mod_revision);
    const other = requestFor(gateway, revision, { run: 'run-2', unit: 'another' });
    assert.deepEqual(await store.register(other), { kind: 'kept' });
    assert.equal(await store.markReverted(gateway, 'run-1'), undefined);
    assert.equal(await isKept(), true);
  });

  it('is marked for the run that took over before', async () => {
    const { store, gateway, fence, member, witness, isKept } = await scene();
    await store.permitApply(gateway, 'run-1');
    const revision = String((await witness.entry(witness.keys.config))?.mod_revision);
    await store.register(requestFor(gateway, revision, { run: 'run-2' }));
    await store.markSettled(fence, { kept: [member] });
    assert.equal(await isKept(), true);
  });

  it('is marked for as many as a batch has, in one go or more', async () => {
    const { store, raw } = etcd();
    const { fence } = await scene();
    const members = Array.from({ length: 64 }, () => ({ gateway: newGateway(), run: 'run-1' }));
    for (const { gateway } of members)
      await store.register(requestFor(gateway, await new Witness(raw, gateway).configure()));
    const marked = async () =>
      (await store.plans(members.map(({ gateway }) => gateway))).map((record) =>
        record instanceof Error ? record : record?.kept,
      );
    assert.equal(await store.markSettled(fence, { kept: members }), true);
    assert.ok((await marked()).every((is) => is === true));
  });

  it('stays permitted until the last one of a large batch is marked', async () => {
    const { store, raw } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    await store.reserve(request);
    const begun = await store.issueToken(request, {});
    assert.ok(begun.kind === 'issued');
    // More members than one transaction takes.
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
    assert.equal(await store.state(gateway), undefined);
    await store.markSettled(fence, { kept: [member] });
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
  });

  it('is promised by /state, also if the configuration has moved on since', async () => {
    for (const moveOn of [
      (witness: Witness) => witness.configure(2),
      (witness: Witness) => witness.configure(2, true),
      (witness: Witness) => witness.rewrite(),
    ]) {
      const { store, gateway, fence, member, witness } = await scene();
      await store.markSettled(fence, { kept: [member] });
      await moveOn(witness);
      assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
      assert.equal((await store.state(gateway))?.version, 1);
    }
  });

  it('is promised nowhere once its configuration has vanished', async () => {
    const { store, gateway, fence, member, witness } = await scene();
    await store.markSettled(fence, { kept: [member] });
    await witness.remove(witness.keys.config);
    assert.deepEqual(await store.publish(created(gateway)), { kind: 'published' });
    assert.equal(await store.state(gateway), undefined);
  });

  it('is no failure of any run', async () => {
    const { store, gateway, fence, member } = await scene();
    await store.markSettled(fence, { kept: [member] });
    for (const run of ['run-1', null])
      assert.deepEqual(await store.publish(failed(gateway, { run })), { kind: 'kept' });
  });
});
