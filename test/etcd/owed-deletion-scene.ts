/** A deletion that `router-1` makes, and `router-2` is to owe. */
import assert from 'node:assert/strict';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { requestFor } from './fixture.ts';
import type { TestEtcd } from './fixture.ts';
import { created, monitored } from './publication.ts';
import { SINCE, fresh, requestOf } from './reservation-fixture.ts';

export const REQUEST = { router: 'router-2', reason: 'burnt', by: 'alice@jump', since: SINCE };

/** Version 1 stands, and its deletion is registered. */
export async function registered(etcd: TestEtcd) {
  const world = await monitored(etcd);
  const { store, witness } = world;
  await store.publish(created(world.gateway));
  const gateway: GatewayVersion = { ...world.gateway, version: 2 };
  const revision = await witness.configure(2, true);
  const request = requestFor(gateway, revision, { run: 'run-2', jobs: 'bbbbb' });
  const { primary, secondary } = request.planRecord.routers;
  const routers = {
    primary: { ...primary, before: primary.after, after: null },
    secondary: { ...secondary, before: secondary.after, after: null },
  };
  const planRecord = { ...request.planRecord, action: 'delete', standing: 1, routers } as const;
  const deletion = { ...request, planRecord };
  assert.equal((await store.register(deletion)).kind, 'registered');
  return { store, witness, gateway, deletion };
}

/** As `registered`, and begun. */
export async function begun(etcd: TestEtcd) {
  const world = await registered(etcd);
  const { store, gateway } = world;
  assert.deepEqual(await store.oweDeletion(gateway, 'run-2', REQUEST), { kind: 'begun' });
  const request = requestOf(['router-1', fresh('neighbour')]);
  const reserved = async () => {
    await store.reserve(request);
    await store.issueToken(request, {});
    return { ...request, token: 1 };
  };
  const [deciding] = (await store.router('router-1')).owedChanges;
  assert.ok(deciding);
  return { ...world, deciding, reserved };
}

/** Makes what `router-2` owes. */
export async function payOther({ store }: Pick<TestEtcd, 'store'>): Promise<void> {
  const other = requestOf(['router-2', fresh('neighbour')]);
  await store.reserve(other);
  await store.issueToken(other, {});
  const [owed] = (await store.router('router-2')).owedChanges;
  assert.ok(owed);
  await store.payOwedChange({ ...other, token: 1 }, 'router-2', owed);
  await store.endReservation(other);
}
