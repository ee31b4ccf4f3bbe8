import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { STANZAS_LIMIT } from '../../../activities/saga/preparation.ts';
import { preparePlan } from '../../../activities/saga/planner.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { ownedBy } from '../../../gateway/change.ts';
import type { GatewayRef } from '../../../gateway/resource.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { gatewayOn, recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { loadKinds } from '../../../templates/load.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { childOf, withChildKinds } from '../../families/kinds.ts';

describe('a gateway that stands in another one', () => {
  const etcd = useEtcd();
  let parent: TestGateway;
  let other: TestGateway;
  let child: TestGateway;

  const write = async (...gateways: readonly TestGateway[]) => {
    for (const { neighbours, gateway } of gateways)
      await writeRecords([etcd().endpoint], [...neighbours, gateway].map(recordOf));
  };
  const planned = async () => {
    const kinds = withChildKinds(await loadKinds());
    const { resourceType, resourceId } = child;
    return preparePlan({ store: etcd().store, kinds }, { resourceType, resourceId });
  };
  /** Makes it so in etcd that version 1 of the child stands, and lies in these parents. */
  async function stands(parents: readonly GatewayRef[] | undefined): Promise<void> {
    const outcome = await planned();
    assert.ok(outcome.kind === 'prepared', JSON.stringify(outcome));
    const { gateway, action, changes, routers } = outcome.preparation;
    const end = (role: 'primary' | 'secondary') => {
      const { after } = changes[role];
      return { id: routers[role].ref.id, before: after, after };
    };
    const value = JSON.stringify({
      gateway,
      action,
      run: 'run-1',
      standing: 1,
      tenant: null,
      kept: true,
      mayBeApplied: true,
      jobs: [],
      config: { revision: '1', digest: '', secretFields: [] },
      kind: { source: 'folder', digest: '' },
      limits: { vrrpIntervalMs: 1, vrrpLimitMs: 1, vrrpMaxMs: 1 },
      routers: { primary: end('primary'), secondary: end('secondary') },
      ...(parents && { parents }),
    });
    await etcd().raw.put(KEYS.plan(child)).value(value);
    const state = { version: 1, worker_state: 'CREATE_COMPLETED', error: '', heat_outputs: '[]' };
    await etcd().raw.put(KEYS.state(child)).value(JSON.stringify(state));
  }
  async function asksFor(gateway: TestGateway): Promise<void> {
    child.gateway.version = 2;
    child.gateway.body['vpn_gw_id'] = gateway.resourceId;
    await write(child);
  }

  beforeEach(async () => {
    const pair = { primary: randomUUID(), secondary: randomUUID() };
    [parent, other] = [1, 2].map((number) => gatewayOn('vpn_gateway', pair, number)) as [
      TestGateway,
      TestGateway,
    ];
    child = childOf(parent, 'static_route');
    await write(parent, other, child);
  });

  it('can’t be moved into a third one by an update', async () => {
    await stands([parent]);
    await asksFor(other);
    const outcome = await planned();
    assert.ok(outcome.kind === 'invalid', JSON.stringify(outcome));
    assert.equal(
      outcome.reason,
      `${KEYS.gatewayConfig(child)}: it lies in vpn_gateway ${parent.resourceId}: expected the same, got vpn_gateway ${other.resourceId}; delete the gateway and create it anew, or write a version that lies where it stands`,
    );
  });

  it('can’t get to other routers by an update of its parent', async () => {
    await stands([parent]);
    const { body } = parent.neighbour('ha_router');
    const { primary_router_id: primary, secondary_router_id: secondary } = body;
    Object.assign(body, { primary_router_id: secondary, secondary_router_id: primary });
    await write(parent);
    await asksFor(parent);
    const outcome = await planned();
    assert.ok(outcome.kind === 'invalid', JSON.stringify(outcome));
    assert.match(
      outcome.reason,
      new RegExp(
        `it stands on edge router ${String(primary)} as its primary router: expected the same, got .*${String(secondary)}.*;`,
      ),
    );
  });

  it('can be updated where it is', async () => {
    await stands([parent]);
    await asksFor(parent);
    assert.equal((await planned()).kind, 'prepared');
  });

  it('is refused with the number and the limit once earlier versions had more parents than one transaction takes', async () => {
    const beside = (count: number) => [
      parent,
      ...Array.from({ length: count }, () => ({ resourceType: 'vpn_gateway', resourceId: randomUUID() })),
    ];
    await stands([parent]);
    await asksFor(parent);
    const outcome = await planned();
    assert.ok(outcome.kind === 'prepared', JSON.stringify(outcome));
    const { primary, secondary } = outcome.preparation.changes;
    const stanzas = ownedBy(primary).length + ownedBy(secondary).length;
    const most = Math.floor((STANZAS_LIMIT - 3 - stanzas) / 2);
    const plan = JSON.parse((await etcd().raw.get(KEYS.plan(child)).string()) ?? '') as object;
    const tell = (parents: readonly GatewayRef[]) =>
      etcd()
        .raw.put(KEYS.plan(child))
        .value(JSON.stringify({ ...plan, parents }));
    await tell(beside(most));
    assert.equal((await planned()).kind, 'prepared');
    await tell(beside(most + 1));
    const refused = await planned();
    assert.ok(refused.kind === 'invalid', JSON.stringify(refused));
    assert.equal(
      refused.reason,
      `static_routes/${child.resourceId}: expected at most ${most} parents of earlier versions, got ${most + 1}; delete the gateway and create it anew`,
    );
  });

  it('can be updated if nobody has written down what it lies in', async () => {
    await stands(undefined);
    await asksFor(other);
    assert.equal((await planned()).kind, 'prepared');
  });
});
