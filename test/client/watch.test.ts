import assert from 'node:assert/strict';
import type { Progress } from '../../client/index.ts';
import { created, failed, openScene, type Scene } from './scene.ts';

const STEP = { step: 'apply', status: 'running', since: '2026-01-01T00:00:00.000Z' } as const;

describe('GatewayRun.watch', () => {
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
  });
  after(() => scene.close());

  it('yields at once, then on every change and only then, and last the outcome', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create({ ...gateway, version: 1 });
    const seen: Progress[] = [];
    for await (const progress of run.watch({ intervalMs: 10 })) {
      seen.push(progress);
      if (seen.length === 2) await scene.step(gateway, [STEP]);
      if (progress.steps.length === 1 && progress.outcome === 'running')
        await scene.end(gateway, created(gateway));
    }
    assert.deepEqual(seen[0], {
      gateway: { ...gateway, version: 1 },
      name: null,
      steps: [],
      outcome: 'running',
    });
    const texts = seen.map((progress) => JSON.stringify(progress));
    assert.equal(new Set(texts).size, texts.length, 'no progress twice');
    assert.deepEqual(
      seen.map(({ name, steps, outcome }) => [name, steps.length, outcome]),
      [
        [null, 0, 'running'],
        ['stub', 0, 'running'],
        ['stub', 1, 'running'],
        ['stub', 1, 'created'],
      ],
    );
  });

  it('ends with the reason of a failure', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    await scene.end(
      gateway,
      failed({
        type: 'Conflict',
        gateway: { ...gateway, version: 1 },
        message: 'unit 1025 is taken',
        compensation: [],
      }),
    );
    const seen: Progress[] = [];
    for await (const progress of run.watch()) seen.push(progress);
    assert.equal(seen.at(-1)?.outcome, 'failed');
    assert.equal(seen.at(-1)?.error, 'unit 1025 is taken');
  });

  it('tells a termination apart from what the workflow itself last said', async () => {
    const run = await scene.client.create(scene.gateway());
    const seen: Progress[] = [];
    for await (const progress of run.watch({ intervalMs: 10 })) {
      seen.push(progress);
      if (progress.name === 'stub' && progress.outcome === 'running')
        await scene.temporal.workflow.getHandle(run.workflowId).terminate('by mistake');
    }
    assert.equal(seen.at(-1)?.outcome, 'failed');
  });

  it('is left without ending the creation', async () => {
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    for await (const progress of run.watch({ intervalMs: 10 })) if (progress.name === 'stub') break;
    const status = await scene.client.status(gateway);
    assert.equal(status.kind, 'running');
  });

  it('throws the reason of a signal that ends it', async () => {
    const run = await scene.client.create(scene.gateway());
    const leave = new AbortController();
    await assert.rejects(async () => {
      for await (const progress of run.watch({ intervalMs: 10, signal: leave.signal }))
        if (progress.name === 'stub') leave.abort(new Error('enough'));
    }, /enough/);
  });
});

describe('GatewayRun.watch, while no worker is there,', () => {
  it('waits, and goes on when one comes', async () => {
    const scene = await openScene('without attributes');
    const gateway = scene.gateway();
    const run = await scene.client.create(gateway);
    assert.equal(await run.progress({ timeoutMs: 200 }), null);
    const status = await scene.client.status(gateway);
    assert(status.kind === 'running' && status.progress === null);

    const names: (string | null)[] = [];
    for await (const progress of run.watch({ intervalMs: 10 })) {
      names.push(progress.name);
      if (names.length === 1) await scene.startWorker();
      if (names.length === 2) await scene.end(gateway, created(gateway));
    }
    assert.deepEqual(names, [null, 'stub', 'stub']);
    await scene.close();
  });

  it('still sees the end', async () => {
    const scene = await openScene('without attributes');
    const run = await scene.client.create(scene.gateway());
    const seen: Progress[] = [];
    for await (const progress of run.watch({ intervalMs: 10 })) {
      seen.push(progress);
      if (progress.outcome === 'running')
        await scene.temporal.workflow.getHandle(run.workflowId).terminate('nobody works here');
    }
    assert.deepEqual(
      seen.map(({ outcome, steps }) => [outcome, steps.length]),
      [
        ['running', 0],
        ['failed', 0],
      ],
    );
    await scene.close();
  });
});
