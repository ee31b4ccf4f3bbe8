import assert from 'node:assert/strict';
import { access, mkdir } from 'node:fs/promises';
import type { Activities } from '../../activities/index.ts';
import type { GatewayRun } from '../../client/index.ts';
import { FAILURES } from '../../gateway/failures.ts';
import { pairIdOf } from '../../pair/messages.ts';
import { startChild } from '../../local/child.ts';
import { ROOT } from '../../local/folders.ts';
import { startWorker } from '../../local/worker-process.ts';
import { workflowBundle } from '../../local/workflow-bundle.ts';
import type { FaultRule } from '../../simulator/server/index.ts';
import { assertSameRunning, tracesOf } from '../world/evidence.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { meeting } from './breakpoints.ts';
import type { Moment } from './breakpoints.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

/** A router that a fault delays, and whose client has ended, finishes what it was doing within this time. */
const ROUTER_MS = 8_000;

interface Held {
  readonly name: string;
  readonly gateway: TestGateway;
  readonly reached: Promise<unknown>;
  run?: GatewayRun;
}

/** One worker, many gateways, each halted at another point; then the worker is killed, once for all of them. */
describe('a worker that is killed', function () {
  this.timeout(120_000);
  let site: Site;
  const held = new Map<string, Held>();
  let undone: Held;
  let undoneBefore: ReturnType<typeof tracesOf>;

  const steps: readonly [keyof Activities, Moment][] = [
    ['plan', 'before'],
    ['register', 'before'],
    ['register', 'after'],
    ['requestApply', 'before'],
    ['requestApply', 'after'],
    ['reserve', 'before'],
    ['reserve', 'after'],
    ['apply', 'before'],
    ['apply', 'after'],
    ['answer', 'before'],
    ['answer', 'after'],
    ['recordStack', 'after'],
    ['poll', 'after'],
    ['requestConfirm', 'before'],
    ['requestConfirm', 'after'],
    ['settle', 'before'],
    ['settle', 'after'],
    ['endReservation', 'before'],
    ['endReservation', 'after'],
    ['publishCompleted', 'before'],
    ['publishCompleted', 'after'],
  ];
  const moments: readonly [string, 'primary' | 'both', Omit<FaultRule, 'outcome'>][] = [
    ['when it has requested a lock', 'primary', { rpc: 'get-commit-information' }],
    ['when it has loaded', 'primary', { rpc: 'load-configuration', moment: 'after' }],
    ['while both routers commit', 'both', { rpc: 'commit-configuration', step: 'activate' }],
    [
      'when one router has committed and not said so',
      'primary',
      { rpc: 'commit-configuration', step: 'activate', moment: 'after' },
    ],
  ];

  before(async () => {
    // A halted gateway blocks its pair, so each has a pair of its own.
    site = await openSite(moments.length + steps.length + 1);
    const folder = `${site.stack.run.folder}/held`;
    await mkdir(folder);
    const points: string[] = [];
    for (const [index, [activity, moment]] of steps.entries()) {
      const pair = moments.length + 1 + index;
      const gateway = await site.write('vpn_gateway', pair);
      const [primary, secondary] = site.pair(pair);
      const isOfPair = activity === 'reserve' || activity === 'endReservation';
      const id = isOfPair ? pairIdOf([primary.id, secondary.id]) : gateway.resourceId;
      points.push(`${id} ${activity} ${moment}`);
      const name = `${moment} ${activity}`;
      held.set(name, { name, gateway, reached: untilThere(`${folder}/${id}`) });
    }
    for (const [index, [name, where, rule]] of moments.entries()) {
      const gateway = await site.write('internet_gateway', index);
      const routers = site.pair(index).slice(0, where === 'both' ? 2 : 1);
      const reached = Promise.all(
        routers.map(({ device }) => {
          const { met, when } = meeting();
          device.faults.add({ ...rule, when, outcome: { kind: 'delay', ms: ROUTER_MS } });
          return met;
        }),
      );
      held.set(name, { name, gateway, reached });
    }
    // One that fails, and is killed while it undoes what the primary had committed.
    const [primary, secondary] = site.pair(moments.length);
    undoneBefore = tracesOf([primary, secondary]);
    const gateway = await site.write('vpn_gateway', moments.length);
    secondary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'activate',
      outcome: { kind: 'refuse', message: 'no space left on device' },
    });
    const { met, when } = meeting();
    let commits = 0;
    primary.device.faults.add({
      rpc: 'commit-configuration',
      step: 'activate',
      when: () => (commits += 1) === 2 && when(),
      outcome: { kind: 'delay', ms: ROUTER_MS },
    });
    undone = { name: 'undo', gateway, reached: met };

    const worker = await startChild({
      name: 'paused-worker',
      program: process.execPath,
      args: ['--import=tsx', `${ROOT}test/saga/paused-worker.ts`, await workflowBundle(), folder, ...points],
      env: site.stack.environment,
      cwd: ROOT,
      log: `${site.stack.logs}/paused-worker.log`,
    });
    await site.stack.run.adopt(worker, 'paused-worker.ts');
    const all = [...held.values(), undone];
    await Promise.all(all.map(async (one) => (one.run = await site.client.create(one.gateway))));
    await Promise.all(all.map(({ reached }) => reached));
    worker.signal('SIGKILL');
    await worker.exited;
    await startWorker(site.stack);
  });
  after(() => site.close());

  for (const name of [
    ...steps.map(([activity, moment]) => `${moment} ${activity}`),
    ...moments.map(([name]) => name),
  ]) {
    it(`${name}, is followed by one that creates the gateway, once`, async () => {
      const { gateway, run } = held.get(name) as Required<Held>;
      await site.assertCreatedOnce(gateway, run);
    });
  }

  it('while it undoes, is followed by one that undoes the rest', async () => {
    const { gateway, run } = undone as Required<Held>;
    const outcome = await run.result();
    assert.ok(outcome.kind === 'failed' && outcome.type === FAILURES.RouterRefused, JSON.stringify(outcome));
    assert.deepEqual(outcome.compensation, []);
    assertSameRunning(site.pair(moments.length), undoneBefore);
    assert.equal((await site.states(gateway)).length, 1);
  });
});

async function untilThere(path: string): Promise<void> {
  for (;;) {
    try {
      return await access(path);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
