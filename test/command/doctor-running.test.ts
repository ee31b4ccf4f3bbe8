/** What doctor says of a workflow that has begun since doctor read which ones run. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { main } from '../../command/run.ts';
import { KEYS } from '../../etcd/keys.ts';
import { TASK_QUEUE, WORKFLOWS } from '../../gateway/messages.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { openScene, type Scene } from '../client/scene.ts';
import { useOwnEtcd } from '../etcd/fixture.ts';
import { newRouters, requestOf } from '../etcd/reservation-fixture.ts';
import { fakeIo } from './fake-io.ts';

describe('gateway-saga doctor, of what begins meanwhile', function () {
  this.timeout(60_000);
  const etcd = useOwnEtcd();
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
  });
  after(() => scene.close());

  /** What doctor finds if `meanwhile` happens before it reads etcd. */
  async function found(meanwhile: () => Promise<void>): Promise<readonly string[]> {
    const { hostname, port } = new URL(`http://${etcd().endpoint}`);
    const happened = { once: undefined as Promise<void> | undefined };
    const front = createServer((client) => {
      happened.once ??= meanwhile();
      void happened.once.then(() => {
        const server = connect(Number(port), hostname);
        for (const [one, other] of [
          [client, server],
          [server, client],
        ] as const) {
          one.pipe(other);
          one.on('error', () => other.destroy());
        }
      });
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    const { port: own } = front.address() as AddressInfo;
    const io = fakeIo({ ...scene.env, ETCDCTL_ENDPOINTS: `127.0.0.1:${own}` });
    const code = await main(['doctor', '--json'], io);
    front.close();
    assert.equal(io.err(), '');
    const findings = JSON.parse(io.out()) as { what: string; mend: string }[];
    assert.equal(code, findings.length === 0 ? 0 : 1);
    for (const one of findings) assert.deepEqual(Object.keys(one), ['what', 'mend']);
    return findings.map(({ mend }) => mend);
  }
  const nothing = async () => undefined;
  const begin = async (workflowId: string) => {
    await scene.temporal.workflow.start(WORKFLOWS.create, { workflowId, taskQueue: TASK_QUEUE, args: [{}] });
  };
  const end = (workflowId: string) => scene.temporal.workflow.getHandle(workflowId).terminate('to be gone');

  it('leaves the key of a saga that begins to wait', async () => {
    const { raw } = etcd();
    const [awaited, waiter] = [scene.gateway(), scene.gateway()];
    const key = KEYS.waiting(awaited, waiter);
    await raw.put(key).value(JSON.stringify(waiter));
    assert.deepEqual(await found(nothing), [`etcdctl del '${key}'`]);
    assert.deepEqual(await found(() => begin(workflowIdOf(waiter))), []);
    await end(workflowIdOf(waiter));
    assert.deepEqual(await found(nothing), [`etcdctl del '${key}'`]);
    await raw.delete().key(key);
  });

  it('leaves the reservation of a pair that begins', async () => {
    const { store, raw } = etcd();
    const routers = newRouters();
    const request = requestOf(routers);
    const pair = pairIdOf(routers);
    await store.reserve({ ...request, pair });
    const wakes = (mends: readonly string[]) => mends.filter((mend) => mend.includes('signal-with-start'));
    assert.equal(wakes(await found(nothing)).length, 2);
    assert.equal(wakes(await found(() => begin(pair))).length, 0);
    await end(pair);
    await store.endReservation(request);
    await raw.delete().prefix('/gateway-saga/routers/');
  });
});
