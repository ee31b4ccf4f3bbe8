import assert from 'node:assert/strict';
import { APPLY_GATEWAY, TASK_QUEUE, WAKE_SIGNAL, WAKE_WAITERS, wakesIdOf } from '../../gateway/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { KEYS } from '../../etcd/keys.ts';
import { waitingRecord } from '../../etcd/waiting.ts';
import type { GatewayRef } from '../../gateway/resource.ts';
import { main } from '../../command/run.ts';
import { openScene, type Scene } from '../client/scene.ts';
import { temporal } from '../client/temporal.ts';
import { Witness, newGateway, requestFor, useOwnEtcd } from '../etcd/fixture.ts';
import { fresh } from '../etcd/reservation-fixture.ts';
import { fakeIo } from './fake-io.ts';

describe('gateway-saga routers retire and readmit, while gateways wait for one of the router', () => {
  const etcd = useOwnEtcd();
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
  });
  after(() => scene.close());

  const run = async (argv: readonly string[], address?: string) => {
    const io = fakeIo({
      ETCDCTL_ENDPOINTS: etcd().endpoint,
      TEMPORAL_ADDRESS: address ?? (await temporal()).address,
      TEMPORAL_NAMESPACE: scene.namespace,
      GATEWAY_SAGA_AS: 'alice@jump',
    });
    const code = await main(['routers', ...argv], io);
    assert.deepEqual([code, io.err()], [0, '']);
    return io.out().split('\n', 1)[0];
  };

  /** A gateway that is registered on this router and on another one. */
  async function registeredOn(routerId: string): Promise<GatewayRef> {
    const gateway = newGateway();
    const revision = await new Witness(etcd().raw, gateway).configure();
    const request = requestFor(gateway, revision);
    const { primary, secondary } = request.planRecord.routers;
    const routers = { primary, secondary: { ...secondary, id: routerId } };
    const planRecord = { ...request.planRecord, routers };
    assert.equal((await etcd().store.register({ ...request, planRecord })).kind, 'registered');
    return gateway;
  }

  /** The key, and the workflow if it still runs. */
  async function waitFor(awaited: GatewayRef, { runs = true } = {}) {
    const waiter = { resourceType: 'static_route', resourceId: fresh('waiter') };
    const value = waitingRecord(waiter, { run: 'run-1', jobs: [] });
    await etcd().raw.put(KEYS.waiting(awaited, waiter)).value(JSON.stringify(value));
    const workflowId = workflowIdOf(waiter);
    if (runs)
      await scene.temporal.workflow.start(APPLY_GATEWAY, { workflowId, taskQueue: TASK_QUEUE, args: [] });
    return async () => {
      const { events = [] } = await scene.temporal.workflow.getHandle(workflowId).fetchHistory();
      const signals = (events ?? []).map((event) => event.workflowExecutionSignaledEventAttributes);
      return signals.filter((signal) => signal?.signalName === WAKE_SIGNAL).length;
    };
  }

  async function heldRouter(): Promise<string> {
    const id = fresh('dead');
    await etcd().raw.put(`/config/v2.0/edge_routers/${id}`).value('{}');
    await etcd().store.beginMaintenance(id, { reason: 'it smokes', since: '' });
    return id;
  }

  it('wakes those, and nobody else; of one whose workflow has gone nothing is said', async () => {
    const id = await heldRouter();
    const awaited = await registeredOn(id);
    const woken = [await waitFor(awaited), await waitFor(await registeredOn(id))];
    const other = await waitFor(await registeredOn(`${id}0`));
    const unplanned = await waitFor(newGateway());
    await waitFor(awaited, { runs: false });
    const signals = () => Promise.all([...woken, other, unplanned].map((count) => count()));

    assert.equal(
      await run(['retire', id, '--reason', 'burnt']),
      'retired; dropped what it owed of 0 gateways; woke 2 gateways that waited for one of it',
    );
    assert.deepEqual(await signals(), [1, 1, 0, 0]);
    assert.equal(
      await run(['readmit', id]),
      'readmitted; it was retired: burnt; woke 2 gateways that waited for one of it',
    );
    assert.deepEqual(await signals(), [2, 2, 0, 0]);
  });

  it('leaves those that wait for one gateway to a worker, which wakes them as fast as they go on, if they are many', async () => {
    const id = await heldRouter();
    const many = await registeredOn(id);
    const signals = await waitFor(many);
    for (let more = 0; more < 64; more++) await waitFor(many, { runs: false });
    const other = await waitFor(await registeredOn(id));
    const left = 'a worker wakes 65 gateways that wait for one of it, little by little';
    assert.equal(
      await run(['retire', id, '--reason', 'burnt']),
      `retired; dropped what it owed of 0 gateways; woke 1 gateway that waited for one of it; ${left}`,
    );
    assert.deepEqual([await signals(), await other()], [0, 1]);
    const { type, status } = await scene.temporal.workflow.getHandle(wakesIdOf(many)).describe();
    assert.deepEqual([type, status.name], [WAKE_WAITERS, 'RUNNING']);
  });

  it('retires it without Temporal, and says that nobody was woken', async () => {
    const id = await heldRouter();
    await waitFor(await registeredOn(id), { runs: false });
    const nobody = '127.0.0.1:1';
    assert.match(
      (await run(['retire', id, '--reason', 'burnt'], nobody)) ?? '',
      /; 1 gateway may wait for one of it for up to an hour, because nothing could be woken: Temporal at 127\.0\.0\.1:1 can't be reached/,
    );
    assert.equal((await etcd().store.router(id)).retired?.reason, 'burnt');
  });

  it('asks nothing of Temporal if nobody waits', async () => {
    const id = await heldRouter();
    const said = await run(['retire', id, '--reason', 'burnt'], '127.0.0.1:1');
    assert.equal(said, 'retired; dropped what it owed of 0 gateways');
  });
}).timeout(60_000);
