/** A world in which records below `/gateway-saga/` are deleted and spoilt, and what `doctor` tells of that. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import { main } from '../../command/run.ts';
import type { Policy } from '../../gateway/policies.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import type { SampleKind, TestGateway } from '../../local/test-gateway.ts';
import { fakeIo } from '../command/fake-io.ts';
import { openWorld } from '../world/world.ts';
import { Holds } from './breakpoints.ts';

export type RecordsScene = Awaited<ReturnType<typeof openRecordsScene>>;

interface Told {
  readonly what: string;
  readonly mend: string;
}

/** `confirmMinutes`: the deadline of a trial, in minutes that last a second here. */
export async function openRecordsScene(confirmMinutes: Policy['confirmMinutes']) {
  const holds = new Holds();
  const policy = { confirmMinutes, confirmMarginMs: 500, fallbackGraceMs: 300 };
  const world = await openWorld({ wrap: holds.wrap, policy, short: 'steps' });
  // The routers of other specs are gone, and doctor would look for them.
  const etcd = new Etcd3({ hosts: [...world.stack.etcd.endpoints] });
  for (const prefix of ['/config/v2.0/edge_routers/', '/gateway-saga/', '/state/'])
    await etcd.delete().prefix(prefix);
  etcd.close();
  let number = 0;

  const next = (kind: SampleKind = 'vpn_gateway') => world.gateway(kind, (number += 1));
  const ids = (gateway: TestGateway) => {
    const { primary, secondary } = world.pairOf(gateway);
    return [primary.id, secondary.id];
  };
  const carried = (gateway: TestGateway) =>
    Object.values(world.pairOf(gateway)).map(({ device }) =>
      device.running().includes(String(gateway.gateway.body['vrf_name'])),
    );

  async function created(): Promise<TestGateway> {
    const gateway = next();
    const outcome = await world.create(gateway);
    assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    return gateway;
  }

  /** Starts a creation that halts while its gateway is on trial on both routers. */
  async function onTrial() {
    const gateway = next();
    await world.write(gateway);
    const polling = holds.at(gateway, 'poll', 'before');
    const run = await world.client.create(gateway);
    await polling.reached;
    return { gateway, run, go: () => polling.release() };
  }

  async function raw(key: string): Promise<string> {
    return (await world.etcd.read('raw', [key] as const))[0].value?.toString() ?? '';
  }

  /** Asserts that the gateway was created by `/state`, and that both routers carry it. */
  async function assertCreated(gateway: TestGateway): Promise<void> {
    const state = (await world.state(gateway)) as { state: { worker_state: string } };
    assert.equal(state.state.worker_state, 'CREATE_COMPLETED');
    assert.deepEqual(carried(gateway), [true, true]);
  }

  async function doctor(): Promise<Told[]> {
    const io = fakeIo({
      ETCDCTL_ENDPOINTS: world.stack.etcd.endpoints.join(','),
      TEMPORAL_ADDRESS: world.stack.temporal.address,
      GATEWAY_SAGA_KNOWN_HOSTS: world.knownHosts,
      GATEWAY_SAGA_CONNECT_TO: world.routers.map(({ id, host, port }) => `${id}:${host}:${port}`).join(','),
    });
    await main(['doctor', '--json'], io);
    return JSON.parse(io.out()) as Told[];
  }

  /**
   * Asserts that `doctor` says this of the gateway. It may take a while: Temporal's list of what runs is late, and doctor says nothing of a gateway
   * whose saga is in it.
   */
  async function assertTells(gateway: TestGateway, what: string, mend: string): Promise<void> {
    const givenUp = Date.now() + 10_000;
    for (;;) {
      const found = (await doctor()).filter((one) => one.what.includes(gateway.resourceId));
      if (found.some((one) => one.what.includes(what) && one.mend.startsWith(mend))) return;
      assert.ok(Date.now() < givenUp, JSON.stringify(found));
    }
  }

  async function assertNothingTold(gateway: TestGateway): Promise<void> {
    const running = `WorkflowId = "${workflowIdOf(gateway)}" AND ExecutionStatus = "Running"`;
    while ((await world.temporal.workflow.count(running)).count > 0) await sleep(50);
    assert.deepEqual(
      (await doctor()).filter(({ what }) => what.includes(gateway.resourceId)),
      [],
    );
  }

  return { world, next, ids, carried, created, onTrial, raw, assertCreated, assertTells, assertNothingTold };
}
