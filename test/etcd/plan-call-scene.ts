/** A registered gateway, and the three calls by which its saga changes its plan record. */
import assert from 'node:assert/strict';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import type { Store } from '../../etcd/store.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { Witness, newGateway, requestFor } from './fixture.ts';
import type { TestEtcd } from './fixture.ts';
import { newRouters, requestOf } from './reservation-fixture.ts';

/** When calls are scheduled. */
export const EARLY = 1_000;
export const NOW = 2_000;
export const LATER = 3_000;
export const VOID = { kind: 'void' };
export const PERMITTED = { kind: 'permitted' };

export interface Scene {
  readonly store: Store;
  readonly gateway: GatewayVersion;
  readonly witness: Witness;
  readonly configRevision: string;
}

type Call = (
  store: Store,
  gateway: GatewayVersion,
  run: string,
  scheduled?: number,
) => Promise<PlanRecord | undefined | { readonly kind: string }>;
export const CALLS: Readonly<Record<string, Call>> = {
  permitApply: (store, ...of) => store.permitApply(...of),
  voidEarlierCalls: (store, ...of) => store.voidEarlierCalls(...of),
  markReverted: (store, ...of) => store.markReverted(...of),
};
/** What a call resolves to when it changes nothing. */
export const nothingOf = (name: string) => (name === 'permitApply' ? VOID : undefined);

export async function registerPlan({ store, raw }: TestEtcd, scheduled?: number): Promise<Scene> {
  const gateway = newGateway();
  const witness = new Witness(raw, gateway);
  const configRevision = await witness.configure();
  const options = { run: 'run-1', ...(scheduled !== undefined && { scheduled }) };
  await store.register(requestFor(gateway, configRevision, options));
  return { store, gateway, witness, configRevision };
}

export async function recordOf({ store, gateway }: Scene): Promise<PlanRecord> {
  const record = await store.planRecord(gateway);
  assert.ok(record);
  return record;
}

/** Made permanent under a reservation of its own. */
export async function keep({ store, gateway }: Scene): Promise<void> {
  const request = requestOf(newRouters());
  await store.reserve(request);
  await store.issueToken(request, {});
  const fence = { ...request, token: 1 };
  await store.markSettled(fence, { kept: [{ gateway, run: 'run-1' }] });
  await store.endReservation(request);
}
