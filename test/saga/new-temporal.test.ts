import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { main } from '../../command/run.ts';
import { openStore } from '../../etcd/store.ts';
import type { Store } from '../../etcd/store.ts';
import type { ChildProgram } from '../../local/child.ts';
import { environmentOf } from '../../local/environment.ts';
import { writeRecords } from '../../local/load-samples.ts';
import { freePorts } from '../../local/ports.ts';
import type { Stack } from '../../local/stack.ts';
import { startTemporal } from '../../local/temporal-process.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { startWorker } from '../../local/worker-process.ts';
import { fakeIo } from '../command/fake-io.ts';
import { recipe, type } from '../world/recipe.ts';
import { assertLeft } from './matrix-quiescence.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

/** The trial stays on until somebody makes the primary's link work. */
const POLICY = { vrrpLimitMs: 60_000 };

interface OnTrial {
  readonly created: TestGateway;
  readonly updated: TestGateway;
  readonly deleted: TestGateway;
}

/** The server ends with all that it knew, and another one begins with nothing. Etcd and the routers go on. */
describe('a Temporal server that has lost its database', function () {
  this.timeout(120_000);
  let site: Site;
  let stack: Stack;
  let worker: ChildProgram;
  let store: Store;

  before(async () => {
    site = await openSite(1, { routers: { options: { reboot: 'revert' } } });
    stack = site.stack;
    store = openStore({ endpoints: stack.etcd.endpoints });
    worker = await startWorker(stack, { policy: POLICY });
  });
  after(async () => {
    store.close();
    await site.close();
  });

  it('and whose trial has fallen back since: the watch of the new one asks for all that has not ended', async () => {
    const trial = await onTrial();
    await loseTemporal();
    for (const { device } of site.pair(0)) device.restart();
    await until(async () => site.pair(0).every(({ device }) => device.snapshot().pending === undefined));
    worker = await startWorker(stack, { policy: POLICY, watch: true });
    await until(async () => (await ended(trial)).length === 3);
    await assertAsWanted(trial);
  });

  it('and whose trial is still on: what doctor names is applied again, and ends as asked for', async () => {
    const trial = await onTrial();
    await loseTemporal();
    const [setup = '', again = ''] = await recipe("When Temporal's database is lost");
    assert.equal((await type(stack, setup)).code, 0);
    worker = await startWorker(stack, { policy: POLICY });
    const { code, printed } = await type(stack, again);
    assert.match(printed, /3 gateways: 1 created, 1 updated, 1 deleted/);
    assert.equal(code, 0);
    await assertAsWanted(trial);
  });

  /** A creation, an update and a deletion, which one commit on each router carries. */
  async function onTrial(): Promise<OnTrial> {
    const [primary] = site.pair(0);
    const write = () => site.write('vpn_gateway', 0);
    const [updated, deleted] = [await write(), await write()];
    const said = await command('create', 'vpn_gateway', updated.resourceId, deleted.resourceId);
    assert.match(said, /2 gateways: 2 created/);
    await command('routers', 'hold', primary.id, '--reason', 'so that they come together');
    const created = await write();
    await next(updated, otherPolicers);
    await next(deleted, (one) => (one.gateway.markedForDeletion = true));
    primary.device.setLink('ae0', false);
    await command('apply', 'vpn_gateway', ...[created, updated, deleted].map(idOf), '--no-wait');
    await until(async () => (await command('queue')).split(/^ +(?:next|waits) /m).length === 4);
    await command('routers', 'release', primary.id);
    await until(async () => site.pair(0).every(({ device }) => device.snapshot().pending !== undefined));
    const { reservation } = await store.router(primary.id);
    assert.equal(reservation?.members.length, 3);
    return { created, updated, deleted };
  }

  async function next(gateway: TestGateway, change: (gateway: TestGateway) => void): Promise<void> {
    gateway.gateway.version += 1;
    change(gateway);
    await writeRecords(stack.etcd.endpoints, [...gateway.neighbours, gateway.gateway].map(recordOf));
  }

  async function loseTemporal(): Promise<void> {
    for (const child of [stack.temporal.child, worker]) {
      child.signal('SIGKILL');
      await child.exited;
    }
    site.pair(0)[0].device.setLink('ae0', true);
    const [port = 0, uiPort = 0] = await freePorts(2);
    stack = { ...stack, temporal: await startTemporal(stack.run, { port, uiPort, searchAttributes: false }) };
    stack = { ...stack, environment: await environmentOf(stack) };
  }

  async function command(...args: readonly string[]): Promise<string> {
    const io = fakeIo(stack.environment);
    await main(args, io);
    return io.out() + io.err();
  }

  async function until(is: () => Promise<boolean>): Promise<void> {
    while (!(await is())) await sleep(100);
  }

  /** The words of those whose wanted version has ended. */
  async function ended(trial: OnTrial): Promise<string[]> {
    const states = await Promise.all(Object.values(trial).map((one: TestGateway) => store.state(one)));
    return Object.values(trial).flatMap((one: TestGateway, index) =>
      states[index]?.version === one.gateway.version ? [states[index].workerState] : [],
    );
  }

  async function assertAsWanted(trial: OnTrial): Promise<void> {
    assert.deepEqual(await ended(trial), ['CREATE_COMPLETED', 'CREATE_COMPLETED', 'DELETE_COMPLETED']);
    for (const router of site.pair(0)) {
      for (const [what, { gateway }] of Object.entries(trial) as [keyof OnTrial, TestGateway][])
        assert.equal(
          router.device.running().includes(String(gateway.body['vrf_name'])),
          what !== 'deleted',
          `${router.name}: ${what}`,
        );
      assert.ok(router.device.running().includes('FILTER_10M-GA-UP-INET'), router.name);
      await assertLeft(store, router);
    }
    await until(async () => (await command('doctor')).startsWith('no difference: 2 routers'));
  }
});

/** The names of two filters in one unit differ. */
function otherPolicers(gateway: TestGateway): void {
  const { body } = gateway.neighbour('qos_option');
  body['incoming_policer_name'] = '10M-GA-UP-INET';
  body['outgoing_policer_name'] = '10M-GA-DOWN-INET';
}

function idOf({ resourceId }: TestGateway): string {
  return resourceId;
}
