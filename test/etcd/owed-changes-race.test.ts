/** Owed changes while something else changes, and owed changes that are nearly those of a plan. */
import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { newGateway, requestFor, useOwnEtcd, Witness } from './fixture.ts';
import { racing } from './racing.ts';
import { fresh, keepOwing, owedChangeFor, requestOf } from './reservation-fixture.ts';

describe('an owed change', () => {
  const etcd = useOwnEtcd();
  /** The router on which `requestFor` plans. */
  const ROUTER = 'router-1';
  let over = async (): Promise<void> => undefined;
  afterEach(() => over());

  /** A change that the router owes, and the registered gateway that it belongs to. The owed change and the plan have `unit` there. */
  async function owed(unit = fresh('unit')) {
    const { store, raw } = etcd();
    const gateway = newGateway();
    const request = requestOf([ROUTER, fresh('neighbour')]);
    await store.reserve(request);
    over = async () => void (await store.endReservation(request));
    const issued = await store.issueToken(request, {});
    assert.ok(issued.kind === 'issued');
    const owedChange = owedChangeFor(gateway, unit);
    await store.addOwedChanges(issued.fence, ROUTER, [owedChange]);
    const witness = new Witness(raw, gateway);
    const configRevision = await witness.configure();
    const planned = await store.register(requestFor(gateway, configRevision, { unit }));
    assert.equal(planned.kind, 'registered');
    const left = async () =>
      (await store.router(ROUTER)).owedChanges.filter((one) => one.gateway.resourceId === gateway.resourceId);
    return { store, gateway, witness, request, fence: issued.fence, owedChange, left };
  }

  it('stays owed, and its gateway is not kept, if the token of the attempt is voided meanwhile', async () => {
    const { store, gateway, request, fence, owedChange, left } = await owed();
    const isKept = await racing(
      etcd(),
      `"id":"${request.reservation}"`,
      () => store.issueToken(request, {}),
      (late) => keepOwing(late, { ...fence }, ROUTER, gateway),
    );
    assert.equal(isKept, false);
    assert.equal((await store.planRecord(gateway))?.kept, undefined);
    assert.deepEqual(await left(), [owedChange]);
  });

  it('is not cancelled when the plan that owns its stanzas goes meanwhile', async () => {
    const { gateway, witness, request, fence, owedChange, left } = await owed();
    await racing(
      etcd(),
      `"id":"${request.reservation}"`,
      () => witness.remove(witness.keys.plan),
      (late) => keepOwing(late, { ...fence }, ROUTER, gateway),
    );
    assert.deepEqual(await left(), [owedChange]);
  });

  it('that is paid meanwhile does not keep its gateway from being kept', async () => {
    const { store, gateway, request, fence, owedChange, left } = await owed();
    await racing(
      etcd(),
      `"id":"${request.reservation}"`,
      () => store.payOwedChange({ ...fence }, ROUTER, owedChange),
      (late) => keepOwing(late, { ...fence }, ROUTER, gateway),
    );
    assert.equal((await store.planRecord(gateway))?.kept, true);
    assert.deepEqual(await left(), []);
  });

  it('changes the revision of its router’s record when it is cancelled, so that a late write comes to nothing', async () => {
    const { store, gateway, fence } = await owed();
    const revision = async () => (await etcd().raw.get(KEYS.router(ROUTER)).exec()).kvs[0]?.mod_revision;
    const before = await revision();
    await keepOwing(store, fence, ROUTER, gateway);
    assert.notEqual(await revision(), before);
    const after = await revision();
    await keepOwing(store, fence, ROUTER, gateway);
    assert.equal(await revision(), after);
  });

  it('that owns one stanza of the plan, and one more, stays', async () => {
    const { store, gateway, fence, left } = await owed();
    const [owedChange] = await left();
    assert.ok(owedChange?.change.before);
    const { before } = owedChange.change;
    const wider = {
      ...owedChange,
      change: { before: { ...before, owns: [...before.owns, ['routing-options']] }, after: null },
    };
    await store.payOwedChange(fence, ROUTER, owedChange);
    await store.addOwedChanges(fence, ROUTER, [wider]);
    await keepOwing(store, fence, ROUTER, gateway);
    assert.deepEqual(await left(), [wider]);
  });

  it('of another type of gateway with the same id and the same stanzas stays', async () => {
    const { store, gateway, fence, owedChange, left } = await owed();
    const other = { ...owedChange, gateway: { ...gateway, resourceType: 'internet_gateway' } };
    await store.addOwedChanges(fence, ROUTER, [other]);
    await keepOwing(store, fence, ROUTER, gateway);
    assert.deepEqual(await left(), [other]);
    assert.equal(await store.payOwedChange(fence, ROUTER, other), true);
  });

  it('keeps every reservation under which it may be on trial, known or new', async () => {
    const { store, fence, owedChange, left } = await owed();
    const add = (reservations: readonly string[]) =>
      store.addOwedChanges(fence, ROUTER, [{ ...owedChange, reservations }]);
    await store.payOwedChange(fence, ROUTER, owedChange);
    await add(['a']);
    await add(['a', 'b']);
    assert.deepEqual((await left())[0]?.reservations, ['a', 'b']);
    const before = (await etcd().raw.get('/').exec()).header.revision;
    await add(['b']);
    await add([]);
    assert.equal((await etcd().raw.get('/').exec()).header.revision, before);
    await add(['c']);
    assert.deepEqual((await left())[0]?.reservations, ['a', 'b', 'c']);
  });
});
