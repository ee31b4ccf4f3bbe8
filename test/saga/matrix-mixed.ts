/** A batch of three gateways: one is kept, one does not converge, and one is cancelled in the middle. */
import assert from 'node:assert/strict';
import type { GatewayRun } from '../../client/index.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { Store } from '../../etcd/store.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { pairIdOf, QUEUE_QUERY } from '../../pair/messages.ts';
import type { PairQueue } from '../../pair/messages.ts';
import type { LocalRouter } from '../../local/routers.ts';
import { tracesOf } from '../world/evidence.ts';
import type { RouterTrace } from '../world/evidence.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { assertLeft, assertWhole } from './matrix-quiescence.ts';
import type { Site } from './site.ts';

export interface Mixed {
  readonly members: readonly { readonly gateway: TestGateway; readonly run: GatewayRun }[];
  readonly routers: readonly [LocalRouter, LocalRouter];
  readonly before: readonly RouterTrace[];
  /** Lets the three onto the routers. Resolves when the one is cancelled. */
  readonly go: () => Promise<void>;
}

/** Makes all three wait behind a maintenance hold, so that they go onto the routers together. */
export async function gatherMixed(site: Site, store: Store, pair: number): Promise<Mixed> {
  const routers = site.pair(pair);
  const before = tracesOf(routers);
  const [{ id, device }] = routers;
  await store.beginMaintenance(id, { reason: 'all together', since: new Date().toISOString() });
  const gateways = [];
  for (let count = 0; count < 3; count += 1) gateways.push(await site.write('vpn_gateway', pair));
  for (const { gateway } of gateways.slice(1))
    device.holdVrrpDown(`ae0.${String(gateway.body['downlink_vlan_id'])}`, true);
  const members = await Promise.all(
    gateways.map(async (gateway) => ({ gateway, run: await site.client.create(gateway) })),
  );
  const [one, other] = routers;
  const handle = site.temporal.workflow.getHandle(pairIdOf([one.id, other.id]));
  for (let requested = 0; requested < members.length;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const queue = await handle.query<PairQueue>(QUEUE_QUERY).catch(() => undefined);
    requested = queue?.batch.length ?? 0;
  }
  const go = async () => {
    await store.endMaintenance(id);
    const cancelled = members[2];
    assert.ok(cancelled);
    await site.untilStep(cancelled.run, 'poll primary');
    await cancelled.run.cancel();
  };
  return { members, routers, before, go };
}

export async function assertMixedAtRest(site: Site, store: Store, mixed: Mixed): Promise<void> {
  const { members, routers, before } = mixed;
  const outcomes = await Promise.all(members.map(({ run }) => run.result()));
  const kinds = outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.type : outcome.kind));
  assert.deepEqual(kinds, ['created', FAILURES.NotConverged, 'cancelled'], JSON.stringify(outcomes));
  const words = await Promise.all(
    members.map(async ({ gateway }) =>
      ((await site.states(gateway)) as { state: { worker_state: string } }[]).map(
        ({ state }) => state.worker_state,
      ),
    ),
  );
  assert.deepEqual(words, [['CREATE_COMPLETED'], ['CREATE_FAILED'], ['CREATE_FAILED']]);
  const [kept, ...gone] = members;
  assert.ok(kept);
  await assertWhole(store, { gateway: kept.gateway, routers });
  for (const { gateway } of gone)
    assert.equal(await store.planRecord(gateway), undefined, KEYS.plan(gateway));
  for (const [index, { name, running, commits }] of tracesOf(routers).entries()) {
    for (const { gateway } of gone)
      assert.ok(
        !running.includes(String(gateway.gateway.body['vrf_name'])),
        `${name} carries what was dropped`,
      );
    const made = commits.slice(0, commits.length - (before[index]?.commits.length ?? 0));
    const what = made.map((log) => / until | reverted: | kept/.exec(log ?? '')?.[0].trim());
    assert.deepEqual(
      what.filter((word) => word !== 'kept').reverse(),
      ['until', 'reverted:'],
      made.join('; '),
    );
  }
  for (const router of routers) await assertLeft(store, router);
}
